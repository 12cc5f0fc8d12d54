#include "src/track/mlflow/mlflow_params.h"

#include <gtest/gtest.h>

#include <cmath>

namespace baton::track {
namespace {

using Texts = std::vector<MlflowText>;

TEST(MlflowParams, ValuesAreWrittenAsInPython) {
  const std::pair<Value, const char*> values[] = {
      {"a text", "a text"},
      {true, "True"},
      {nullptr, "None"},
      {3, "3"},
      {0.1, "0.1"},
      {5e-5, "5e-05"},
      {1.0, "1.0"},
      {std::nan(""), "nan"},
      {Value::List{}, "[]"},
      {Record{}, "{}"},
      {Value::List{1, "a"}, "[1, 'a']"},
      {Value::List{"it's"}, "[\"it's\"]"},
      {Value::List{"'\"\\\n\x01"}, R"(['\'"\\\n\x01'])"},
      {Record{{"a", nullptr}, {"b", Value::List{false}}}, "{'a': None, 'b': [False]}"}};
  for (const auto& [value, text] : values) EXPECT_EQ(python_str(value), text);
}

TEST(MlflowParams, ArgumentsGoOverTheModelWhoseKeysComeFirst) {
  const Record groups{{"args", Record{{"seed", 42}, {"dropout", 0.5}}},
                      {"model_config", Record{{"dropout", 0.1}, {"layers", 2}}},
                      {"data", Record{{"rows", 7}}}};
  EXPECT_EQ(mlflow_params(groups, {}).kept,
            (Texts{{"dropout", "0.5"}, {"layers", "2"}, {"rows", "7"}, {"seed", "42"}}));
}

TEST(MlflowParams, AreFlattenedWhenAskedFor) {
  const Record groups{{"args", Record{{"a", Record{{"b", Record{{"c", 1}}}, {"d", Record{}}}}, {"e", Value::List{1}}}}};
  EXPECT_EQ(mlflow_params(groups, {.flatten = true}).kept, (Texts{{"a.b.c", "1"}, {"a.d", "{}"}, {"e", "[1]"}}));
  EXPECT_EQ(mlflow_params(groups, {}).kept, (Texts{{"a", "{'b': {'c': 1}, 'd': {}}"}, {"e", "[1]"}}));
}

TEST(MlflowParams, LongOnesAreLeftOutAndTheRestIsCut) {
  const Record groups{{"args", Record{{"long", "äöüß"}, {"a", "äöü"}, {"b", 2}, {"c", 3}}}};
  const MlflowParams params = mlflow_params(groups, {.most = 2, .longest_value = 3});
  EXPECT_EQ(params.kept, (Texts{{"a", "äöü"}, {"b", "2"}})) << "characters count, not bytes";
  EXPECT_EQ(params.too_long, std::vector<std::string>{"long"});
}

}  // namespace
}  // namespace baton::track
