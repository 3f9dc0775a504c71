#include "ravine/data/file_catalog.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "ravine/core/digest.hpp"
#include "ravine/data/data_catalog.hpp"
#include "ravine/io/gzip.hpp"
#include "support/gzipped.hpp"
#include "support/refusal.hpp"
#include "support/temporary_folder.hpp"

namespace ravine {
namespace {

struct Fake {
  std::string content = "some content of a data file\n";
  std::string packed = gzipped(content);
  std::string sha256 = sha256_hex(packed), content_sha256 = sha256_hex(content);
  CatalogFile entry = {.set = "fake_set",
                       .file = "fake-set/file.gz",
                       .kind = "original",
                       .bytes = packed.size(),
                       .sha256 = sha256,
                       .content_sha256 = content_sha256,
                       .url = "-"};
  TemporaryFolder folder;

  std::string read() const { return std::string(as_text(read_cataloged(entry, folder.path()))); }
  std::string error() const {
    return refusal_of([&] { read(); });
  }
};

TEST(Catalog, FindsAFileWhereverItMayBe) {
  for (const char* file : {"fake-set/file.gz", "file.gz"}) {
    const Fake fake;
    fake.folder.write(file, fake.packed);
    EXPECT_EQ(fake.read(), fake.content) << file;
  }
  for (const char* file : {"fake-set/file", "file"}) {
    const Fake fake;
    fake.folder.write(file, fake.content);
    EXPECT_EQ(fake.read(), fake.content) << file;
  }
}

TEST(Catalog, RefusesATruncatedFile) {
  const Fake fake;
  fake.folder.write("fake-set/file.gz", fake.packed.substr(0, fake.packed.size() - 1));
  const std::string error = fake.error();
  expect_contains(error, "fake-set/file.gz' has " + std::to_string(fake.packed.size() - 1));
  expect_contains(error, "has " + std::to_string(fake.packed.size()) + ": ");
  expect_contains(error, "scripts/fetch_datasets fake_set");
}

TEST(Catalog, RefusesAnAlteredFileNamingBothDigests) {
  const Fake fake;
  std::string altered = fake.packed;
  altered[4] = 1;  // only the time stamp: the content is the same
  fake.folder.write("fake-set/file.gz", altered);
  const std::string error = fake.error();
  expect_contains(error, sha256_hex(altered));
  expect_contains(error, fake.sha256);
  expect_contains(error, "scripts/fetch_datasets fake_set");
}

TEST(Catalog, RefusesAnAlteredUnpackedFile) {
  const Fake fake;
  fake.folder.write("fake-set/file", "Some content of a data file\n");
  expect_contains(fake.error(), fake.content_sha256);
}

TEST(Catalog, UnpackedContentUnderThePackedNameIsRefused) {
  const Fake fake;
  fake.folder.write("fake-set/file.gz", fake.content);
  EXPECT_NE(fake.error(), "");
}

TEST(Catalog, SaysWhatToDoWithoutFiles) {
  const Fake fake;
  expect_contains(fake.error(), "fake-set/file.gz' does not exist");
  expect_contains(fake.error(), "scripts/fetch_datasets fake_set");
  const std::string error = refusal_of([&] { read_cataloged(fake.entry, ""); });
  expect_contains(error, "--data-dir");
  expect_contains(error, "RAVINE_DATA_DIR");
  expect_contains(error, "scripts/fetch_datasets fake_set");
}

TEST(Catalog, TheBuiltInOneIsWellFormed) {
  std::set<std::string_view> files, sets;
  for (const CatalogFile& entry : file_catalog()) {
    EXPECT_TRUE(files.insert(entry.file).second) << entry.file;
    sets.insert(entry.set);
    EXPECT_EQ(entry.sha256.size(), 64u) << entry.file;
    EXPECT_EQ(entry.content_sha256.size(), entry.file.ends_with(".gz") ? 64u : 1u) << entry.file;
    EXPECT_GT(entry.bytes, 0u);
    EXPECT_EQ(entry.url == "-", entry.kind == "derived") << entry.file;
    EXPECT_TRUE(entry.kind == "derived" || entry.kind == "original") << entry.file;
  }
  // Generated here, or the user's own copy of the full CIFAR-10.
  const std::set<std::string> uncataloged = {"cifar10", "curves",    "glyphs",   "ill_conditioned",
                                             "motifs",  "sentences", "shapeset", "zipf"};
  for (const std::string& name : data_catalog().names())
    EXPECT_NE(uncataloged.count(name) > 0, sets.count(name) > 0) << name;
}

TEST(Catalog, RefusesABadLine) {
  EXPECT_NE(refusal_of([] { parse_file_catalog("header\nonly\tthree\tcolumns\n"); }), "");
}

TEST(LoadDataset, VerifiesCatalogedFiles) {
  const TemporaryFolder folder;
  folder.write("uci/iris.data", "5.1,3.5,1.4,0.2,Iris-setosa\n");
  const std::string error =
      refusal_of([&] { data_catalog().load({.name = "iris", .directory = folder.path()}); });
  expect_contains(error, "iris.data' has 28 bytes");
  expect_contains(error, "4551");
}

}  // namespace
}  // namespace ravine
