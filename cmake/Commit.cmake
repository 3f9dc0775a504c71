# Writes OUTPUT, a C++ file that names the commit checked out in SOURCE; touches it only if the
# commit has changed. Run at every build: cmake -DSOURCE=... -DOUTPUT=... -P Commit.cmake
set(commit "unknown")
find_program(GIT git)
if(GIT)
  execute_process(COMMAND ${GIT} -C ${SOURCE} rev-parse --show-toplevel
    OUTPUT_VARIABLE top OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  get_filename_component(source "${SOURCE}" REALPATH)
  # A source archive unpacked inside someone else's repository has no commit of ours.
  if(top STREQUAL source)
    execute_process(COMMAND ${GIT} -C ${SOURCE} describe --always --dirty --abbrev=40 --exclude=*
      OUTPUT_VARIABLE described RESULT_VARIABLE result OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
    if(result EQUAL 0)
      set(commit "${described}")
    endif()
  endif()
endif()
file(CONFIGURE OUTPUT ${OUTPUT} CONTENT [[
namespace ravine {
__attribute__((visibility("default"))) const char* source_commit();
const char* source_commit() { return "@commit@"; }
}  // namespace ravine
]] @ONLY)
