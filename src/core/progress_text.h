// The words of a progress bar, as functions of plain values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace baton {

/// "00:05", "1:02:03", "3d 00:00:05"; whole seconds, rounded down. "?" if it is not known: negative, NaN or beyond
/// reason.
std::string duration_text(double seconds);

struct Unit {
  std::string one = "step";
  std::string many = "steps";
};

/// "36.2 steps/s", below one a second "2.50 s/step"; "? steps/s" if it is not known: not above zero or not finite.
std::string rate_text(double per_second, const Unit& unit);

/// What a bar tells.
struct BarView {
  std::string label;
  Unit unit;
  std::int64_t position = 0;
  std::optional<std::int64_t> total;
  std::int64_t done = 0;  ///< of the position, what was done within elapsed_s: rate and time left follow from it
  double elapsed_s = 0.0;
  std::string note;  ///< "loss 0.1235"
};

struct BarStyle {
  int columns = 0;  ///< characters there are; 0: any number, and no graphic
  bool utf8 = false;
};

/// "training  45%|####      | 450/1000 [00:12<00:15, 36.2 steps/s, loss 0.1235]", in a narrow place without the
/// graphic, then without the note. Without a total: "training 450 steps [00:12, 36.2 steps/s]".
std::string bar_text(const BarView& view, const BarStyle& style);

}  // namespace baton
