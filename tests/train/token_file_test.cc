#include "baton/train/token_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/torch.h>

#include "baton/core/errors.h"
#include "src/base/files.h"
#include "tests/fakes/error_of.h"
#include "tests/fakes/temporary_folder.h"

namespace baton {
namespace {

using fakes::error_of;
using testing::HasSubstr;

class TokenFileTest : public testing::Test {
 protected:
  std::filesystem::path written(const std::vector<std::int64_t>& tokens, TokenType type = TokenType::kUint16) const {
    write_token_file(file_, tokens, type);
    return file_;
  }
  static AnyBatch fetch(const TokenFileDataset& data, const std::vector<std::int64_t>& indices) {
    return data.fetch({indices});
  }
  fakes::TemporaryFolder folder_;
  std::filesystem::path file_ = folder_.path() / "tokens.bin";
};

TEST_F(TokenFileTest, LabelsAreTheTokensAfterTheInputs) {
  const TokenFileDataset data(written({10, 11, 12, 13, 14, 15, 16, 17}), {.sequence_length = 3});
  EXPECT_EQ(data.tokens(), 8);
  EXPECT_EQ(data.size(), 2);
  const AnyBatch batch = fetch(data, {1, 0});
  EXPECT_TRUE(batch.inputs().equal(torch::tensor({13, 14, 15, 10, 11, 12}, at::kLong).view({2, 3})));
  EXPECT_TRUE(batch.labels().equal(torch::tensor({14, 15, 16, 11, 12, 13}, at::kLong).view({2, 3})));
}

TEST_F(TokenFileTest, UsesTheLastTokenAsALabelOnly) {
  EXPECT_EQ(TokenFileDataset(written({1, 2, 3, 4, 5, 6}), {.sequence_length = 3}).size(), 1);
  EXPECT_EQ(TokenFileDataset(written({1, 2, 3, 4, 5, 6, 7}), {.sequence_length = 3}).size(), 2);
}

TEST_F(TokenFileTest, ReadsBothTypesToTheirLimits) {
  const TokenFileDataset small(written({0, 65535}), {.sequence_length = 1});
  EXPECT_EQ(fetch(small, {0}).labels().item<std::int64_t>(), 65535);
  const TokenFileOptions wide{.type = TokenType::kUint32, .sequence_length = 1};
  const TokenFileDataset large(written({0, 4294967295}, TokenType::kUint32), wide);
  EXPECT_EQ(fetch(large, {0}).labels().item<std::int64_t>(), 4294967295);
}

TEST_F(TokenFileTest, TokensLieWithTheirLowByteFirst) {
  written({0x0102, 3});
  EXPECT_EQ(read_file(file_), std::string("\x02\x01\x03\x00", 4));
}

TEST_F(TokenFileTest, RefusesATokenThatTheTypeCannotHold) {
  EXPECT_THROW(written({65536}), ConfigError);
  EXPECT_THROW(written({-1}), ConfigError);
  EXPECT_THROW(written({4294967296}, TokenType::kUint32), ConfigError);
}

TEST_F(TokenFileTest, RefusesAFileThatIsCutOff) {
  write_file(file_, "abc");
  const std::string message = error_of<Error>([&] { TokenFileDataset(file_, {.sequence_length = 1}); });
  EXPECT_EQ(message, "Token file " + file_.string() +
                         " has 3 bytes, expected a whole number of 2-byte tokens: it is cut off, or of another type");
}

TEST_F(TokenFileTest, RefusesAFileTooShortForOneSample) {
  written({1, 2, 3});
  EXPECT_THAT(error_of<Error>([&] { TokenFileDataset(file_, {.sequence_length = 3}); }),
              HasSubstr("has 3 tokens, expected at least 4: a sequence of 3 and the token after it"));
  write_file(file_, "");
  EXPECT_THAT(error_of<Error>([&] { TokenFileDataset(file_, {.sequence_length = 1}); }), HasSubstr("has 0 tokens"));
}

TEST_F(TokenFileTest, SaysThatThereIsNoFile) {
  EXPECT_THAT(error_of<Error>([&] { TokenFileDataset(file_, {.sequence_length = 1}); }),
              HasSubstr("Cannot read " + file_.string()));
  EXPECT_THAT(error_of<Error>([&] { TokenFileDataset(folder_.path(), {.sequence_length = 1}); }),
              HasSubstr("directory"));
}

TEST_F(TokenFileTest, SaysWhereATokenIsOutsideTheVocabulary) {
  const TokenFileDataset data(written({1, 2, 3, 4, 500, 5}), {.sequence_length = 2, .vocabulary = 100});
  EXPECT_TRUE(fetch(data, {0}).inputs().defined());
  EXPECT_THAT(error_of<Error>([&] { fetch(data, {1}); }), HasSubstr("token 4 is 500, expected less than 100"));
}

TEST_F(TokenFileTest, RefusesAnIndexOutsideTheFile) {
  const TokenFileDataset data(written({1, 2, 3}), {.sequence_length = 2});
  EXPECT_THAT(error_of<Error>([&] { fetch(data, {1}); }), HasSubstr("there are no tokens 2 to 3"));
  EXPECT_THAT(error_of<Error>([&] { fetch(data, {-1}); }), HasSubstr("there are no tokens -2 to -1"));
}

TEST_F(TokenFileTest, RefusesOptionsWithoutSense) {
  written({1, 2, 3});
  EXPECT_THROW(TokenFileDataset(file_, {}), ConfigError);
  EXPECT_THROW(TokenFileDataset(file_, {.sequence_length = 1, .vocabulary = -1}), ConfigError);
}

}  // namespace
}  // namespace baton
