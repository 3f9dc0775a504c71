# Flags of the bits contract, for the library and for every program that instantiates its rules:
#   -ffp-contract=off     a * b + c is two roundings everywhere
#   -fno-math-errno       lets sqrt vectorize; never -ffast-math
#   -fopenmp-simd         `omp simd` without threads
set(RAVINE_NUMERIC_FLAGS -ffp-contract=off -fno-math-errno -fopenmp-simd)

add_library(ravine_flags INTERFACE)
target_compile_options(ravine_flags INTERFACE -Wall -Wextra -Wpedantic -Wshadow)
if(RAVINE_WERROR)
  target_compile_options(ravine_flags INTERFACE -Werror)
endif()
if(NOT RAVINE_ARCH STREQUAL "default")
  target_compile_options(ravine_flags INTERFACE -march=${RAVINE_ARCH})
endif()
if(RAVINE_SANITIZE)
  target_compile_options(ravine_flags INTERFACE -fsanitize=${RAVINE_SANITIZE} -fno-omit-frame-pointer
                                                -fno-sanitize-recover=all -g)
  target_link_options(ravine_flags INTERFACE -fsanitize=${RAVINE_SANITIZE})
endif()
