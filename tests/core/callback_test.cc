#include "baton/core/callback.h"

#include <gtest/gtest.h>

namespace baton {
namespace {

class Freezer : public TrainerCallback {};

class Renamed : public TrainerCallback {
  std::string name() const override { return "a better name"; }
};

TEST(TrainerCallback, IsNamedAfterItsClassWithoutNamespaces) {
  const Freezer freezer;
  EXPECT_EQ(static_cast<const TrainerCallback&>(freezer).name(), "Freezer");
}

TEST(TrainerCallback, MayChooseItsName) {
  const Renamed renamed;
  EXPECT_EQ(static_cast<const TrainerCallback&>(renamed).name(), "a better name");
}

TEST(TrainerCallback, NeedsNothingThatCosts) { EXPECT_FALSE(Freezer().needs().clipped_gradients); }

}  // namespace
}  // namespace baton
