#include "ravine/core/environment.hpp"

#include <elf.h>
#include <gnu/libc-version.h>
#include <link.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>

#include "ravine/core/digest.hpp"
#include "ravine/core/instruction_set.hpp"
#include "ravine/core/real.hpp"
#include "ravine/core/text.hpp"

namespace ravine {

const char* source_commit();  // in a library of its own, made by cmake/Commit.cmake

// Digests of the sources, made by cmake/SourceDigest.cmake. Other programs have no such digest.
extern "C" const char ravine_library_sources[];
extern "C" [[gnu::weak, gnu::visibility("default")]] const char ravine_program_sources[];

namespace {

/// The GNU build id among the notes of one segment, or "".
std::string find_build_id(const char* notes, std::size_t bytes) {
  const auto padded4 = [](std::size_t n) { return (n + 3) / 4 * 4; };
  std::size_t at = 0;
  while (at + sizeof(ElfW(Nhdr)) <= bytes) {
    ElfW(Nhdr) note;
    std::memcpy(&note, notes + at, sizeof note);
    const char* name = notes + at + sizeof note;
    const char* description = name + padded4(note.n_namesz);
    if (note.n_type == NT_GNU_BUILD_ID && note.n_namesz == 4 && std::memcmp(name, "GNU", 4) == 0)
      return {description, note.n_descsz};
    at += sizeof note + padded4(note.n_namesz) + padded4(note.n_descsz);
  }
  return {};
}

std::string file_content(const char* path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// Called for every loaded object; the program comes first.
int program_build_id(dl_phdr_info* object, std::size_t, void* data) {
  auto& id = *static_cast<std::string*>(data);
  for (int i = 0; i < object->dlpi_phnum && id.empty(); ++i) {
    const ElfW(Phdr)& segment = object->dlpi_phdr[i];
    const ElfW(Addr) begin = object->dlpi_addr + segment.p_vaddr;
    if (segment.p_type == PT_NOTE)
      id = find_build_id(reinterpret_cast<const char*>(begin), segment.p_memsz);
  }
  // Linked without a build id: the bytes of the file serve as well.
  if (id.empty()) id = sha256_hex(file_content("/proc/self/exe"));
  return 1;
}

/// What the program adds to the library: nothing is known of one outside of this project.
std::string program_id() {
  if (ravine_program_sources) return ravine_program_sources;
  std::string id;
  dl_iterate_phdr(program_build_id, &id);
  return id;
}

/// The value of "key: value" or key="value" in a system file, or "unknown".
std::string lookup(const char* path, std::string_view key, char separator) {
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    const auto cut = line.find(separator);
    if (cut == std::string::npos || trim(std::string_view(line).substr(0, cut)) != key) continue;
    std::string_view value = trim(std::string_view(line).substr(cut + 1));
    if (value.size() >= 2 && value.front() == '"') value = value.substr(1, value.size() - 2);
    return std::string(value);
  }
  return "unknown";
}

std::string host_name() {
  std::array<char, 256> name{};
  return gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "unknown";
}

}  // namespace

std::string build_id() {
  Sha256 digest;
  digest.update(program_id());
  digest.update(ravine_library_sources);
  digest.update(kPrecision);
  return digest.finish_hex().substr(0, 16);
}

Environment collect_environment() {
  utsname kernel{};
  uname(&kernel);
  Environment environment = {
      {"ravine", RAVINE_VERSION},
      {"commit", source_commit()},
      {"build_id", build_id()},
      {"precision", std::string(kPrecision)},
      {"compiler", RAVINE_COMPILER},
      {"flags", RAVINE_FLAGS},
      {"instruction_set", std::string(instruction_set())},
      {"cpu", lookup("/proc/cpuinfo", "model name", ':')},
      {"cores", std::to_string(available_cores())},
      {"os", lookup("/etc/os-release", "PRETTY_NAME", '=')},
      {"kernel", std::string(kernel.sysname) + " " + kernel.release + " " + kernel.machine},
      {"libc", gnu_get_libc_version()},
      {"hdf5", RAVINE_HDF5},
      {"boost", RAVINE_BOOST},
      {"fmt", RAVINE_FMT},
      {"openssl", RAVINE_OPENSSL},
      {"zlib", RAVINE_ZLIB},
      {"host", host_name()},
  };
  for (const auto& [key, variable] : std::initializer_list<std::pair<const char*, const char*>>{
           {"slurm_job", "SLURM_JOB_ID"},
           {"slurm_array_job", "SLURM_ARRAY_JOB_ID"},
           {"slurm_array_task", "SLURM_ARRAY_TASK_ID"},
           {"slurm_restarts", "SLURM_RESTART_COUNT"},
           {"slurm_partition", "SLURM_JOB_PARTITION"}})
    if (const char* value = std::getenv(variable)) environment.emplace_back(key, value);
  return environment;
}

}  // namespace ravine
