# The header libraries: fmt::fmt and Random123::Random123 of the system or, with RAVINE_FETCH=ON where
# it lacks them, of their published archives. Both archives follow from the tags of their repositories
# (`git archive | gzip -n`), which is how the SHA-256 below were verified.
option(RAVINE_FETCH "Fetch fmt and Random123 where the system lacks them" $ENV{RAVINE_FETCH})
set(RAVINE_FETCH_MIRROR "$ENV{RAVINE_FETCH_MIRROR}" CACHE STRING
  "Folder or URL with these archives, for machines without a network: fmt-10.1.1.tar.gz, random123-1.14.0.tar.gz")
set(RAVINE_FETCH_FMT_SHA256 78b8c0a72b1c35e4443a7e308df52498252d1cefc2b08c9a97bc9ee6cfe61f8b
  CACHE STRING "SHA-256 of fmt-10.1.1.tar.gz")
set(RAVINE_FETCH_RANDOM123_SHA256 effafd8656b18030b2a5b995cd3650c51a7c45052e6e1c21e48b9fa7a59d926e
  CACHE STRING "SHA-256 of random123-1.14.0.tar.gz")
mark_as_advanced(RAVINE_FETCH_FMT_SHA256 RAVINE_FETCH_RANDOM123_SHA256)
list(APPEND CMAKE_MODULE_PATH ${CMAKE_CURRENT_LIST_DIR})
set(FETCHCONTENT_QUIET OFF)
include(FetchContent)

# ravine_fetch(NAME VERSION URL SHA256 PACKAGES): unpacks an archive; its headers are in
# ${name_SOURCE_DIR}/include. Its own build is left alone.
function(ravine_fetch name version url sha256 packages)
  if(NOT RAVINE_FETCH)
    message(FATAL_ERROR "${name} is missing: install ${packages}, or let the build fetch it with -DRAVINE_FETCH=ON "
                        "(and -DRAVINE_FETCH_MIRROR=FOLDER where there is no network)")
  endif()
  set(file ${name}-${version}.tar.gz)
  if(RAVINE_FETCH_MIRROR)
    set(url ${RAVINE_FETCH_MIRROR}/${file})
    if(NOT RAVINE_FETCH_MIRROR MATCHES "://" AND NOT EXISTS ${url})
      message(FATAL_ERROR "RAVINE_FETCH_MIRROR is '${RAVINE_FETCH_MIRROR}', which lacks ${file}: copy it there")
    endif()
  endif()
  message(STATUS "Fetching ${url}")
  FetchContent_Declare(${name} URL ${url} URL_HASH SHA256=${sha256} DOWNLOAD_NAME ${file}
    DOWNLOAD_EXTRACT_TIMESTAMP ON SOURCE_SUBDIR only-headers-are-used)
  FetchContent_MakeAvailable(${name})
  set(${name}_SOURCE_DIR ${${name}_SOURCE_DIR} PARENT_SCOPE)
endfunction()

find_package(fmt QUIET)
if(NOT fmt_FOUND)
  set(fmt_VERSION 10.1.1)
  ravine_fetch(fmt ${fmt_VERSION} https://github.com/fmtlib/fmt/archive/${fmt_VERSION}.tar.gz
    ${RAVINE_FETCH_FMT_SHA256} "libfmt-dev (fmt-devel)")
  # error.hpp formats messages, so an installed tree brings these headers, in a folder of their own.
  set(RAVINE_FETCHED_FMT ${CMAKE_INSTALL_INCLUDEDIR}/ravine-fetched)
  add_library(ravine_fmt INTERFACE)
  add_library(fmt::fmt ALIAS ravine_fmt)
  set_target_properties(ravine_fmt PROPERTIES EXPORT_NAME fmt)
  target_compile_definitions(ravine_fmt INTERFACE FMT_HEADER_ONLY=1)
  target_include_directories(ravine_fmt SYSTEM INTERFACE
    $<BUILD_INTERFACE:${fmt_SOURCE_DIR}/include> $<INSTALL_INTERFACE:${RAVINE_FETCHED_FMT}>)
endif()

find_package(Random123 QUIET)
if(NOT Random123_FOUND)
  ravine_fetch(random123 1.14.0 https://github.com/DEShawResearch/random123/archive/refs/tags/v1.14.0.tar.gz
    ${RAVINE_FETCH_RANDOM123_SHA256} "librandom123-dev (random123-devel)")
  add_library(ravine_random123 INTERFACE)
  add_library(Random123::Random123 ALIAS ravine_random123)
  target_include_directories(ravine_random123 SYSTEM INTERFACE ${random123_SOURCE_DIR}/include)
endif()
