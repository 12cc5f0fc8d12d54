#include "baton/core/progress_bar.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "src/core/progress_text.h"

namespace baton {
namespace {

constexpr std::int64_t kLinesARun = 20;

std::int64_t in_ns(std::chrono::nanoseconds time) { return time.count(); }

}  // namespace

ProgressBar::ProgressBar(Console& console, ProgressBarOptions options)
    : console_(console), options_(std::move(options)), started_ns_(console.clock().now_ns()) {
  next_ns_ = started_ns_ + in_ns(console_.options().progress_interval);
  if (console_.has_status_lines() || options_.keep) show(started_ns_);
}

ProgressBar::~ProgressBar() { close(); }

void ProgressBar::close() noexcept try {
  if (!is_open_) return;
  is_open_ = false;
  console_.set_status(options_.line, "");
  if (options_.keep && written_position_ != position_) write_line(console_.clock().now_ns());
} catch (...) {  // lack of memory costs the last state
}

void ProgressBar::refresh() {
  if (is_open_ && console_.has_status_lines()) show(console_.clock().now_ns());
}

void ProgressBar::show_if_due() {
  const std::int64_t now_ns = console_.clock().now_ns();
  if (is_open_ && now_ns >= next_ns_) show(now_ns);
}

void ProgressBar::show(std::int64_t now_ns) {
  if (console_.has_status_lines()) {
    console_.set_status(options_.line, text(now_ns));
    next_ns_ = now_ns + in_ns(console_.options().redraw_interval);
  } else {
    write_line(now_ns);
    next_ns_ = now_ns + in_ns(console_.options().progress_interval);
    next_position_ = std::max(position_, options_.start) + options_.total.value_or(0) / kLinesARun;
  }
}

void ProgressBar::write_line(std::int64_t now_ns) {
  console_.write_line(text(now_ns), Console::Channel::kErr);
  written_position_ = position_;
}

/// Before the first advance a bar that starts in the middle shows where it starts.
std::string ProgressBar::text(std::int64_t now_ns) const {
  const std::int64_t shown = std::max(position_, options_.start);
  return bar_text({.label = options_.label,
                   .unit = {options_.unit, options_.units},
                   .position = shown,
                   .total = options_.total,
                   .done = shown - options_.start,
                   .elapsed_s = static_cast<double>(now_ns - started_ns_) * 1e-9,
                   .note = note_},
                  {.columns = console_.status_width(), .utf8 = console_.options().utf8});
}

}  // namespace baton
