#include "src/track/journal/format.h"

#include <algorithm>
#include <array>
#include <span>

#include "src/base/crc32.h"
#include "src/base/json.h"

namespace baton::track::journal {
namespace {

// magic · crc32 of the rest of the header · crc32 of the values · bytes of the values · kind · generation · sequence ·
// time · step · values
constexpr std::string_view kMagic = "BTJ1";
constexpr std::size_t kChecked = 8;  // where the header's checksum begins

template <class Number>
void put(char* place, Number number) {
  for (std::size_t i = 0; i < sizeof(Number); ++i) {
    place[i] = static_cast<char>(static_cast<std::uint64_t>(number) >> (8 * i));
  }
}

template <class Number>
Number get(std::string_view bytes, std::size_t place) {
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < sizeof(Number); ++i) {
    number |= std::uint64_t{static_cast<unsigned char>(bytes[place + i])} << (8 * i);
  }
  return static_cast<Number>(number);
}

std::uint32_t checksum(std::string_view bytes) { return crc32(std::as_bytes(std::span(bytes))); }

Scan damage(std::string_view bytes) {
  const std::size_t next = bytes.find(kMagic, 1);
  // A part of a magic at the end may be the begin of a record.
  const std::size_t end = bytes.size() - std::min(bytes.size() - 1, kMagic.size() - 1);
  return {Scan::What::kDamage, std::min(next, end), {}};
}

}  // namespace

void append_record(std::string& bytes, const Entry& entry) {
  const std::string values = json::dump(entry.values);
  std::array<char, kHeaderBytes> header{};
  std::copy(kMagic.begin(), kMagic.end(), header.begin());
  put(&header[8], checksum(values));
  put(&header[12], static_cast<std::uint32_t>(values.size()));
  put(&header[16], static_cast<std::uint32_t>(entry.kind));
  put(&header[20], entry.generation);
  put(&header[24], entry.sequence);
  put(&header[32], entry.time_ns);
  put(&header[40], entry.step);
  put(&header[4], checksum(std::string_view(header.data(), header.size()).substr(kChecked)));
  bytes.append(header.data(), header.size()).append(values);
}

Scan scan(std::string_view bytes) {
  if (bytes.empty()) return {};
  if (!bytes.starts_with(kMagic.substr(0, std::min(bytes.size(), kMagic.size())))) return damage(bytes);
  if (bytes.size() < kHeaderBytes) return {};
  if (get<std::uint32_t>(bytes, 4) != checksum(bytes.substr(kChecked, kHeaderBytes - kChecked))) return damage(bytes);
  const std::size_t size = kHeaderBytes + get<std::uint32_t>(bytes, 12);
  if (size > kMaxRecordBytes) return damage(bytes);
  if (bytes.size() < size) return {};
  const std::string_view text = bytes.substr(kHeaderBytes, size - kHeaderBytes);
  if (get<std::uint32_t>(bytes, 8) != checksum(text)) return damage(bytes);
  Entry entry{static_cast<EntryKind>(get<std::uint32_t>(bytes, 16)),
              get<std::uint32_t>(bytes, 20),
              get<std::uint64_t>(bytes, 24),
              get<std::int64_t>(bytes, 32),
              get<std::int64_t>(bytes, 40),
              {}};
  try {
    const Value values = json::parse(text, "journal");
    if (values.record() == nullptr) return damage(bytes);
    entry.values = *values.record();
  } catch (const JsonError&) {  // a right checksum over wrong values: somebody else's file
    return damage(bytes);
  }
  return {Scan::What::kEntry, size, std::move(entry)};
}

}  // namespace baton::track::journal
