// Every optimizer that the arguments can name, against Python's.
#include "baton/train/optimizers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/torch.h>

#include "baton/core/arguments.h"
#include "baton/core/errors.h"
#include "src/core/argument_values.h"
#include "tests/train/torch_golden.h"

namespace baton::train {
namespace {

using testing::HasSubstr;

constexpr int kSteps = 20;

/// The generator script's run() of one of its cases.
class Replay {
 public:
  explicit Replay(const Record& row) : Replay(row, shaped(row, 0)) {}
  Replay(const Record& row, const std::vector<at::Tensor>& values) : row_(row) {
    for (const at::Tensor& value : values) params_.push_back(value.detach().clone().set_requires_grad(true));
    ResolvedArguments args;
    args.adam_beta2 = 0.95;
    args.adam_epsilon = 1e-6;
    from_value(*row.find("optim"), args.optim);
    from_value(*row.find("optim_args"), args.optim_args);
    optimizer_ = make_optimizer(args, {{.params = {params_[0], params_[2]}, .weight_decay = row.number("weight_decay")},
                                       {.params = {params_[1]}}});
  }

  void step(int step) {
    for (ParamGroup& group : optimizer_->groups()) group.learning_rate = 1e-2 / step;
    const auto gradients = shaped(row_, step);
    for (std::size_t i = 0; i < params_.size(); ++i) params_[i].mutable_grad() = gradients[i];
    if (step == 1 || step == 4) params_[2].mutable_grad().reset();
    optimizer_->step();
  }
  std::int64_t bits() const {
    std::int64_t sum = 0;
    for (const at::Tensor& param : params_) sum += bits_of(param);
    return sum;
  }
  Optimizer& optimizer() { return *optimizer_; }
  const std::vector<at::Tensor>& params() const { return params_; }

 private:
  static std::vector<at::Tensor> shaped(const Record& row, int step) {
    const std::vector<std::vector<std::int64_t>> shapes = {{6, 8}, {19}, {2, 3, 5}};
    const at::ScalarType type = *row.find("dtype")->text() == "bfloat16" ? at::kBFloat16 : at::kFloat;
    std::vector<at::Tensor> tensors = golden_gradients(step, {48, 19, 30});
    for (std::size_t i = 0; i < tensors.size(); ++i) tensors[i] = tensors[i].reshape(shapes[i]).to(type);
    return tensors;
  }

  Record row_;
  std::vector<at::Tensor> params_;
  std::unique_ptr<Optimizer> optimizer_;
};

class Optimizers : public testing::Test {
 protected:
  /// The first case with that optimizer and these options.
  const Record& row(const std::string& optim, const Value& optim_args = {}) const {
    for (const Value& row : golden_.list("cases")) {
      if (*row.record()->find("optim") == Value(optim) && *row.record()->find("optim_args") == optim_args)
        return *row.record();
    }
    throw std::logic_error("no case " + optim);
  }
  /// Runs `test` for every case.
  template <class Test>
  void for_each_row(Test test) const {
    for (const Value& value : golden_.list("cases")) {
      const Record& row = *value.record();
      const std::string* options = row.find("optim_args")->text();
      SCOPED_TRACE(*row.find("optim")->text() + " " + (options ? *options : "") + " decay " +
                   std::to_string(row.number("weight_decay")) + " " + *row.find("dtype")->text());
      test(row);
    }
  }

  /// True also where bits cannot be compared.
  bool has_bits(std::int64_t bits, const Value& expected) const {
    return bits == *expected.integer() || !golden_.same_machine();
  }

  TorchGolden golden_{"optimizers.json"};
};

TEST_F(Optimizers, EqualPythonsStepByStep) {
  for_each_row([&](const Record& row) {
    Replay replay(row);
    for (int step = 1; step <= kSteps; ++step) {
      replay.step(step);
      const Value& expected = (*row.find("bits")->list())[static_cast<std::size_t>(step - 1)];
      ASSERT_TRUE(has_bits(replay.bits(), expected)) << "step " << step;
    }
    for (std::size_t i = 0; i < replay.params().size(); ++i)
      golden_.expect_equal(replay.params()[i], (*row.find("last")->list())[i]);
  });
}

/// Numbers are the same whether Python wrote 0 or 0.0.
bool same(const Value& a, const Value& b) {
  if (a.is_number() && b.is_number()) return a.number() == b.number();
  if (!a.list() || !b.list()) return a == b;
  return std::equal(a.list()->begin(), a.list()->end(), b.list()->begin(), b.list()->end(), same);
}

TEST_F(Optimizers, KeepTheirStateByPythonsNames) {
  for_each_row([&](const Record& row) {
    Replay replay(row);
    for (int step = 1; step <= kSteps; ++step) replay.step(step);
    const OptimizerState state = replay.optimizer().state();
    const Record& expected = *row.find("state")->record();
    EXPECT_EQ(state.params.size(), expected.size());
    for (const auto& [index, names] : expected) {
      const ParamState& param = state.params.at(std::stoi(index));
      EXPECT_EQ(param.tensors.size() + param.numbers.size(), names.record()->size());
      for (const NamedTensor& named : param.tensors) {
        ASSERT_TRUE(names.record()->contains(named.name)) << named.name;
        EXPECT_TRUE(has_bits(bits_of(named.tensor), *names.record()->find(named.name))) << named.name;
      }
      for (const auto& [name, number] : param.numbers) EXPECT_EQ(number.number(), names.record()->number(name)) << name;
    }
  });
}

TEST_F(Optimizers, KeepTheirOptionsByPythonsNames) {
  for_each_row([&](const Record& row) {
    Replay replay(row);
    replay.step(kSteps);
    const OptimizerState state = replay.optimizer().state();
    const Value::List& expected = *row.find("param_groups")->list();
    ASSERT_EQ(state.groups.size(), expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
      EXPECT_EQ(state.groups[i].size(), expected[i].record()->size());
      for (const auto& [option, value] : *expected[i].record()) {
        ASSERT_TRUE(state.groups[i].contains(option)) << option;
        EXPECT_TRUE(same(*state.groups[i].find(option), value)) << option;
      }
    }
  });
}

TEST_F(Optimizers, GoOnFromASavedState) {
  for_each_row([&](const Record& row) {
    Replay whole(row);
    for (int step = 1; step <= 5; ++step) whole.step(step);
    Replay resumed(row, whole.params());
    resumed.optimizer().load_state(whole.optimizer().state());
    EXPECT_EQ(resumed.optimizer().groups()[0].learning_rate, 1e-2 / 5);
    for (int step = 6; step <= 10; ++step) {
      whole.step(step);
      resumed.step(step);
      ASSERT_EQ(resumed.bits(), whole.bits()) << "step " << step;
    }
  });
}

TEST_F(Optimizers, TakeOverTheOptionsOfASavedState) {
  Replay saved(row("sgd", "momentum=0.9"));
  for (int step = 1; step <= 5; ++step) saved.step(step);
  Replay resumed(row("sgd"), saved.params());
  resumed.optimizer().load_state(saved.optimizer().state());
  saved.step(6);
  resumed.step(6);
  EXPECT_EQ(resumed.bits(), saved.bits());
}

TEST_F(Optimizers, CountStepsWhetherPythonKeptThemAsTensorOrNumber) {
  Replay saved(row("adamw_torch"));
  for (int step = 1; step <= 5; ++step) saved.step(step);
  OptimizerState state = saved.optimizer().state();
  for (auto& [index, param] : state.params) {
    param.numbers.set("step", static_cast<std::int64_t>(param.tensor("step").item<float>()));
    std::erase_if(param.tensors, [](const NamedTensor& named) { return named.name == "step"; });
  }
  Replay resumed(row("adamw_torch"), saved.params());
  resumed.optimizer().load_state(state);
  saved.step(6);
  resumed.step(6);
  EXPECT_EQ(resumed.bits(), saved.bits());
}

TEST_F(Optimizers, RefuseAStateThatIsNotTheirsAndStayAsTheyWere) {
  Replay saved(row("rmsprop"));
  saved.step(2);
  const struct {
    const char* why;
    std::function<void(OptimizerState&)> damage;
    const char* message;
  } rows[] = {
      {"a group is gone", [](OptimizerState& s) { s.groups.pop_back(); }, "1 parameter groups, expected 2"},
      {"no parameters", [](OptimizerState& s) { s.groups[1].erase("params"); }, "0 parameters in group 1, expected 1"},
      {"no rate", [](OptimizerState& s) { s.groups[1].erase("lr"); }, "option lr is absent"},
      {"an option is gone", [](OptimizerState& s) { s.groups[0].erase("alpha"); }, "option alpha is absent"},
      {"no number", [](OptimizerState& s) { s.groups[0].set("eps", "small"); }, "option eps is \"small\""},
      {"no flag", [](OptimizerState& s) { s.groups[0].set("centered", 2); }, "option centered is 2"},
      {"unlike groups", [](OptimizerState& s) { s.groups[1].set("alpha", 0.5); }, "alpha is 0.5, expected 0.99"},
      {"not to be had here",
       [](OptimizerState& s) {
         for (Record& g : s.groups) g.set("maximize", true);
       },
       "maximize is true"},
      {"no memory", [](OptimizerState& s) { s.params[1].tensors.pop_back(); }, "parameter 1 has no square_avg"},
      {"no steps", [](OptimizerState& s) { s.params[1].tensors.erase(s.params[1].tensors.begin()); },
       "parameter 1 has no number of steps"},
      {"another shape",
       [](OptimizerState& s) {
         s.params[0].tensors.back().tensor = torch::ones({8, 6});
       },
       "square_avg of parameter 0 has shape [8, 6], expected [6, 8]"},
  };
  for (const auto& row : rows) {
    OptimizerState state = saved.optimizer().state();
    row.damage(state);
    Replay resumed(this->row("rmsprop"));
    const OptimizerState before = resumed.optimizer().state();
    try {
      resumed.optimizer().load_state(state);
      ADD_FAILURE() << row.why << ": nothing thrown";
    } catch (const CheckpointError& error) {
      EXPECT_THAT(error.what(), HasSubstr("RMSprop cannot go on from the saved state: ")) << row.why;
      EXPECT_THAT(error.what(), HasSubstr(row.message)) << row.why;
    }
    EXPECT_TRUE(resumed.optimizer().state().params.empty()) << row.why;
    EXPECT_EQ(resumed.optimizer().state().groups, before.groups) << row.why;
  }
}

TEST_F(Optimizers, LeaveParametersWithoutGradientAlone) {
  for_each_row([&](const Record& row) {
    Replay replay(row);
    const at::Tensor before = replay.params()[2].detach().clone();
    replay.step(1);
    EXPECT_TRUE(replay.params()[2].equal(before));
    EXPECT_FALSE(replay.params()[0].equal(Replay(row).params()[0]));
  });
}

TEST(MakeOptimizer, StartsGroupsAtTheirRates) {
  ResolvedArguments args;
  args.learning_rate = 0.5;
  const auto optimizer =
      make_optimizer(args, {{.params = {torch::ones(1)}}, {.params = {torch::ones(1)}, .lr_factor = 0.1}});
  EXPECT_EQ(optimizer->groups()[0].learning_rate, 0.5);
  EXPECT_EQ(optimizer->groups()[1].learning_rate, 0.05);
}

}  // namespace
}  // namespace baton::train
