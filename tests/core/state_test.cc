#include "baton/core/state.h"

#include "baton/core/errors.h"
#include "src/base/json.h"
#include "tests/fakes/damage.h"
#include "tests/fakes/test_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <string>

namespace baton {
namespace {

using testing::AllOf;
using testing::HasSubstr;

TrainerState read(std::string_view text) { return TrainerState::from_json(text, "run/trainer_state.json"); }

std::string error_of(std::string_view text) {
  try {
    read(text);
  } catch (const StateError& error) {
    return error.what();
  }
  return "read without an error";
}

TEST(TrainerState, WritesItsDefaultsAsTheReferenceDoes) {
  EXPECT_EQ(TrainerState{}.to_json(), R"({
  "best_global_step": null,
  "best_metric": null,
  "best_model_checkpoint": null,
  "epoch": 0.0,
  "eval_steps": 500,
  "global_step": 0,
  "is_hyper_param_search": false,
  "is_local_process_zero": true,
  "is_world_process_zero": true,
  "log_history": [],
  "logging_steps": 500,
  "max_steps": 0,
  "num_input_tokens_seen": 0,
  "num_train_epochs": 0,
  "save_steps": 500,
  "stateful_callbacks": {},
  "total_flos": 0.0,
  "train_batch_size": null,
  "trial_name": null,
  "trial_params": null
}
)");
}

// Both files hold something unusual in every field; the golden one was written by Python itself.
TEST(TrainerState, RoundTripsAFileOfTheReferenceByteForByte) {
  const std::string text = fakes::read_test_file("golden/trainer_state.json");
  EXPECT_EQ(read(text).to_json(), text);
}

TEST(TrainerState, RoundTripsTheRecordedFilesByteForByte) {
  const std::string_view name = "contract/cases/state-file-write.json";
  const Value recorded = json::parse(fakes::read_test_file(name), name);
  const Value::List& rows = *recorded.record()->find("expect")->record()->find("rows")->list();
  ASSERT_FALSE(rows.empty());
  for (const Value& row : rows) {
    const std::string& text = *row.record()->find("text")->text();
    EXPECT_EQ(read(text).to_json(), text);
  }
}

TEST(TrainerState, FillsEveryFieldFromTheFile) {
  const TrainerState state = read(fakes::read_test_file("golden/trainer_state.json"));
  EXPECT_EQ(state.epoch, 2.3333333333333335);
  EXPECT_EQ(state.global_step, 14);
  EXPECT_EQ(state.max_steps, INT64_MAX);
  EXPECT_EQ(state.logging_steps, Value(2.5));
  EXPECT_EQ(state.eval_steps, Value(10));
  EXPECT_EQ(state.train_batch_size, 8);
  EXPECT_EQ(state.num_train_epochs, INT64_MAX);
  EXPECT_EQ(state.num_input_tokens_seen, 4096);
  EXPECT_EQ(state.total_flos, 1.2345678901234568e17);
  ASSERT_EQ(state.log_history.size(), 3u);
  EXPECT_TRUE(std::isnan(state.log_history[0].find("grad_norm")->number()));
  EXPECT_EQ(state.best_metric, -HUGE_VAL);
  EXPECT_EQ(state.best_global_step, 8);
  EXPECT_EQ(state.best_model_checkpoint, "a folder/\u4e2d/checkpoint-8");
  EXPECT_FALSE(state.is_local_process_zero);
  EXPECT_FALSE(state.is_world_process_zero);
  EXPECT_TRUE(state.is_hyper_param_search);
  EXPECT_EQ(state.trial_params.record()->number("Z"), 3.0);
}

TEST(TrainerState, WritesOneStateOfANameAsAnObjectAndSeveralAsAList) {
  TrainerState state;
  const CallbackState one{.args = {{"tag", "a"}}, .attributes = {{"count", 1}}};
  state.stateful_callbacks = {{"Single", {one}}, {"Double", {one, {}}}};
  const std::string text = state.to_json();
  const Value file = json::parse(text, "text");
  const Record& callbacks = *file.record()->find("stateful_callbacks")->record();
  EXPECT_EQ(json::dump(*callbacks.find("Single")), R"({"args":{"tag":"a"},"attributes":{"count":1}})");
  EXPECT_EQ(json::dump(*callbacks.find("Double")),
            R"([{"args":{"tag":"a"},"attributes":{"count":1}},{"args":{},"attributes":{}}])");
  EXPECT_EQ(read(text).stateful_callbacks, (std::vector<NamedStates>{{"Double", {one, {}}}, {"Single", {one}}}));
}

TEST(TrainerState, TakesMissingPartsOfACallbacksStateAsEmpty) {
  const TrainerState state = read(R"({"stateful_callbacks": {"A": {"attributes": null}, "B": [{}]}})");
  EXPECT_EQ(state.stateful_callbacks, (std::vector<NamedStates>{{"A", {{}}}, {"B", {{}}}}));
}

TEST(TrainerState, D7TakesDefaultsForMissingAndNullKeys) {
  const std::string defaults = TrainerState{}.to_json();
  EXPECT_EQ(read("{}").to_json(), defaults) << "train_batch_size may be missing too";
  Record nulls = *json::parse(defaults, "defaults").record();
  for (const auto& [key, value] : Record(nulls)) nulls.set(key, nullptr);
  EXPECT_EQ(read(json::dump(nulls)).to_json(), defaults);
}

TEST(TrainerState, D7DropsUnknownKeys) {
  EXPECT_EQ(read(R"({"from_the_future": {"a": [1]}, "global_step": 0})").to_json(), TrainerState{}.to_json());
}

struct WrongType {
  const char* text;
  const char* path;
  const char* expected;
};

TEST(TrainerState, NamesTheKeyOfAWrongTypeWithItsValueAndTheFile) {
  const WrongType cases[] = {
      {R"({"epoch": "1.5"})", "epoch is \"1.5\"", "a number"},
      {R"({"epoch": true})", "epoch is true", "a number"},
      {R"({"global_step": 7.0})", "global_step is 7.0", "an integer"},
      {R"({"max_steps": 9223372036854775808})", "max_steps is 9.223372036854776e+18", "an integer"},
      {R"({"logging_steps": "500"})", "logging_steps is \"500\"", "a number"},
      {R"({"eval_steps": []})", "eval_steps is []", "a number"},
      {R"({"save_steps": false})", "save_steps is false", "a number"},
      {R"({"train_batch_size": "8"})", "train_batch_size is \"8\"", "an integer"},
      {R"({"log_history": {}})", "log_history is {}", "a list"},
      {R"({"log_history": [{}, 1]})", "log_history[1] is 1", "an object"},
      {R"({"log_history": [null]})", "log_history[0] is null", "an object"},
      {R"({"best_metric": "NaN"})", "best_metric is \"NaN\"", "a number"},
      {R"({"best_global_step": 1.5})", "best_global_step is 1.5", "an integer"},
      {R"({"best_model_checkpoint": 5})", "best_model_checkpoint is 5", "a text"},
      {R"({"is_world_process_zero": 1})", "is_world_process_zero is 1", "true or false"},
      {R"({"trial_name": 5})", "trial_name is 5", "a text"},
      {R"({"trial_params": [1]})", "trial_params is [1]", "an object"},
      {R"({"stateful_callbacks": []})", "stateful_callbacks is []", "an object"},
      {R"({"stateful_callbacks": {"A": 1}})", "stateful_callbacks.A is 1", "an object"},
      {R"({"stateful_callbacks": {"A": [{}, 2]}})", "stateful_callbacks.A[1] is 2", "an object"},
      {R"({"stateful_callbacks": {"A": {"args": 3}}})", "stateful_callbacks.A.args is 3", "an object"},
      {"[]", "the state is []", "an object"},
  };
  for (const WrongType& c : cases) {
    const std::string message = std::string("run/trainer_state.json: ") + c.path + ", expected " + c.expected;
    EXPECT_EQ(error_of(c.text), message);
  }
}

TEST(TrainerState, SaysWhereTheFileIsNoJson) {
  EXPECT_THAT(error_of("{\"epoch\":\n 1.5"), AllOf(HasSubstr("run/trainer_state.json"), HasSubstr("line 2, column 5")));
}

TEST(TrainerState, ShowsLittleOfALongValue) {
  TrainerState state;
  state.trial_params = Record{{"long", std::string(100000, 'x')}};
  std::string text = state.to_json();
  text.replace(text.find("\"trial_params\""), 14, "\"epoch\"");
  EXPECT_LT(error_of(text).size(), 200u);
}

TEST(TrainerState, RefusesADamagedFileOrReadsIt) {
  TrainerState state;
  state.log_history = {{{"loss", 0.5}, {"step", 1}}};
  state.best_metric = -HUGE_VAL;
  state.trial_name = "\u00e9";
  state.stateful_callbacks = {{"A", {{}, {}}}};
  const std::string good = state.to_json();
  const int refused = fakes::count_refused_damage<StateError>(good, [](const std::string& text) {
    const std::string written = read(text).to_json();
    EXPECT_EQ(read(written).to_json(), written);
  });
  EXPECT_GE(refused, int(good.size()) - 1) << "every cut but that of the final newline must be refused";
}

}  // namespace
}  // namespace baton
