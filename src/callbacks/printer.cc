#include "baton/callbacks/printer.h"

#include "src/callbacks/record_text.h"

namespace baton {

void PrinterCallback::on_log(LogEvent& event) {
  if (!event.state.is_local_process_zero) return;
  console_->write_line(python_repr(shown_record(event.logs)), Console::Channel::kOut);
}

}  // namespace baton
