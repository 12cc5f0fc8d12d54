// Reads lr_scheduler_kwargs and gathers every problem in them, so that the user gets one complete message.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "baton/core/lr_schedule.h"
#include "baton/core/value.h"

namespace baton {

/// One schedule's keyword arguments. Each reader names an argument that the schedule knows; what no reader asked for is
/// unknown. After a problem a reader goes on with the default (or 0), and finish() throws.
class LrKeywords {
 public:
  /// `spec` must outlive the reader.
  explicit LrKeywords(const LrScheduleSpec& spec);

  double number(std::string_view name, double otherwise);
  std::int64_t count(std::string_view name, std::int64_t otherwise);
  bool flag(std::string_view name, bool otherwise);
  /// One of `choices`.
  std::string choice(std::string_view name, std::string_view otherwise,
                     std::initializer_list<std::string_view> choices);
  /// Absent if it is not given or null.
  std::optional<double> optional_number(std::string_view name);
  double required_number(std::string_view name);

  /// Adds a problem unless `holds`. `problem` goes on from the schedule's name: "needs num_decay_steps".
  void expect(bool holds, const std::string& problem);
  /// Throws ConfigError if there was any problem, unknown arguments included.
  void finish();

 private:
  const Value* find(std::string_view name);
  void complain(std::string_view name, const Value& value, std::string_view expected);

  std::string schedule_;
  const Record& given_;
  std::vector<std::string_view> known_;
  std::vector<std::string> problems_;
};

}  // namespace baton
