// The bytes of a journal: docs/journal.md. Fixed-width numbers are little-endian.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "baton/track/entry.h"

namespace baton::track::journal {

/// Bytes in front of the values of a record.
inline constexpr std::size_t kHeaderBytes = 48;
/// What a record may have at most. Larger ones are refused when they are written, and are damage when they are read.
inline constexpr std::size_t kMaxRecordBytes = std::size_t{64} << 20;

/// Appends the record to `bytes`.
void append_record(std::string& bytes, const Entry& entry);

/// What begins at a place in a journal's bytes.
struct Scan {
  enum class What {
    kEntry,
    kIncomplete,  ///< the bytes end within the record, or before it
    kDamage,      ///< no record; the next one may begin `size` bytes on
  };
  What what = What::kIncomplete;
  std::size_t size = 0;  ///< of the record, or of the damage; 0: incomplete
  Entry entry{};
};

/// Looks at the begin of `bytes`, whose records are complete but for, maybe, the last.
Scan scan(std::string_view bytes);

}  // namespace baton::track::journal
