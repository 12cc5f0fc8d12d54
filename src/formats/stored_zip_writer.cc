#include "src/base/crc32.h"
#include "src/formats/stored_zip.h"
#include "src/formats/zip_layout.h"

namespace baton::zip {
namespace {

constexpr std::uint64_t kAlignment = 64;
constexpr std::uint64_t kVersion = 45;  // of the format: the first with zip64

/// Little-endian numbers, one after the other.
class Bytes {
 public:
  Bytes& u16(std::uint64_t value) { return number(value, 2); }
  Bytes& u32(std::uint64_t value) { return number(value, 4); }
  Bytes& u64(std::uint64_t value) { return number(value, 8); }
  Bytes& text(std::string_view text) {
    text_.append(text);
    return *this;
  }
  const std::string& str() const { return text_; }

 private:
  Bytes& number(std::uint64_t value, int width) {
    for (int i = 0; i < width; ++i) text_.push_back(static_cast<char>(value >> (8 * i) & 0xFFU));
    return *this;
  }
  std::string text_;
};

std::uint64_t in_32_bits(std::uint64_t value) { return value < kMax32 ? value : kMax32; }

/// The fields that an entry's two headers have in common, from the flags to the length of the name.
Bytes common_fields(std::uint32_t crc, std::uint64_t size, std::size_t name) {
  Bytes fields;
  fields.u16(kFlagUtf8).u16(0).u32(0).u32(crc).u32(in_32_bits(size)).u32(in_32_bits(size)).u16(name);
  return fields;
}

/// What a header of an entry carries beside its 32-bit fields.
std::string extra64(std::initializer_list<std::uint64_t> values) {
  Bytes large;
  for (const std::uint64_t value : values) {
    if (value >= kMax32) large.u64(value);
  }
  return large.str().empty() ? "" : Bytes().u16(kExtra64).u16(large.str().size()).text(large.str()).str();
}

/// A field after which a payload is aligned, if the field begins at `at`.
std::string padding(std::uint64_t at) {
  const std::uint64_t missing = (kAlignment - (at + 4) % kAlignment) % kAlignment;
  return Bytes().u16(kExtraPadding).u16(missing).text(std::string(missing, 'Z')).str();
}

class Checksum final : public ByteSink {
 public:
  using ByteSink::write;
  void write(std::span<const std::byte> bytes) override { crc_ = crc32(bytes, crc_); }
  std::uint32_t value() const { return crc_; }

 private:
  std::uint32_t crc_ = 0;
};

std::uint32_t checksum_of(const Content& content) {
  Checksum checksum;
  content.write_to(checksum);
  return checksum.value();
}

}  // namespace

void Writer::put(std::string_view text) {
  out_.write(text);
  at_ += text.size();
}

void Writer::add(std::string name, const Content& content) {
  const Written entry{std::move(name), at_, content.size(), checksum_of(content)};
  std::string extra = extra64({entry.size, entry.size});
  extra += padding(at_ + kLocalHeaderBytes + entry.name.size() + extra.size());
  put(Bytes()
          .u32(kLocalHeader)
          .u16(kVersion)
          .text(common_fields(entry.crc, entry.size, entry.name.size()).str())
          .u16(extra.size())
          .text(entry.name)
          .text(extra)
          .str());
  content.write_to(out_);
  at_ += entry.size;
  written_.push_back(entry);
}

void Writer::finish() {
  const std::uint64_t directory = at_;
  for (const Written& entry : written_) {
    const std::string extra = extra64({entry.size, entry.size, entry.header});
    put(Bytes()
            .u32(kDirectoryHeader)
            .u16(kVersion)
            .u16(kVersion)
            .text(common_fields(entry.crc, entry.size, entry.name.size()).str())
            .u16(extra.size())
            .u16(0)  // comment
            .u16(0)  // disk
            .u16(0)  // attributes
            .u32(0)
            .u32(in_32_bits(entry.header))
            .text(entry.name)
            .text(extra)
            .str());
  }
  put_end(directory);
}

void Writer::put_end(std::uint64_t directory) {
  const std::uint64_t end = at_;
  const std::uint64_t size = end - directory;
  const std::uint64_t count = written_.size();
  put(Bytes()
          .u32(kEnd64)
          .u64(kEnd64Bytes - 12)
          .u16(kVersion)
          .u16(kVersion)
          .u32(0)
          .u32(0)
          .u64(count)
          .u64(count)
          .u64(size)
          .u64(directory)
          .str());
  put(Bytes().u32(kEnd64Locator).u32(0).u64(end).u32(1).str());
  const std::uint64_t count16 = count < kMax16 ? count : kMax16;
  put(Bytes()
          .u32(kEnd)
          .u16(0)
          .u16(0)
          .u16(count16)
          .u16(count16)
          .u32(in_32_bits(size))
          .u32(in_32_bits(directory))
          .u16(0)
          .str());
}

}  // namespace baton::zip
