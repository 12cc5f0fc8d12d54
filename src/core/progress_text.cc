#include "src/core/progress_text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <string_view>

namespace baton {
namespace {

constexpr int kWidestGraphic = 40;
constexpr int kNarrowestGraphic = 5;

/// "2.50", "36.2", "1234"
std::string three_digits(double value) {
  const int decimals = value < 10 ? 2 : value < 100 ? 1 : 0;
  std::array<char, 320> buffer{};
  const auto end =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::fixed, decimals).ptr;
  return {buffer.data(), end};
}

std::string padded(std::int64_t number, std::size_t width, char fill) {
  const std::string digits = std::to_string(number);
  return std::string(width - std::min(width, digits.size()), fill) + digits;
}

double fraction_done(std::int64_t position, std::int64_t total) {
  if (position >= total) return 1.0;
  return std::max(0.0, static_cast<double>(position) / static_cast<double>(total));
}

double rate(const BarView& view) { return static_cast<double>(view.done) / view.elapsed_s; }

double seconds_left(const BarView& view) {
  if (view.done <= 0 || view.elapsed_s <= 0.0) return std::nan("");
  return static_cast<double>(std::max<std::int64_t>(*view.total - view.position, 0)) / rate(view);
}

/// A bar of `cells` characters; in UTF-8 its last one is filled by eighths.
std::string graphic(double fraction, int cells, bool utf8) {
  static constexpr std::array<std::string_view, 8> kEighths = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  const int eighths = static_cast<int>(fraction * cells * 8);
  std::string bar;
  int used = eighths / 8;
  for (int i = 0; i < used; ++i) bar += utf8 ? "█" : "#";
  if (utf8 && eighths % 8 > 0) {
    bar += kEighths[static_cast<std::size_t>(eighths % 8)];
    ++used;
  }
  return bar.append(static_cast<std::size_t>(cells - used), ' ');
}

std::string head_text(const BarView& view) {
  if (!view.total) return view.label;
  const auto percent = static_cast<std::int64_t>(100.0 * fraction_done(view.position, *view.total));
  return view.label + ' ' + padded(percent, 3, ' ') + '%';
}

std::string tail_text(const BarView& view, bool with_note) {
  std::string text = std::to_string(view.position);
  text += view.total ? '/' + std::to_string(*view.total) : ' ' + (view.position == 1 ? view.unit.one : view.unit.many);
  text += " [" + duration_text(view.elapsed_s);
  if (view.total) text += '<' + duration_text(seconds_left(view));
  text += ", " + rate_text(rate(view), view.unit);
  if (with_note && !view.note.empty()) text += ", " + view.note;
  return text + ']';
}

}  // namespace

std::string duration_text(double seconds) {
  if (!(seconds >= 0.0 && seconds < 1e10)) return "?";
  const auto whole = static_cast<std::int64_t>(seconds);
  const std::int64_t days = whole / 86400;
  const std::int64_t hours = whole / 3600 % 24;
  const std::string minutes = padded(whole / 60 % 60, 2, '0') + ':' + padded(whole % 60, 2, '0');
  if (days > 0) return std::to_string(days) + "d " + padded(hours, 2, '0') + ':' + minutes;
  return hours > 0 ? std::to_string(hours) + ':' + minutes : minutes;
}

std::string rate_text(double per_second, const Unit& unit) {
  if (!(per_second > 0.0) || std::isinf(per_second)) return "? " + unit.many + "/s";
  if (per_second < 1.0) return three_digits(1.0 / per_second) + " s/" + unit.one;
  return three_digits(per_second) + ' ' + unit.many + "/s";
}

std::string bar_text(const BarView& view, const BarStyle& style) {
  const std::string head = head_text(view);
  const std::string tail = tail_text(view, true);
  if (style.columns == 0) return head + ' ' + tail;

  const int room = style.columns - static_cast<int>(head.size() + tail.size());
  const int cells = std::min(room - 3, kWidestGraphic);  // two bars and a blank around it
  if (view.total && cells >= kNarrowestGraphic) {
    return head + '|' + graphic(fraction_done(view.position, *view.total), cells, style.utf8) + "| " + tail;
  }
  return head + ' ' + (room >= 1 ? tail : tail_text(view, false));
}

}  // namespace baton
