# cmake -DFOLDER=lib/ravine -DMORE=text -DNAME=library_sources -DOUTPUT=x.cpp -P SourceDigest.cmake
# Writes a C++ file that defines NAME: the SHA-256 of the code below FOLDER and of the text MORE.
# Lines that are comments do not count. The file is touched only when the digest changes.
file(GLOB_RECURSE files RELATIVE ${FOLDER} ${FOLDER}/*.cpp ${FOLDER}/*.hpp ${FOLDER}/*.in)
list(SORT files)
set(digests "${MORE}")
foreach(file IN LISTS files)
  file(READ ${FOLDER}/${file} text)
  string(REGEX REPLACE "\n *//[^\n]*" "" text "\n${text}")
  string(SHA256 digest "${text}")
  string(APPEND digests "\n${file} ${digest}")
endforeach()
string(SHA256 digest "${digests}")
file(CONFIGURE OUTPUT ${OUTPUT} @ONLY CONTENT [=[
// Made by cmake/SourceDigest.cmake.
extern "C" {
[[gnu::visibility("default")]] extern const char @NAME@[];
const char @NAME@[] = "@digest@";
}
]=])
