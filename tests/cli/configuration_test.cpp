#include "ravine/cli/configuration.hpp"

#include <gtest/gtest.h>

#include <array>
#include <fstream>

#include <fmt/format.h>
#include "ravine/cli/config_file.hpp"
#include "ravine/core/error.hpp"
#include "support/refusal.hpp"
#include "support/temporary_folder.hpp"

namespace ravine {
namespace {

using Words = std::vector<std::string>;

Configuration configuration(Words words) {
  std::vector<const char*> arguments = {"ravine-test"};
  for (const std::string& word : words) arguments.push_back(word.c_str());
  return Configuration(static_cast<int>(arguments.size()), arguments.data());
}

// What the refusal says; "" if there is none.
std::string refusal(const Words& words) {
  return refusal_of([&] { configuration(words); });
}

// The path of a file that the next call overwrites, in a folder that no other program knows.
std::string file_of(const std::string& text) {
  static const TemporaryFolder folder;
  const std::string path = folder / "run.ini";
  std::ofstream(path, std::ios::binary) << text;
  return path;
}

Words settings(const std::string& text) {
  Words lines;
  for (const ConfigLine& line : parse_settings(text, "x.ini"))
    lines.push_back(line.key + "|" + line.value);
  return lines;
}

TEST(Configuration, FilesHaveOneSettingPerLine) {
  EXPECT_EQ(settings("seeds = 3\n\n  steps=5"), (Words{"seeds|3", "steps|5"}));
  EXPECT_EQ(settings("\xEF\xBB\xBFseeds = 3\r\nsteps = 5\r\n"), (Words{"seeds|3", "steps|5"}));
  EXPECT_EQ(settings("problem = mlp(data=glyphs)"), Words{"problem|mlp(data=glyphs)"});
  EXPECT_EQ(settings("data-dir ="), Words{"data-dir|"});
}

TEST(Configuration, CommentsBeginALineOrFollowABlank) {
  EXPECT_EQ(settings("# a\n  # b\noutput = run#1.h5 # mine\nseeds = 1\t#c"),
            (Words{"output|run#1.h5", "seeds|1"}));
}

TEST(Configuration, FilesThatSayNothingAreRefused) {
  for (const std::string text : {"", "\n\n", "# only\n", "seeds", "= 3", "[run]\nseeds = 3",
                                 "output = \"x.h5\"", "seeds = 3\x01", "\x89HDF\r\n\x1a\n"})
    EXPECT_THROW(parse_settings(text, "x.ini"), Error) << text;
  EXPECT_THROW(parse_settings(std::string("seeds = 3\0", 10), "x.ini"), Error);
  EXPECT_THROW(read_settings(TemporaryFolder().path()), Error);
  EXPECT_THROW(read_settings("/dev/zero"), Error);
  EXPECT_THROW(read_settings("no such file"), Error);
}

TEST(Configuration, TheCommandLineWinsOverTheFile) {
  const std::string path = file_of("output = a.h5\nseeds = 3\noptimizer = sgd\noptimizer = adam\n");
  const Configuration both = configuration({"--config", path, "--output", "b.h5"});
  EXPECT_EQ(both.text("output"), "b.h5");
  EXPECT_EQ(both.whole("seeds"), 3);
  EXPECT_EQ(both.texts("optimizer"), (Words{"sgd", "adam"}));
  EXPECT_FALSE(both.text("steps"));
}

TEST(Configuration, SwitchesHaveAValueNotOnlyAPresence) {
  for (const char* flag :
       {"fresh", "list", "dry-run", "help", "components", "version", "print-output"}) {
    EXPECT_FALSE(configuration({}).is_on(flag));
    EXPECT_TRUE(configuration({fmt::format("--{}", flag)}).is_on(flag));
    for (const bool on : {false, true})
      for (const char* word :
           on ? std::array{"true", "yes", "on", "1"} : std::array{"false", "no", "off", "0"}) {
        EXPECT_EQ(configuration({fmt::format("--{}={}", flag, word)}).is_on(flag), on);
        const std::string path = file_of(fmt::format("{} = {}\n", flag, word));
        EXPECT_EQ(configuration({"--config", path}).is_on(flag), on) << flag << word;
      }
    if (flag == std::string_view("components")) continue;  // may be a name, judged later
    for (const char* neither : {"", "maybe", "2", "truee"}) {
      const std::string path = file_of(fmt::format("{} = {}\n", flag, neither));
      EXPECT_NE(refusal({"--config", path}), "") << flag << neither;
    }
  }
}

TEST(Configuration, ComponentsMayBeNamed) {
  EXPECT_EQ(configuration({"--components"}).texts("components"), Words{"true"});
  EXPECT_EQ(configuration({"--components", "adam", "sgd"}).texts("components"),
            (Words{"adam", "sgd"}));
  EXPECT_EQ(configuration({"--components=adam"}).texts("components"), Words{"adam"});
}

TEST(Configuration, RefusalsNameWhatWasWritten) {
  EXPECT_NE(refusal({"--optimiser", "sgd"}).find("'--optimiser' (did you mean '--optimizer'?)"),
            std::string::npos);
  const std::string file = refusal({"--config", file_of("seeds = 1\noptimiser = sgd\n")});
  EXPECT_NE(file.find("line 2 of"), std::string::npos) << file;
  EXPECT_NE(file.find("'optimiser' (did you mean 'optimizer'?)"), std::string::npos) << file;
  for (const Words& words : std::vector<Words>{{"--seeds"},
                                               {"--seeds", "--fresh"},
                                               {"--output="},
                                               {"word"},
                                               {"--seeds", "1", "--seeds", "2"},
                                               {"--fresh", "maybe"}})
    EXPECT_NE(refusal(words), "") << words.front();
  EXPECT_NE(refusal({"--config", file_of("config = other.ini\n")}), "");
  EXPECT_NE(refusal({"--config", file_of("seeds = 1\nseeds = 2\n")}), "");
}

}  // namespace
}  // namespace ravine
