// Kind display: what the printer or the progress bar shows of a log record.
#include "baton/callbacks/printer.h"
#include "baton/callbacks/progress.h"
#include "src/callbacks/record_text.h"
#include "tools/contract_replay/kinds.h"
#include "tools/contract_replay/unit_run.h"

#include <memory>
#include <optional>
#include <string>

namespace baton::replay {
namespace {

/// A console whose records are kept.
struct CapturedConsole {
  struct Stream final : TextStream {
    void write(std::string_view written) noexcept override { text += written; }
    int columns() const noexcept override { return 0; }
    std::string text;
  };

  Stream out, err;
  SteadyClock clock;
  Console console{out, err, clock};
  std::shared_ptr<Console> shared{&console, [](Console*) {}};
};

/// The record as it was shown; the printed text itself if that is something else.
Value shown(const std::string& printed, const Record& expected) {
  if (printed.empty()) return nullptr;
  return printed == python_repr(expected) + "\n" ? Value(expected) : Value(printed);
}

Value::List keys(const Record& record) {
  Value::List keys;
  for (const auto& [key, value] : record) keys.emplace_back(key);
  return keys;
}

/// The reference's printer takes total_flos out of the caller's record. Baton's hides it in a copy of its own (D13),
/// which is what the keys are of.
Record printer_row(const Record& row, const LogRecord& logs) {
  UnitRun run;
  run.state.is_local_process_zero = flag_in(row, "local_zero", true);
  CapturedConsole screen;
  PrinterCallback printer(screen.shared);
  LogEvent event{run.event(), logs};
  printer.on_log(event);
  const Record copy = shown_record(logs);
  return {{"shown", shown(screen.out.text, copy)}, {"caller_keys", keys(copy)}};
}

Record progress_row(const Record& row, const LogRecord& logs) {
  UnitRun run;
  run.state.is_world_process_zero = flag_in(row, "world_zero", true);
  const Value* limit = row.find("max_str_len");
  const std::int64_t max_str_len = limit == nullptr ? 100 : *limit->integer();
  CapturedConsole screen;
  ProgressCallback progress(screen.shared, max_str_len);
  TrainEvent begin{run.event()};
  if (flag_in(row, "training_bar", true)) progress.on_train_begin(begin);
  LogEvent event{run.event(), logs};
  progress.on_log(event);
  return {{"shown", shown(screen.out.text, shown_record(logs, max_str_len))}, {"caller_keys", keys(logs)}};
}

}  // namespace

Value replay_display(const Record& test_case) {
  const Value whole = from_case(test_case);
  const bool is_printer = *whole.record()->find("what")->text() == "printer";
  Value::List rows;
  for (const Value& row : *whole.record()->find("rows")->list()) {
    const LogRecord& logs = *row.record()->find("logs")->record();
    rows.push_back(to_answer(is_printer ? printer_row(*row.record(), logs) : progress_row(*row.record(), logs)));
  }
  return Record{{"rows", rows}};
}

}  // namespace baton::replay
