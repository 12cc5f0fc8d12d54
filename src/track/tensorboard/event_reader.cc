#include "src/track/tensorboard/event_reader.h"

#include <cstdint>

#include "src/base/files.h"
#include "src/track/tensorboard/event_encoder.h"

namespace baton::tensorboard {
namespace {

constexpr std::size_t kLength = 8;
constexpr std::size_t kChecksum = 4;
constexpr std::size_t kHead = kLength + kChecksum;

std::uint64_t little_endian(std::string_view bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = bytes.size(); i-- > 0;) value = value << 8U | static_cast<unsigned char>(bytes[i]);
  return value;
}

bool holds(std::string_view checksum, std::string_view bytes) { return little_endian(checksum) == masked_crc(bytes); }

enum class Found { kRecord, kTorn, kBadHead, kBadPayload };

/// Looks at the record that `bytes` begin with.
Found next_payload(std::string_view bytes, std::string_view& payload) {
  if (bytes.size() < kHead) return Found::kTorn;
  if (!holds(bytes.substr(kLength, kChecksum), bytes.substr(0, kLength))) return Found::kBadHead;
  const std::uint64_t length = little_endian(bytes.substr(0, kLength));
  const std::size_t rest = bytes.size() - kHead;
  if (rest < kChecksum || length > rest - kChecksum) return Found::kTorn;
  payload = bytes.substr(kHead, length);
  return holds(bytes.substr(kHead + length, kChecksum), payload) ? Found::kRecord : Found::kBadPayload;
}

}  // namespace

EventFileContent read_events(std::string_view bytes) {
  EventFileContent content;
  const auto damaged = [&](std::string_view what) {
    content.damage = "byte " + std::to_string(content.whole) + ": " + std::string(what);
    return content;
  };
  while (content.whole < bytes.size()) {
    const std::string_view rest = bytes.substr(content.whole);
    std::string_view payload;
    const Found found = next_payload(rest, payload);
    if (found == Found::kTorn) {
      content.torn = rest.size();
      return content;
    }
    if (found == Found::kBadHead) return damaged("the checksum of a record's length is wrong");
    if (found == Found::kBadPayload) return damaged("the checksum of a record is wrong");
    if (!decode_event(payload, content.events)) return damaged("a record is no TensorBoard event");
    content.whole += kHead + payload.size() + kChecksum;
  }
  return content;
}

EventFileContent read_event_file(const std::filesystem::path& file) { return read_events(read_file(file)); }

}  // namespace baton::tensorboard
