#include "baton/callbacks/printer.h"

#include "tests/fakes/fake_console.h"
#include "tests/fakes/fake_run.h"

#include <gtest/gtest.h>

namespace baton {
namespace {

class Printer : public testing::Test {
 protected:
  fakes::FakeRun run;
  fakes::FileConsole file;
  PrinterCallback printer{file.console};
};

TEST_F(Printer, PrintsARecordAsPythonShowsIt) {
  run.log(printer, {{"loss", 0.123456}, {"learning_rate", 5e-05}, {"epoch", 1.0}, {"step_count", 3}});
  EXPECT_EQ(file.out.text, "{'loss': '0.1235', 'learning_rate': '5e-05', 'epoch': '1', 'step_count': 3}\n");
  EXPECT_EQ(file.err.text, "");
}

TEST_F(Printer, HidesTotalFlosInItsOwnCopyOnlyD13) {
  const LogRecord logs{{"train_loss", 0.5}, {"total_flos", 1e12}};
  const LogRecord before = logs;
  run.log(printer, logs);
  EXPECT_EQ(file.out.text, "{'train_loss': '0.5'}\n");
  EXPECT_EQ(logs, before);
}

TEST_F(Printer, PrintsALongTextWhole) {
  run.log(printer, {{"text", std::string(150, 'x')}});
  EXPECT_EQ(file.out.text, "{'text': '" + std::string(150, 'x') + "'}\n");
}

TEST_F(Printer, PrintsNothingOnOtherLocalRanks) {
  run.state.is_local_process_zero = false;
  run.log(printer, {{"loss", 1.0}});
  EXPECT_EQ(file.out.text, "");
}

}  // namespace
}  // namespace baton
