# Flags of the bits contract, for the library and for every program that instantiates its rules:
#   -ffp-contract=off     a * b + c is two roundings everywhere
#   -fno-math-errno       lets sqrt vectorize; never -ffast-math
#   -fopenmp-simd         `omp simd` without threads
set(RAVINE_NUMERIC_FLAGS -ffp-contract=off -fno-math-errno -fopenmp-simd)

# Relative paths to the libraries keep the build ids of programs independent of the clone's folder.
set(CMAKE_BUILD_RPATH_USE_ORIGIN ON)

add_library(ravine_flags INTERFACE)
target_compile_options(ravine_flags INTERFACE -Wall -Wextra -Wpedantic -Wshadow
  # GCC 12 sees overlapping copies in any `"text" + std::string` (GCC bug 105651).
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>
  # Nobody replaces functions of the library at run time, so it may inline its own.
  $<$<CXX_COMPILER_ID:GNU>:-fno-semantic-interposition>)
# Results carry the build ids of the library and of the program.
target_link_options(ravine_flags INTERFACE -Wl,--build-id=sha1)
if(RAVINE_WERROR)
  target_compile_options(ravine_flags INTERFACE -Werror)
endif()
if(NOT RAVINE_ARCH STREQUAL "default")
  target_compile_options(ravine_flags INTERFACE -march=${RAVINE_ARCH})
endif()
if(RAVINE_SANITIZE)
  target_compile_options(ravine_flags INTERFACE -fsanitize=${RAVINE_SANITIZE} -fno-omit-frame-pointer
                                                -fno-sanitize-recover=all -g1
    # Instrumented loops do not vectorize, and need not.
    $<$<CXX_COMPILER_ID:Clang>:-Wno-pass-failed>)
  target_link_options(ravine_flags INTERFACE -fsanitize=${RAVINE_SANITIZE})
endif()
