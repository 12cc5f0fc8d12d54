#include "src/train/loss_log.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <limits>

namespace baton::train {
namespace {

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();
constexpr float kInfinity = std::numeric_limits<float>::infinity();

TEST(AddLoss, PutsTheRunningMeanInPlaceOfANonFiniteLoss) {
  LossSum sum{.sum = 6.0F};
  add_loss(kNaN, true, 2, sum);
  EXPECT_EQ(sum.sum, 8.0F);  // 6 + 6 / (1 + 2)
  add_loss(-kInfinity, true, 0, sum);
  EXPECT_EQ(sum.sum, 16.0F);
  EXPECT_EQ(sum.nonfinite, 2);
}

TEST(AddLoss, LetsItThroughWhenNotAskedToLeaveItOut) {
  LossSum sum{.sum = 6.0F};
  add_loss(kInfinity, false, 2, sum);
  EXPECT_EQ(sum.sum, kInfinity);
  EXPECT_EQ(sum.nonfinite, 1);
}

/// Adds 1000 losses and expects their sum; returns how often the host would have waited for a device.
std::int64_t syncs_of_adding(at::ScalarType type) {
  HostCopy host;
  LossLog log(host);
  LossSum expected;
  for (int i = 0; i < 1000; ++i) {
    const float loss = 1.0F / static_cast<float>(i + 1);
    log.add(torch::full({}, loss, type), {});
    add_loss(loss, true, 0, expected);
  }
  EXPECT_EQ(log.read().sum, expected.sum);
  return host.count();
}

TEST(LossLog, AddsInOrder) { EXPECT_EQ(syncs_of_adding(at::kFloat), 0); }

// Any type but float is kept as the losses of another device are.
TEST(LossLog, AddsInOrderAcrossManyPacks) { EXPECT_EQ(syncs_of_adding(at::kDouble), 1); }

TEST(LossLog, AddsInOrderWhenTheTypeChanges) {
  HostCopy host;
  LossLog log(host);
  LossSum expected;
  for (const float loss : {1e8F, -1e8F, 3.0F}) add_loss(loss, true, 0, expected);
  log.add(torch::tensor(1e8F), {});
  log.add(torch::full({}, -1e8, at::kDouble), {});
  log.add(torch::tensor(3.0F), {});
  EXPECT_EQ(log.read().sum, expected.sum);
}

TEST(LossLog, KeepsNoLargeTensorAliveForALossThatIsAViewOfIt) {
  HostCopy host;
  LossLog log(host);
  const at::Tensor large = torch::full({1, 1000}, 2.0, at::kDouble);
  const std::size_t uses = large.storage().use_count();
  log.add(large.slice(1, 3, 4), {});
  EXPECT_EQ(large.storage().use_count(), uses);
  EXPECT_EQ(log.read().sum, 2.0F);
}

}  // namespace
}  // namespace baton::train
