#include "src/formats/stored_zip.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "baton/core/errors.h"
#include "tests/fakes/text_sink.h"

namespace baton::zip {
namespace {

using testing::HasSubstr;

std::string archive(const std::vector<std::pair<std::string, std::string>>& entries) {
  fakes::TextSink out;
  Writer writer(out);
  for (const auto& [name, text] : entries) writer.add(name, text);
  writer.finish();
  return out.text();
}

std::string error_of(const std::string& file) {
  try {
    Reader(std::as_bytes(std::span(file)), "file");
  } catch (const CheckpointError& error) {
    return error.what();
  }
  return "";
}

TEST(StoredZip, ReadsBackWhatItWrote) {
  const std::string file = archive({{"a/one", "1"}, {"a/none", ""}, {"a/more", std::string(1000, 'm')}});
  const Reader reader(std::as_bytes(std::span(file)), "file");
  EXPECT_EQ(reader.entries().size(), 3U);
  const Entry* more = reader.find("a/more");
  ASSERT_NE(more, nullptr);
  EXPECT_EQ(more->bytes.size(), 1000U);
  EXPECT_NO_THROW(reader.check(*more));
  EXPECT_EQ(reader.find("more"), nullptr);
}

TEST(StoredZip, AlignsEveryPayload) {
  const std::string file = archive({{"a", "1"}, {"bb", "22"}, {std::string(61, 'c'), "333"}});
  const Reader reader(std::as_bytes(std::span(file)), "file");
  for (const Entry& entry : reader.entries()) {
    EXPECT_EQ((reinterpret_cast<const char*>(entry.bytes.data()) - file.data()) % 64, 0) << entry.name;
  }
}

TEST(StoredZip, NoticesAFlippedBitInAPayload) {
  std::string file = archive({{"name", "payload"}});
  file[file.find("payload")] ^= 1;
  const Reader reader(std::as_bytes(std::span(file)), "file");
  EXPECT_THROW(reader.check(reader.entries().front()), CheckpointError);
}

TEST(StoredZip, RefusesWhatIsNoPlainArchive) {
  EXPECT_THAT(error_of("no zip at all"), HasSubstr("file: cut off, or no archive"));
  EXPECT_THAT(error_of(archive({{"a", "1"}, {"a", "2"}})), HasSubstr("there twice"));
  std::string packed = archive({{"a", "1"}});
  packed[packed.find("PK\1\2") + 10] = 12;
  EXPECT_THAT(error_of(packed), HasSubstr("encrypted or packed in a way"));
  std::string two_sizes = archive({{"a", "1"}});
  two_sizes[two_sizes.find("PK\1\2") + 24] = 2;
  EXPECT_THAT(error_of(two_sizes), HasSubstr("two sizes"));
}

TEST(StoredZip, RefusesEntriesThatOverlap) {
  std::string file = archive({{"a", std::string(500, '1')}, {"a", ""}});
  const std::size_t first = file.find("PK\1\2");
  file.replace(file.find("PK\1\2", first + 1) + 16, 30, file, first + 16, 30);  // both are the first
  EXPECT_THAT(error_of(file), HasSubstr("its entries overlap"));
}

}  // namespace
}  // namespace baton::zip
