#include "ravine/core/capabilities.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace ravine {
namespace {

TEST(Capabilities, TellWhatIsMissing) {
  const Capabilities offered = {Capability::kGradient, Capability::kLayers};
  const Capabilities needed = {Capability::kGradient, Capability::kHessianProducts,
                               Capability::kStationary};
  std::vector<std::string> words;
  needed.without(offered).each([&](std::string_view each) { words.emplace_back(each); });
  EXPECT_EQ(words, (std::vector<std::string>{"Hessian-vector products",
                                             "a full batch that stays one function"}));
  EXPECT_TRUE(offered.without(offered).empty());
  EXPECT_EQ(offered.with(Capability::kStationary, false), offered);
  EXPECT_TRUE(offered.with(Capability::kStationary).has(Capability::kStationary));
}

TEST(Capabilities, HaveANameEach) {
  for (std::size_t i = 0; i < kCapabilityNames.size(); ++i)
    EXPECT_EQ(static_cast<std::size_t>(kCapabilityNames[i].capability), i);
}

}  // namespace
}  // namespace ravine
