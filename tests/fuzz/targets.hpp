#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

/// Everything of ravine that reads bytes which somebody else wrote, one target each.
///
/// A target accepts its input or throws ravine::Error. Whatever else happens is a defect: another
/// exception, a crash, a report of a sanitizer, a large allocation, a property that require() finds
/// broken.
namespace ravine::fuzz {

using Input = std::span<const std::uint8_t>;

void checkpoint(Input input);
void cifar(Input input);
void component(Input input);
void csv(Input input);
void idx(Input input);
void libsvm(Input input);
void plan(Input input);
void results(Input input);
void segment(Input input);
void spool(Input input);
void text(Input input);

struct Target {
  std::string_view name;
  void (*run)(Input);
};

inline constexpr std::array<Target, 11> kTargets = {{{"checkpoint", checkpoint},
                                                     {"cifar", cifar},
                                                     {"component", component},
                                                     {"csv", csv},
                                                     {"idx", idx},
                                                     {"libsvm", libsvm},
                                                     {"plan", plan},
                                                     {"results", results},
                                                     {"segment", segment},
                                                     {"spool", spool},
                                                     {"text", text}}};

/// Runs a target; bad input is not a defect.
void run(const Target& target, Input input);

/// Aborts, saying which property does not hold.
void require(bool property, const char* what);

}  // namespace ravine::fuzz
