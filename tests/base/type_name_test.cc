#include "src/base/type_name.h"

#include <gtest/gtest.h>

#include <vector>

namespace baton {

struct Outer {
  struct Inner {};
};
template <class T>
struct Holder {};

namespace {

struct Hidden {};

TEST(TypeName, IsQualified) { EXPECT_EQ(type_name(typeid(Outer::Inner)), "baton::Outer::Inner"); }

TEST(ShortTypeName, LeavesOutWhatTheTypeIsDeclaredIn) {
  struct Local {};
  EXPECT_EQ(short_type_name(typeid(Outer)), "Outer");
  EXPECT_EQ(short_type_name(typeid(Outer::Inner)), "Inner");
  EXPECT_EQ(short_type_name(typeid(Hidden)), "Hidden") << "an unnamed namespace has brackets";
  EXPECT_EQ(short_type_name(typeid(Local)), "Local") << "a function has brackets";
  EXPECT_EQ(short_type_name(typeid(int)), "int") << "in no namespace at all";
}

TEST(ShortTypeName, KeepsTemplateArguments) {
  EXPECT_EQ(short_type_name(typeid(Holder<Outer::Inner>)), "Holder<baton::Outer::Inner>");
}

}  // namespace
}  // namespace baton
