#include "baton/core/callback_handler.h"

#include "baton/core/default_flow.h"
#include "baton/core/errors.h"
#include "tests/fakes/manual_clock.h"
#include "tests/fakes/recording_notices.h"
#include "tests/fakes/scripted_callbacks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <set>
#include <string>
#include <vector>

namespace baton {
namespace {

using fakes::Counter;
using fakes::OtherCounter;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

struct HandlerEvent {
  EventKind kind;
  std::function<void(CallbackHandler&)> fire;
  std::set<std::string> resets;  ///< flags, by the table of hf-contract §1
};

LogRecord some_record{{"loss", 0.5}};

const std::vector<HandlerEvent> kEvents = {
    {EventKind::kInitEnd, [](CallbackHandler& h) { h.on_init_end(); }, {}},
    {EventKind::kTrainBegin, [](CallbackHandler& h) { h.on_train_begin(); }, {"training_stop"}},
    {EventKind::kEpochBegin, [](CallbackHandler& h) { h.on_epoch_begin(); }, {"epoch_stop"}},
    {EventKind::kStepBegin, [](CallbackHandler& h) { h.on_step_begin(); }, {"save", "evaluate", "log"}},
    {EventKind::kSubstepEnd, [](CallbackHandler& h) { h.on_substep_end(); }, {}},
    {EventKind::kPreOptimizerStep, [](CallbackHandler& h) { h.on_pre_optimizer_step(); }, {}},
    {EventKind::kOptimizerStep, [](CallbackHandler& h) { h.on_optimizer_step(); }, {}},
    {EventKind::kStepEnd, [](CallbackHandler& h) { h.on_step_end(); }, {}},
    {EventKind::kPrepareLog, [](CallbackHandler& h) { h.on_prepare_log(some_record); }, {}},
    {EventKind::kLog, [](CallbackHandler& h) { h.on_log(some_record); }, {"log"}},
    {EventKind::kPredictionStep, [](CallbackHandler& h) { h.on_prediction_step(3); }, {}},
    {EventKind::kEvaluate, [](CallbackHandler& h) { h.on_evaluate(some_record); }, {"evaluate"}},
    {EventKind::kPredict, [](CallbackHandler& h) { h.on_predict(some_record); }, {}},
    {EventKind::kSave, [](CallbackHandler& h) { h.on_save("checkpoint-1", 1); }, {"save"}},
    {EventKind::kEpochEnd, [](CallbackHandler& h) { h.on_epoch_end(); }, {}},
    {EventKind::kTrainEnd, [](CallbackHandler& h) { h.on_train_end(); }, {}},
    {EventKind::kException, [](CallbackHandler& h) { h.on_exception(nullptr); }, {}},
    {EventKind::kClose, [](CallbackHandler& h) { h.on_close(RunStatus::kFinished); }, {}},
};

/// Calls a function at every event.
class Probe : public fakes::EveryEventCallback {
 public:
  using Function = std::function<void(EventKind, Event&)>;
  explicit Probe(Function function) : function_(std::move(function)) {}
  void on_event(EventKind kind, Event& event, const Record*) override { function_(kind, event); }

 private:
  Function function_;
};

std::shared_ptr<Probe> probe(Probe::Function function) { return std::make_shared<Probe>(std::move(function)); }

class CallbackHandlerTest : public testing::Test {
 protected:
  CallbackHandler handler_of(CallbackList callbacks) {
    return {std::move(callbacks), RunContext{args, state, control, objects, notices, ledger}};
  }
  /// Writes a word at every event.
  CallbackPtr writer(std::string word) {
    return probe([this, word](EventKind, Event&) { written.push_back(word); });
  }

  ResolvedArguments args;
  TrainerState state;
  TrainerControl control;
  Objects objects;
  fakes::RecordingNotices notices;
  fakes::ManualClock clock;
  Ledger* ledger = nullptr;
  std::vector<std::string> written;
};

// --- dispatch ---

TEST_F(CallbackHandlerTest, CallsAllInOrderAtEveryEvent) {
  CallbackHandler handler = handler_of({writer("first"), writer("second"), writer("third")});
  for (const HandlerEvent& event : kEvents) {
    written.clear();
    event.fire(handler);
    EXPECT_THAT(written, ElementsAre("first", "second", "third")) << event_name(event.kind);
  }
}

TEST_F(CallbackHandlerTest, CallsTheMethodOfTheEvent) {
  std::vector<EventKind> seen;
  CallbackHandler handler = handler_of({probe([&](EventKind kind, Event&) { seen.push_back(kind); })});
  for (const HandlerEvent& event : kEvents) event.fire(handler);
  ASSERT_EQ(seen.size(), kEventKindCount);
  for (std::size_t i = 0; i < kEventKindCount; ++i) EXPECT_EQ(seen[i], kEvents[i].kind);
}

std::set<std::string> set_flags(const TrainerControl& control) {
  std::set<std::string> names;
  if (control.should_training_stop) names.insert("training_stop");
  if (control.should_epoch_stop) names.insert("epoch_stop");
  if (control.should_save) names.insert("save");
  if (control.should_evaluate) names.insert("evaluate");
  if (control.should_log) names.insert("log");
  return names;
}

TEST_F(CallbackHandlerTest, ResetsTheFlagsThatTheEventAnswersBeforeAnyoneIsCalled) {
  std::set<std::string> seen;
  CallbackHandler handler = handler_of({probe([&](EventKind, Event& event) { seen = set_flags(event.control); })});
  for (const HandlerEvent& event : kEvents) {
    control = {true, true, true, true, true};
    std::set<std::string> expected = set_flags(control);
    for (const std::string& flag : event.resets) expected.erase(flag);
    event.fire(handler);
    EXPECT_EQ(seen, expected) << event_name(event.kind);
  }
}

TEST_F(CallbackHandlerTest, ALaterCallbackMayVetoWhatAnEarlierOneAsked) {
  CallbackHandler handler = handler_of({probe([](EventKind, Event& event) { event.control.should_save = true; }),
                                        probe([](EventKind, Event& event) { event.control.should_save = false; })});
  handler.on_step_end();
  EXPECT_FALSE(control.should_save);
}

TEST_F(CallbackHandlerTest, AWholeNewControlReachesTheNextCallbackAndTheLoop) {
  std::set<std::string> seen;
  control.should_evaluate = true;
  CallbackHandler handler =
      handler_of({probe([](EventKind, Event& event) { event.control = TrainerControl{.should_log = true}; }),
                  probe([&](EventKind, Event& event) { seen = set_flags(event.control); })});
  handler.on_step_end();
  EXPECT_THAT(seen, ElementsAre("log"));
  EXPECT_THAT(set_flags(control), ElementsAre("log"));
}

TEST_F(CallbackHandlerTest, AThrowingCallbackKeepsTheEventFromTheLaterOnes) {
  CallbackHandler handler =
      handler_of({writer("first"), std::make_shared<fakes::CrashAt>(EventKind::kStepEnd, 0), writer("third")});
  EXPECT_THROW(handler.on_step_end(), fakes::Crash);
  EXPECT_THAT(written, ElementsAre("first"));
}

TEST_F(CallbackHandlerTest, ExceptionAndCloseReachAllAndWhatTheyThrowBecomesANotice) {
  const auto thrower = probe([](EventKind kind, Event&) {
    if (kind == EventKind::kClose) throw 7;
    throw std::runtime_error("boom");
  });
  CallbackHandler handler = handler_of({thrower, writer("later")});
  notices.all.clear();
  handler.on_exception(std::make_exception_ptr(std::runtime_error("why")));
  handler.on_close(RunStatus::kFailed);
  EXPECT_THAT(written, ElementsAre("later", "later"));
  EXPECT_THAT(notices.ids(), ElementsAre("callback_failed:Probe::on_exception", "callback_failed:Probe::on_close"));
  EXPECT_THAT(notices.all.front().text, HasSubstr("boom"));
}

// --- the list ---

class Beta : public TrainerCallback {};
class BetaChild : public Beta {};

TEST_F(CallbackHandlerTest, NamesAreOneALineInOrder) {
  EXPECT_EQ(handler_of({std::make_shared<DefaultFlowCallback>(), std::make_shared<Beta>()}).names(),
            "DefaultFlowCallback\nBeta");
}

TEST_F(CallbackHandlerTest, AddAppendsInstancesAndTypes) {
  CallbackHandler handler = handler_of({std::make_shared<Beta>()});
  handler.add(std::make_shared<BetaChild>());
  handler.add<Counter>();
  EXPECT_EQ(handler.names(), "Beta\nBetaChild\nCounter");
}

TEST_F(CallbackHandlerTest, ASecondOfExactlyTheSameClassIsAddedWithANotice) {
  CallbackHandler handler = handler_of({std::make_shared<DefaultFlowCallback>(), std::make_shared<Beta>()});
  handler.add<BetaChild>();
  EXPECT_THAT(notices.ids(), IsEmpty());
  handler.add<Beta>();
  EXPECT_THAT(notices.ids(), ElementsAre("duplicate_callback:Beta"));
  EXPECT_THAT(notices.all.front().text, HasSubstr("DefaultFlowCallback\nBeta\nBetaChild"));
  EXPECT_EQ(handler.callbacks().size(), 4U);
}

TEST_F(CallbackHandlerTest, AMissingDefaultFlowGivesANotice) {
  class OwnFlow : public DefaultFlowCallback {};
  handler_of({std::make_shared<OwnFlow>()});
  EXPECT_THAT(notices.ids(), IsEmpty());
  handler_of({std::make_shared<Beta>()});
  EXPECT_THAT(notices.ids(), ElementsAre("no_default_flow"));
}

TEST_F(CallbackHandlerTest, PopTakesTheFirstOfAClassOrDerivedFromIt) {
  const auto child = std::make_shared<BetaChild>();
  CallbackHandler handler = handler_of({std::make_shared<Counter>(), child, std::make_shared<Beta>()});
  EXPECT_EQ(handler.pop<Beta>(), child);
  EXPECT_EQ(handler.names(), "Counter\nBeta");
  EXPECT_EQ(handler.pop<BetaChild>(), nullptr);
}

TEST_F(CallbackHandlerTest, PopTakesThisVeryInstance) {
  const auto second = std::make_shared<Beta>();
  CallbackHandler handler = handler_of({std::make_shared<Beta>(), second});
  EXPECT_EQ(handler.pop(second), second);
  EXPECT_EQ(handler.pop(second), nullptr);
  EXPECT_EQ(handler.names(), "Beta");
}

TEST_F(CallbackHandlerTest, RemoveOfAnAbsentClassIsNothingAndOfAnAbsentInstanceAnError) {
  CallbackHandler handler = handler_of({std::make_shared<Counter>()});
  EXPECT_NO_THROW(handler.remove<Beta>());
  EXPECT_THROW(handler.remove(std::make_shared<Counter>()), ConfigError);
  EXPECT_THROW(handler.remove(CallbackPtr()), ConfigError);
  EXPECT_EQ(handler.names(), "Counter");
  handler.remove<Counter>();
  EXPECT_EQ(handler.names(), "");
}

TEST_F(CallbackHandlerTest, ANullCallbackIsRefused) {
  EXPECT_THROW(handler_of({nullptr}), ConfigError);
  CallbackHandler handler = handler_of({});
  EXPECT_THROW(handler.add(nullptr), ConfigError);
}

TEST_F(CallbackHandlerTest, TheListCannotBeChangedDuringAnEvent) {
  CallbackHandler* self = nullptr;
  CallbackHandler handler = handler_of({probe([&](EventKind kind, Event&) {
    if (kind == EventKind::kStepBegin) self->add<Beta>();
    if (kind == EventKind::kStepEnd) self->remove<Probe>();
  })});
  self = &handler;
  EXPECT_THROW(handler.on_step_begin(), ConfigError);
  EXPECT_THROW(handler.on_step_end(), ConfigError);
  handler.add<Beta>();  // between events, also after one that threw
  EXPECT_EQ(handler.names(), "Probe\nBeta");
}

TEST_F(CallbackHandlerTest, NeedsAreThoseOfAnyCallback) {
  class Greedy : public TrainerCallback {
    Needs needs() const override { return {.clipped_gradients = true}; }
  };
  EXPECT_FALSE(handler_of({std::make_shared<Beta>()}).needs().clipped_gradients);
  EXPECT_TRUE(handler_of({std::make_shared<Greedy>(), std::make_shared<Beta>()}).needs().clipped_gradients);
}

// --- states ---

NamedStates counter_states(const std::string& key, std::vector<std::pair<std::string, std::int64_t>> states) {
  NamedStates named{key, {}};
  for (const auto& [tag, count] : states) named.states.push_back({{{"tag", tag}}, {{"count", count}}});
  return named;
}

TEST_F(CallbackHandlerTest, StatesAreExportedByKeyInListOrderWithTheControlLast) {
  const CallbackHandler handler = handler_of({std::make_shared<Counter>("a"), std::make_shared<OtherCounter>(),
                                              std::make_shared<Beta>(), std::make_shared<Counter>("b")});
  control.should_save = true;
  const std::vector<NamedStates> states = handler.export_states();
  ASSERT_EQ(states.size(), 3U);
  EXPECT_EQ(states[0], counter_states("Counter", {{"a", 0}, {"b", 0}}));
  EXPECT_EQ(states[1], counter_states("OtherCounter", {{"", 0}}));
  EXPECT_EQ(states[2].key, "TrainerControl");
  EXPECT_EQ(states[2].states.front().args.number("should_save"), 1.0);
}

TEST_F(CallbackHandlerTest, StatesComeBackInPlaceInTheirOrder) {
  const auto first = std::make_shared<Counter>();
  const auto second = std::make_shared<Counter>();
  const CallbackList list = {std::make_shared<Beta>(), first, std::make_shared<Beta>(), second};
  CallbackHandler handler = handler_of(list);
  handler.restore_states({counter_states("Counter", {{"a", 3}, {"b", 4}})});
  EXPECT_EQ(handler.callbacks(), list);
  EXPECT_EQ(first->tag() + second->tag(), "ab");
  EXPECT_EQ(second->count(), 4);
}

TEST_F(CallbackHandlerTest, TheControlComesBack) {
  control = {.should_training_stop = true, .should_log = true};
  const std::vector<NamedStates> states = handler_of({}).export_states();
  const TrainerControl before = control;
  control = {.should_save = true};
  handler_of({}).restore_states(states);
  EXPECT_EQ(control, before);
}

TEST_F(CallbackHandlerTest, AllStatesWithoutACallbackGiveOneNotice) {
  CallbackHandler handler = handler_of({std::make_shared<DefaultFlowCallback>(), std::make_shared<Counter>()});
  handler.restore_states({counter_states("Counter", {{"a", 1}, {"too many", 2}}), counter_states("Gone", {{"", 0}})});
  EXPECT_THAT(notices.ids(), ElementsAre("callback_state_ignored:Counter, Gone"));
}

// --- time ---

double ns_of(Ledger& ledger, std::size_t callback, EventKind event) {
  return ledger.report().callbacks.at(callback).by_event.at(static_cast<std::size_t>(event)) * 1e9;
}

/// Each call takes its own time.
CallbackPtr slow(fakes::ManualClock& clock, std::int64_t ns) {
  return probe([&clock, ns](EventKind, Event&) { clock.advance(std::chrono::nanoseconds(ns)); });
}

TEST_F(CallbackHandlerTest, TimeIsEnteredUnderTheCallbackAndEventThatTookIt) {
  Ledger times(clock);
  ledger = &times;
  CallbackHandler handler = handler_of({slow(clock, 5), slow(clock, 70)});
  clock.advance(std::chrono::nanoseconds(1000));  // before the event, so no callback's
  handler.on_log(some_record);
  handler.on_log(some_record);
  handler.on_epoch_end();
  EXPECT_DOUBLE_EQ(ns_of(times, 0, EventKind::kLog), 10.0);
  EXPECT_DOUBLE_EQ(ns_of(times, 1, EventKind::kLog), 140.0);
  EXPECT_DOUBLE_EQ(ns_of(times, 1, EventKind::kEpochEnd), 70.0);
}

TEST_F(CallbackHandlerTest, TimeOfExceptionAndCloseCountsToo) {
  Ledger times(clock);
  ledger = &times;
  CallbackHandler handler = handler_of({std::make_shared<fakes::CrashAt>(EventKind::kClose, 0), slow(clock, 70)});
  handler.on_exception(nullptr);
  handler.on_close(RunStatus::kFailed);
  EXPECT_DOUBLE_EQ(ns_of(times, 1, EventKind::kException), 70.0);
  EXPECT_DOUBLE_EQ(ns_of(times, 1, EventKind::kClose), 70.0);
}

TEST_F(CallbackHandlerTest, TimeStaysWithItsCallbackWhenOneBeforeItIsTakenOut) {
  Ledger times(clock);
  ledger = &times;
  const CallbackPtr first = slow(clock, 5);
  CallbackHandler handler = handler_of({first, slow(clock, 70)});
  handler.on_log(some_record);
  handler.remove(first);
  handler.on_log(some_record);
  EXPECT_DOUBLE_EQ(ns_of(times, 0, EventKind::kLog), 5.0);
  EXPECT_DOUBLE_EQ(ns_of(times, 1, EventKind::kLog), 140.0);
}

TEST_F(CallbackHandlerTest, TheClockIsLeftAloneInStepsThatAreNotTimed) {
  Ledger times(clock, 2);
  ledger = &times;
  CallbackHandler handler = handler_of({writer("a"), writer("b")});
  for (int step = 0; step < 3; ++step) times.begin_step();
  const int reads = clock.reads;
  handler.on_step_end();
  EXPECT_EQ(clock.reads, reads);
  EXPECT_THAT(written, ElementsAre("a", "b"));
}

}  // namespace
}  // namespace baton
