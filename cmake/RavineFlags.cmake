# Flags of the bits contract, for the library and for every program that instantiates its rules:
#   -ffp-contract=off     a * b + c is two roundings everywhere
#   -fno-math-errno       lets sqrt vectorize; never -ffast-math
#   -fopenmp-simd         `omp simd` without threads
set(RAVINE_NUMERIC_FLAGS -ffp-contract=off -fno-math-errno -fopenmp-simd)

# The instruction set of all code, and those for which the library is compiled once more: the loader
# takes the widest that the CPU has (glibc-hwcaps). None of them changes a bit of a result.
if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64)$")
  set(RAVINE_ARCH x86-64-v3)
  set(wider x86-64-v4)
endif()
set(RAVINE_BASE_ISA ${RAVINE_ARCH})
if(NOT RAVINE_ARCH)  # the compiler's baseline
  set(RAVINE_BASE_ISA ${CMAKE_SYSTEM_PROCESSOR})
endif()
if(RAVINE_SANITIZE OR NOT CMAKE_BUILD_TYPE STREQUAL "Release")
  set(wider)
endif()
set(RAVINE_WIDER_ARCHS "${wider}" CACHE STRING "What the library is compiled for besides ${RAVINE_ARCH}")

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
if(RAVINE_ARCH)  # a target may have one of its own
  set(own $<TARGET_PROPERTY:RAVINE_ARCH>)
  target_compile_options(ravine_flags INTERFACE -march=$<IF:$<BOOL:${own}>,${own},${RAVINE_ARCH}>)
endif()
if(RAVINE_SANITIZE)
  target_compile_options(ravine_flags INTERFACE -fsanitize=${RAVINE_SANITIZE} -fno-omit-frame-pointer
                                                -fno-sanitize-recover=all -g1
    # Instrumented loops do not vectorize, and need not.
    $<$<CXX_COMPILER_ID:Clang>:-Wno-pass-failed>)
  target_link_options(ravine_flags INTERFACE -fsanitize=${RAVINE_SANITIZE})
endif()

# ravine_source_digest(OUTPUT FOLDER NAME MORE): a source that defines the digest of all code in a folder.
function(ravine_source_digest output folder name more)
  file(GLOB_RECURSE files CONFIGURE_DEPENDS ${folder}/*.cpp ${folder}/*.hpp ${folder}/*.in)
  add_custom_command(OUTPUT ${output} DEPENDS ${files} VERBATIM
    COMMAND ${CMAKE_COMMAND} -DFOLDER=${folder} -DNAME=${name} "-DMORE=${more}" -DOUTPUT=${output}
            -P ${PROJECT_SOURCE_DIR}/cmake/SourceDigest.cmake)
endfunction()
