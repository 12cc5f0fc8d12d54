#include "baton/core/text_stream.h"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <map>
#include <memory>
#include <string>

namespace baton {
namespace {

TerminalSettings settings_with(std::map<std::string, std::string> variables) {
  return terminal_settings([&variables](const char* name) -> const char* {
    const auto variable = variables.find(name);
    return variable == variables.end() ? nullptr : variable->second.c_str();
  });
}

TEST(TerminalSettings, AssumesLittleWhereNothingIsSet) {
  EXPECT_EQ(settings_with({}), (TerminalSettings{.columns = 80, .is_dumb = false, .utf8 = false}));
}

TEST(TerminalSettings, TakesThePositiveNumberInColumns) {
  EXPECT_EQ(settings_with({{"COLUMNS", "132"}}).columns, 132);
  for (const char* odd : {"", "0", "-5", "wide", "80x25", "99999999999"}) {
    EXPECT_EQ(settings_with({{"COLUMNS", odd}}).columns, 80) << odd;
  }
}

TEST(TerminalSettings, KnowsADumbTerminal) {
  EXPECT_TRUE(settings_with({{"TERM", "dumb"}}).is_dumb);
  EXPECT_FALSE(settings_with({{"TERM", "xterm"}}).is_dumb);
}

TEST(TerminalSettings, FindsUtf8InTheFirstLocaleVariableThatIsSet) {
  for (const char* locale : {"C.UTF-8", "de_DE.utf8", "en_US.UTF8"})
    EXPECT_TRUE(settings_with({{"LANG", locale}}).utf8);
  for (const char* locale : {"C", "POSIX", "de_DE.ISO-8859-1"}) EXPECT_FALSE(settings_with({{"LANG", locale}}).utf8);
  EXPECT_FALSE(settings_with({{"LC_ALL", "C"}, {"LC_CTYPE", "C.UTF-8"}, {"LANG", "C.UTF-8"}}).utf8);
  EXPECT_TRUE(settings_with({{"LC_ALL", ""}, {"LC_CTYPE", "C.UTF-8"}, {"LANG", "C"}}).utf8);
}

TEST(StandardStream, WritesAtOnceToAFileThatHasNoColumns) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::tmpfile(), std::fclose);
  StandardStream stream(file.get(), {});
  stream.write("text\n");
  EXPECT_EQ(stream.columns(), 0);
  char read[8] = {};
  EXPECT_EQ(pread(fileno(file.get()), read, sizeof read, 0), 5);
  EXPECT_STREQ(read, "text\n");
}

/// A terminal of its own, as a terminal window makes one for what runs in it.
class PseudoTerminal : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_GE(control, 0);
    ASSERT_EQ(grantpt(control), 0);
    ASSERT_EQ(unlockpt(control), 0);
    file.reset(fdopen(open(ptsname(control), O_RDWR | O_NOCTTY), "r+"));
    ASSERT_NE(file, nullptr);
  }
  ~PseudoTerminal() override { ::close(control); }

  void resize(unsigned short columns) {
    const winsize size{.ws_row = 25, .ws_col = columns};
    ASSERT_EQ(ioctl(control, TIOCSWINSZ, &size), 0);
  }

  int control = posix_openpt(O_RDWR | O_NOCTTY);
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> file{nullptr, std::fclose};
};

TEST_F(PseudoTerminal, IsAskedForItsWidthEachTime) {
  const StandardStream stream(file.get(), {.columns = 132});
  resize(100);
  EXPECT_EQ(stream.columns(), 100);
  resize(60);
  EXPECT_EQ(stream.columns(), 60);
  resize(0);
  EXPECT_EQ(stream.columns(), 132) << "it does not know its width";
}

TEST_F(PseudoTerminal, CountsAsAFileIfItIsDumb) {
  resize(100);
  EXPECT_EQ(StandardStream(file.get(), {.is_dumb = true}).columns(), 0);
}

}  // namespace
}  // namespace baton
