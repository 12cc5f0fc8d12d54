#include "baton/callbacks/nan_guard.h"

#include <array>
#include <cmath>
#include <optional>
#include <string>
#include <string_view>

#include "src/base/number_text.h"

namespace baton {
namespace {

constexpr std::array<std::string_view, 2> kWatched = {"loss", "grad_norm"};

bool has_watched(const LogRecord& logs) {
  for (const std::string_view key : kWatched) {
    if (logs.contains(key)) return true;
  }
  return false;
}

/// "grad_norm is nan", or nothing if all is well.
std::optional<std::string> trouble(const LogRecord& logs) {
  for (const std::string_view key : kWatched) {
    const Value* value = logs.find(key);
    if (value == nullptr || !value->is_number() || std::isfinite(value->number())) continue;
    return std::string(key) + " is " + float_repr(value->number());
  }
  return std::nullopt;
}

}  // namespace

NanGuardCallback::NanGuardCallback(std::int64_t patience) : patience_(patience) {
  if (patience < 1)
    throw ConfigError("NanGuardCallback: patience is " + std::to_string(patience) + "; expected 1 or more");
}

void NanGuardCallback::on_train_begin(TrainEvent&) { bad_records_ = 0; }

void NanGuardCallback::on_log(LogEvent& event) {
  if (!has_watched(event.logs)) return;
  const std::optional<std::string> problem = trouble(event.logs);
  bad_records_ = problem ? bad_records_ + 1 : 0;
  if (bad_records_ < patience_) return;
  std::string text = "training stopped at step " + std::to_string(event.state.global_step) + ": " + *problem;
  if (patience_ > 1) text += " (bad log number " + std::to_string(patience_) + " in a row)";
  throw NonFiniteError(text);
}

}  // namespace baton
