#include "src/core/help_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <optional>
#include <sstream>
#include <string>

#include "src/core/flag_binding.h"

namespace baton {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

/// The help of every training argument of a program with these defaults.
std::string argument_help(TrainingArguments args) {
  return help_text("train_net", Flags("Trains a net."), bind_fields(args));
}

std::string help_of(const Flags& flags) { return help_text("train_net", flags, flags.all()); }

/// The flag's entry: its line and the lines that go on with it.
std::string entry_of(const std::string& help, const std::string& flag) {
  const std::size_t begin = help.find("\n  --" + flag) + 1;
  const std::size_t end = std::min(help.find("\n  --", begin), help.find("\n\n", begin));
  return help.substr(begin, end - begin);
}

TEST(HelpText, BeginsWithWhatTheProgramDoesAndAnExample) {
  EXPECT_THAT(argument_help({}),
              AllOf(StartsWith("Trains a net.\n\nUsage:   train_net"), HasSubstr("\nExample: train_net --")));
}

TEST(HelpText, HasNoLineOfMoreThanAHundredCharacters) {
  std::istringstream lines(argument_help({}));
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 100u) << line;
}

TEST(HelpText, ShowsTheProgramsOwnDefaults) {
  const std::string help = argument_help({.output_dir = "runs/fashion", .learning_rate = 1e-3});
  EXPECT_THAT(entry_of(help, "output_dir TEXT"), HasSubstr("(default: runs/fashion)"));
  EXPECT_THAT(entry_of(help, "learning_rate NUMBER"), HasSubstr("(default: 0.001)"));
  EXPECT_THAT(entry_of(help, "logging_steps NUMBER"), HasSubstr("\n                                    (default: 500)"))
      << "no line is broken within a default";
}

TEST(HelpText, ShowsNoDefaultForWhatIsUnset) {
  EXPECT_THAT(entry_of(argument_help({}), "save_total_limit N"), Not(HasSubstr("default")));
}

TEST(HelpText, ListsTheNamesToChooseFrom) {
  EXPECT_THAT(entry_of(argument_help({}), "save_strategy NAME"),
              HasSubstr("one of no,\n                                    steps, epoch, best"));
}

TEST(HelpText, SaysHowToTurnOffWhatIsOn) {
  EXPECT_THAT(entry_of(argument_help({}), "dataloader_pin_memory"), HasSubstr("off with --no_dataloader_pin_memory"));
  EXPECT_THAT(entry_of(argument_help({}), "bf16 "), Not(HasSubstr("--no_bf16")));
}

TEST(HelpText, PutsTheHelpOfALongFlagOnTheNextLine) {
  EXPECT_THAT(argument_help({}),
              HasSubstr("  --include_num_input_tokens_seen NAME\n                                    count"));
}

TEST(HelpText, ShowsOwnFlagsWithTheirValuesBeforeTheRest) {
  std::string data = "/data";
  std::vector<std::string> layers = {"conv", "linear"};
  bool verbose = true;
  const std::string help =
      help_of(Flags().add("data", &data, "folder").add("layers", &layers, "kinds").add("loud", &verbose, "tell more"));
  EXPECT_THAT(help, HasSubstr("\nThis program\n  --data TEXT                       folder (default: /data)\n"));
  EXPECT_THAT(entry_of(help, "layers NAME,..."), HasSubstr("kinds (default: conv,linear)"));
  EXPECT_THAT(entry_of(help, "loud"), HasSubstr("(default: true; off with --no_loud)"));
}

TEST(HelpText, ShowsTheProgramsOwnExample) {
  EXPECT_THAT(help_of(Flags().set_example("--data new")), HasSubstr("Example: train_net --data new\n"));
}

TEST(HelpText, ShowsAnOwnFlagWithoutAValueAsUnset) {
  std::optional<std::int64_t> count;
  EXPECT_EQ(entry_of(help_of(Flags().add("count", &count, "how many")), "count"),
            "  --count N                         how many");
}

}  // namespace
}  // namespace baton
