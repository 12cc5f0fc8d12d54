#include "src/train/unsupported.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace baton::train {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(UnsupportedArguments, NamesEachArgumentThatIsSet) {
  const struct {
    const char* named;
    void (*set)(TrainingArguments&);
  } rows[] = {
      {"report_to", [](auto& a) { a.report_to = {"tensorboard"}; }},
  };
  EXPECT_THAT(unsupported_arguments(resolve({})), testing::IsEmpty());
  for (const auto& row : rows) {
    TrainingArguments args;
    row.set(args);
    EXPECT_THAT(unsupported_arguments(resolve(args)), ElementsAre(HasSubstr(row.named))) << row.named;
  }
}

}  // namespace
}  // namespace baton::train
