// Counter: an energy counter of the hardware, which wraps around and cannot be read at times.
#pragma once

#include <cstdint>
#include <optional>

namespace baton::track::carbon {

class Counter {
 public:
  /// After `range` it starts at 0 again; 0: it never does, and one that goes back began anew.
  explicit Counter(std::uint64_t range = 0) : range_(range) {}

  /// Takes a reading, nothing if there was none, and returns what was counted since the last one that succeeded. So a
  /// failed reading is 0 now, never a wrap, and loses nothing: the next one covers its time too.
  std::uint64_t advance(std::optional<std::uint64_t> reading);

  bool was_read() const { return was_read_; }  ///< by the latest attempt
  std::optional<std::uint64_t> value() const { return last_; }

 private:
  std::uint64_t range_;
  std::optional<std::uint64_t> last_;
  bool was_read_ = false;
};

}  // namespace baton::track::carbon
