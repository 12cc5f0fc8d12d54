// ReplayFilter: what of a journal an append-only sink is given after a resume. It keeps what it was given before, so
// that entries which repeat those are left out.
#pragma once

#include <cstdint>
#include <map>
#include <utility>

#include "baton/track/entry.h"

namespace baton::track {

class ReplayFilter {
 public:
  /// The sink holds this entry although a resume made it undone.
  void hold(const Entry& undone);
  /// Whether the sink is to be given the entry: not if it holds one of the same kind and step with the same keys. Those
  /// whose values differ, other than by the clock, are counted.
  bool wants(const Entry& entry);
  /// From here on differences count.
  void start_counting() { differing_ = 0; }
  std::int64_t differing() const { return differing_; }

 private:
  std::multimap<std::pair<EntryKind, std::int64_t>, Record> held_;
  std::int64_t differing_ = 0;
};

}  // namespace baton::track
