#include "baton/core/checkpoint_store.h"

#include "baton/core/errors.h"

namespace baton {
namespace {

constexpr std::int64_t kFormat = 1;

const Value& required(const Record& record, const char* key, const std::string& where) {
  if (const Value* value = record.find(key)) return *value;
  throw StateError(where + ": the key \"" + key + "\" is missing");
}

std::int64_t integer(const Record& record, const char* key, const std::string& where) {
  if (const std::int64_t* value = required(record, key, where).integer()) return *value;
  throw StateError(where + ": \"" + key + "\" is not an integer");
}

double number(const Record& record, const char* key, const std::string& where) {
  const Value& value = required(record, key, where);
  if (value.is_number()) return value.number();
  throw StateError(where + ": \"" + key + "\" is not a number");
}

std::optional<double> number_or_null(const Record& record, const char* key, const std::string& where) {
  if (required(record, key, where).is_null()) return std::nullopt;
  return number(record, key, where);
}

}  // namespace

Record LoopState::to_record() const {
  return {{"format", kFormat},
          {"last_logged", last_logged},
          {"loss_since_log", loss_since_log},
          {"loss_total", loss_total},
          {"loss_from_step", loss_from_step},
          {"nonfinite_since_log", nonfinite_since_log},
          {"nonfinite_total", nonfinite_total},
          {"last_learning_rate", last_learning_rate},
          {"last_grad_norm", last_grad_norm ? Value(*last_grad_norm) : Value()},
          {"epoch_end_owed", epoch_end_owed},
          {"stream_epoch", stream_epoch},
          {"stream_batches", stream_batches}};
}

LoopState LoopState::from_record(const Record& record, const std::string& where) {
  if (const std::int64_t format = integer(record, "format", where); format != kFormat) {
    throw StateError(where + ": format " + std::to_string(format) + " is not known; expected " +
                     std::to_string(kFormat));
  }
  const bool* owed = required(record, "epoch_end_owed", where).boolean();
  if (!owed) throw StateError(where + ": \"epoch_end_owed\" is not true or false");
  return {.last_logged = integer(record, "last_logged", where),
          .loss_since_log = number(record, "loss_since_log", where),
          .loss_total = number(record, "loss_total", where),
          .loss_from_step = integer(record, "loss_from_step", where),
          .nonfinite_since_log = integer(record, "nonfinite_since_log", where),
          .nonfinite_total = integer(record, "nonfinite_total", where),
          .last_learning_rate = number(record, "last_learning_rate", where),
          .last_grad_norm = number_or_null(record, "last_grad_norm", where),
          .epoch_end_owed = *owed,
          .stream_epoch = integer(record, "stream_epoch", where),
          .stream_batches = integer(record, "stream_batches", where)};
}

}  // namespace baton
