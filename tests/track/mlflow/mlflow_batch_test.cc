#include "src/track/mlflow/mlflow_batch.h"

#include <gtest/gtest.h>

#include <limits>

#include "src/base/json.h"

namespace baton::track {
namespace {

MlflowBatch metrics(int count) {
  MlflowBatch batch;
  for (int i = 0; i < count; ++i) batch.add({"m" + std::to_string(i), 1.0 / 3, 1700000000000, i});
  return batch;
}

MlflowBatch params(int count, std::size_t size = 1) {
  MlflowBatch batch;
  for (int i = 0; i < count; ++i) batch.add_param({"p" + std::to_string(i), std::string(size, 'x')});
  return batch;
}

TEST(MlflowBatch, FitsWithinTheLimitsAndATag) {
  EXPECT_TRUE(metrics(999).fits());
  EXPECT_FALSE(metrics(1000).fits()) << "no room for a tag";
  EXPECT_TRUE(params(100).fits());
  EXPECT_FALSE(params(101).fits());
  EXPECT_TRUE(metrics(899).has_room_for(params(100)));
  EXPECT_FALSE(metrics(900).has_room_for(params(100)));
}

TEST(MlflowBatch, IsSplitIntoPiecesThatFitAndKeepTheOrder) {
  MlflowBatch batch = metrics(2500);
  batch.append(params(150));
  const std::vector<MlflowBatch> pieces = batch.pieces();
  ASSERT_EQ(pieces.size(), 4U);
  MlflowBatch again;
  for (const MlflowBatch& piece : pieces) {
    EXPECT_TRUE(piece.fits());
    again.append(piece);
  }
  EXPECT_EQ(again.metrics(), batch.metrics());
  EXPECT_EQ(again.params(), batch.params());
  EXPECT_TRUE(MlflowBatch().pieces().empty());
}

TEST(MlflowBatch, ARequestStaysBelowAMillionBytes) {
  for (const MlflowBatch& piece : params(300, 20'000).pieces()) {
    EXPECT_LT(json::dump(mlflow_log_body("0123456789abcdef0123456789abcdef", piece)).size(), 1'000'000U);
  }
  MlflowBatch wide;
  for (int i = 0; i < 5000; ++i) wide.add({std::string(250, 'k'), -1.2345678901234567e-300, 1700000000000, 1LL << 60});
  for (const MlflowBatch& piece : wide.pieces()) {
    EXPECT_LT(json::dump(mlflow_log_body("0123456789abcdef0123456789abcdef", piece)).size(), 1'000'000U);
  }
}

TEST(MlflowBatch, HalvesHoldEverything) {
  MlflowBatch batch = metrics(3);
  batch.append(params(2));
  const auto [first, second] = batch.halves();
  EXPECT_EQ(first.size(), 2U);
  EXPECT_EQ(second.metrics().size(), 1U);
  EXPECT_EQ(second.params().size(), 2U);
}

TEST(MlflowBatch, NumbersThatJsonDoesNotKnowAreQuoted) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  MlflowBatch batch;
  batch.add({"a", std::numeric_limits<double>::quiet_NaN(), 1, 2});
  batch.add({"b", kInfinity, 1, 2});
  batch.add({"c", -kInfinity, 1, 2});
  batch.add({"d", 0.1, 1, 2});
  batch.add_tag({"t", "v"});
  EXPECT_EQ(json::dump(mlflow_log_body("r", batch)),
            R"({"run_id":"r","metrics":[{"key":"a","value":"NaN","timestamp":1,"step":2},)"
            R"({"key":"b","value":"Infinity","timestamp":1,"step":2},)"
            R"({"key":"c","value":"-Infinity","timestamp":1,"step":2},)"
            R"({"key":"d","value":0.1,"timestamp":1,"step":2}],"params":[],"tags":[{"key":"t","value":"v"}]})");
}

}  // namespace
}  // namespace baton::track
