// What the tracker tells an MLflow server, and that faults neither lose nor double anything.
#include "src/track/mlflow/mlflow_tracker.h"

#include <gtest/gtest.h>

#include <cmath>

#include "src/track/mlflow/mlflow_rest.h"
#include "tests/fakes/recording_remarks.h"
#include "tests/track/mlflow/entries.h"
#include "tests/track/mlflow/fake_mlflow.h"

namespace baton::track {
namespace {

using net::TransportError;

class MlflowTracking : public testing::Test {
 protected:
  /// As in a new process.
  MlflowTracker& open(MLflowOptions options = {}) {
    auto store = std::make_unique<MlflowRest>(server_.http(), MlflowServer{.base = "http://mlflow"});
    tracker_ = std::make_unique<MlflowTracker>(std::move(store), std::move(options), "me");
    return *tracker_;
  }
  MlflowTracker& started(MLflowOptions options = {}) {
    open(std::move(options));
    EXPECT_TRUE(start().ok());
    return *tracker_;
  }
  Status start() { return tracker_->start(info_, remarks_, memory_); }

  /// Fails the request with this number, counted from now on.
  void fail_next(std::size_t number, net::HttpResult result) {
    server_.fault = [at = server_.requests.size() + number, result](std::size_t now) {
      return now == at ? std::optional(result) : std::nullopt;
    };
  }
  std::size_t calls(std::string_view call) const {
    const auto calls = server_.calls();
    return static_cast<std::size_t>(std::count(calls.begin(), calls.end(), call));
  }

  FakeMlflow server_;
  fakes::RecordingRemarks remarks_;
  Record memory_;
  RunInfo info_ = run_info();
  std::unique_ptr<MlflowTracker> tracker_;
};

TEST_F(MlflowTracking, ARunIsMadeWithItsTags) {
  started({.source_name = "/bin/train", .tags = {{"team", "vision"}, {"n", 3}}});
  const auto& tags = server_.run().tags;
  EXPECT_EQ(server_.run().experiment_id, "0");
  EXPECT_EQ(tags.at("mlflow.user"), "me");
  EXPECT_EQ(tags.at("mlflow.source.name"), "/bin/train");
  EXPECT_EQ(tags.at("mlflow.source.type"), "LOCAL");
  EXPECT_EQ(tags.at("team"), "vision");
  EXPECT_EQ(tags.at("n"), "3");
  EXPECT_EQ(memory_.find("run_id")->text()[0], "run1");
}

TEST_F(MlflowTracking, AnExperimentIsFoundOrMade) {
  started({.experiment_name = "mine"});
  EXPECT_EQ(server_.run().experiment_id, "1");
  memory_ = {};
  info_.id = "another";
  started({.experiment_name = "mine"});
  EXPECT_EQ(server_.runs.at("run2").experiment_id, "1");
  EXPECT_EQ(calls("POST /experiments/create"), 1U);
}

TEST_F(MlflowTracking, TwoMayMakeTheSameExperimentAtOnce) {
  server_.experiments["mine"] = "7";
  fail_next(0, http_answer(404, R"({"error_code": "RESOURCE_DOES_NOT_EXIST"})"));
  started({.experiment_name = "mine"});
  EXPECT_EQ(server_.run().experiment_id, "7");
}

TEST_F(MlflowTracking, MetricsKeepKeysStepsAndTimes) {
  const Entry entries[] = {log_entry(1, 10, {{"loss", 0.5}, {"epoch", 1}, {"acc@5", true}}),
                           log_entry(2, 20, {{"loss", std::nan("")}, {"note", "text"}})};
  const Delivery delivery = started().write(entries);
  EXPECT_TRUE(delivery.status.ok());
  EXPECT_EQ(delivery.stored, 2U);
  EXPECT_EQ(server_.run().metrics, (std::set<FakeMlflow::Point>{{"loss", 10, 1700000001000, "0.5"},
                                                                {"epoch", 10, 1700000001000, "1.0"},
                                                                {"acc_5", 10, 1700000001000, "1.0"},
                                                                {"loss", 20, 1700000002000, "\"NaN\""}}));
  EXPECT_EQ(calls("POST /runs/log-batch"), 1U) << "one request for both";
  EXPECT_TRUE(remarks_.all.contains("mlflow.no_number.note"));
}

TEST_F(MlflowTracking, ParametersAreLogged) {
  const Entry entries[] = {entry(EntryKind::kParams, 1, 0, {{"args", Record{{"lr", 5e-5}, {"a/b", nullptr}}}}),
                           entry(EntryKind::kPredict, 2, 0, {{"test_loss", 1.0}})};
  EXPECT_EQ(started().write(entries).stored, 2U);
  EXPECT_EQ(server_.run().params, (std::map<std::string, std::string>{{"lr", "5e-05"}, {"a/b", "None"}}));
  EXPECT_TRUE(server_.run().metrics.empty()) << "as in the reference";
}

TEST_F(MlflowTracking, AParameterThatChangedKeepsItsFirstValue) {
  const Entry before[] = {entry(EntryKind::kParams, 1, 0, {{"args", Record{{"lr", 0.1}}}})};
  const Entry after[] = {entry(EntryKind::kParams, 2, 0, {{"args", Record{{"lr", 0.2}, {"seed", 1}}}})};
  EXPECT_EQ(started().write(before).stored, 1U);
  EXPECT_EQ(started().write(after).stored, 1U);
  EXPECT_EQ(server_.run().params, (std::map<std::string, std::string>{{"lr", "0.1"}, {"seed", "1"}}));
  EXPECT_TRUE(remarks_.all.contains("mlflow.changed.lr"));
}

TEST_F(MlflowTracking, TheNextProcessGoesOnWithTheRun) {
  const Entry entries[] = {log_entry(1, 1, {{"loss", 1.0}}), log_entry(2, 2, {{"loss", 2.0}})};
  EXPECT_EQ(started().stored(), std::nullopt);
  EXPECT_EQ(tracker_->write(entries).stored, 2U);
  EXPECT_TRUE(tracker_->finish(RunStatus::kKilled, kStartNs).ok());
  EXPECT_EQ(server_.run().status, "KILLED");
  EXPECT_EQ(started().stored(), (Position{0, 2}));
  EXPECT_EQ(server_.run().status, "RUNNING");
  EXPECT_TRUE(tracker_->finish(RunStatus::kFinished, kStartNs + 5'000'000).ok());
  EXPECT_EQ(server_.run().status, "FINISHED");
  EXPECT_EQ(server_.run().end_time, 1700000000005);
  EXPECT_EQ(server_.runs.size(), 1U);
}

TEST_F(MlflowTracking, ARunWhoseMakingWasNotConfirmedIsFoundAgain) {
  open();
  server_.does_what_it_denies = true;
  fail_next(1, {TransportError::kReset, "reset", {}});
  EXPECT_EQ(start().fault, Fault::kTemporary);
  EXPECT_TRUE(start().ok());
  EXPECT_EQ(server_.runs.size(), 1U);
}

TEST_F(MlflowTracking, AGivenRunIsAdoptedAndEnded) {
  server_.runs["run1"].status = "FINISHED";
  server_.runs["run1"].params["lr"] = "0.1";
  started({.run_id = "run1", .tags = {{"again", "yes"}}});
  EXPECT_EQ(server_.run().status, "RUNNING");
  EXPECT_EQ(server_.run().tags.at("again"), "yes");
  EXPECT_EQ(tracker_->stored(), std::nullopt) << "another journal's position is not ours";
  EXPECT_TRUE(tracker_->finish(RunStatus::kFailed, kStartNs).ok());
  EXPECT_EQ(server_.run().status, "FAILED");
}

TEST_F(MlflowTracking, SomebodyElsesRunKeepsItsStatus) {
  server_.runs["run1"].status = "SCHEDULED";
  started({.run_id = "run1", .ends_run = false});
  EXPECT_TRUE(tracker_->finish(RunStatus::kFinished, kStartNs).ok());
  EXPECT_EQ(server_.run().status, "SCHEDULED");
}

TEST_F(MlflowTracking, ANestedRunNamesItsParent) {
  server_.runs["run1"];
  started({.run_id = "run1", .nested = true});
  EXPECT_EQ(server_.runs.at("run2").tags.at("mlflow.parentRunId"), "run1");
  EXPECT_EQ(server_.run().tags.size(), 0U);
}

TEST_F(MlflowTracking, ARunThatIsNotThereNeedsAPerson) {
  open({.run_id = "absent"});
  EXPECT_EQ(start().fault, Fault::kUnusable);
  server_.runs["gone"].stage = "deleted";
  open({.run_id = "gone"});
  EXPECT_EQ(start().fault, Fault::kUnusable);
}

TEST_F(MlflowTracking, AServerThatIsNoMlflowIsSaid) {
  open();
  fail_next(0, http_answer(200, "<html>Welcome</html>"));
  const Status status = start();
  EXPECT_EQ(status.fault, Fault::kTemporary);
  EXPECT_NE(status.reason.find("no MLflow server"), std::string::npos) << status.reason;
}

TEST_F(MlflowTracking, ManyRecordsComeInBatchesThatTheServerTakes) {
  std::vector<Entry> entries;
  for (std::uint64_t i = 1; i <= 1200; ++i) {
    entries.push_back(log_entry(i, static_cast<std::int64_t>(i), {{"a", 1.0}, {"b", 2.0}, {"c", 3.0}}));
  }
  EXPECT_EQ(started().write(entries).stored, 1200U);
  EXPECT_EQ(server_.run().metrics.size(), 3600U);
  EXPECT_EQ(calls("POST /runs/log-batch"), 4U);
  EXPECT_EQ(server_.run().tags.at("baton.position"), info_.id + " 0 1200");
}

TEST_F(MlflowTracking, ARecordLargerThanARequestIsSplit) {
  Record values;
  for (int i = 0; i < 2500; ++i) values.set("key" + std::to_string(i), i);
  const Entry entries[] = {log_entry(1, 1, values)};
  EXPECT_EQ(started().write(entries).stored, 1U);
  EXPECT_EQ(server_.run().metrics.size(), 2500U);
}

struct FaultCase {
  net::HttpResult result;
  Fault fault;
  std::chrono::milliseconds retry_after{0};
};

std::vector<FaultCase> faults() {
  return {{{TransportError::kRefused, "refused", {}}, Fault::kTemporary},
          {{TransportError::kTimeout, "black hole", {}}, Fault::kTemporary},
          {{TransportError::kTruncated, "cut off", {}}, Fault::kTemporary},
          {{TransportError::kTls, "wrong certificate", {}}, Fault::kUnusable},
          {http_answer(500), Fault::kTemporary},
          {http_answer(503), Fault::kTemporary},
          {http_answer(429, "{}", {{"Retry-After", "7"}}), Fault::kTemporary, std::chrono::seconds(7)},
          {http_answer(401), Fault::kUnusable},
          {http_answer(403), Fault::kUnusable}};
}

TEST_F(MlflowTracking, AFaultInABatchLosesAndDoublesNothing) {
  std::vector<Entry> entries;
  for (std::uint64_t i = 1; i <= 700; ++i) entries.push_back(log_entry(i, 1, {{"a", 0.5 * double(i)}, {"b", 1.0}}));
  for (const bool does_it : {false, true}) {
    for (const FaultCase& c : faults()) {
      server_.runs.clear();
      memory_ = {};
      started();
      server_.does_what_it_denies = does_it;
      fail_next(1, c.result);  // the second of two batches
      const Delivery first = tracker_->write(entries);
      EXPECT_EQ(first.status.fault, c.fault) << c.result.detail << c.result.response.status;
      EXPECT_EQ(first.status.retry_after, c.retry_after);
      EXPECT_EQ(first.stored, 499U);
      EXPECT_TRUE(start().ok());
      EXPECT_EQ(tracker_->write(std::span(entries).subspan(first.stored)).stored, 201U);
      EXPECT_EQ(server_.run().metrics.size(), 1400U);
    }
  }
}

TEST_F(MlflowTracking, ARefusedKeyTakesNothingElseWithIt) {
  server_.refused_key = "bad";
  const Entry entries[] = {log_entry(1, 1, {{"a", 1}}), log_entry(2, 2, {{"a", 2}, {"bad", 2}, {"c", 2}}),
                           log_entry(3, 3, {{"a", 3}})};
  const Delivery delivery = started().write(entries);
  EXPECT_TRUE(delivery.status.ok()) << delivery.status.reason;
  EXPECT_EQ(delivery.stored, 3U);
  EXPECT_EQ(server_.run().metrics.size(), 4U);
  EXPECT_NE(remarks_.all.at("mlflow.refused.bad").find("INVALID_PARAMETER_VALUE"), std::string::npos);
}

TEST_F(MlflowTracking, ARecordOfWhichNothingIsTakenIsRefused) {
  server_.refused_key = "bad";
  const Entry entries[] = {log_entry(1, 1, {{"a", 1}}), log_entry(2, 2, {{"bad", 2}}), log_entry(3, 3, {{"a", 3}})};
  const Delivery delivery = started().write(entries);
  EXPECT_EQ(delivery.status.fault, Fault::kRefused);
  EXPECT_EQ(delivery.stored, 1U);
  EXPECT_EQ(server_.run().metrics.size(), 1U) << "what follows comes again";
}

TEST_F(MlflowTracking, ARunThatWasDeletedMeanwhileNeedsAPerson) {
  const Entry entries[] = {log_entry(1, 1, {{"a", 1}}), log_entry(2, 2, {{"a", 2}})};
  started();
  server_.runs.at("run1").stage = "deleted";
  const Delivery delivery = tracker_->write(entries);
  EXPECT_EQ(delivery.stored, 0U);
  EXPECT_EQ(delivery.status.fault, Fault::kUnusable) << "not each record is refused, one after another";
}

TEST_F(MlflowTracking, OneRefusedParameterLeavesTheOthers) {
  server_.refused_key = "p17";
  Record args;
  for (int i = 0; i < 250; ++i) args.set("p" + std::to_string(i), i);
  const Entry entries[] = {entry(EntryKind::kParams, 1, 0, {{"args", args}})};
  EXPECT_EQ(started().write(entries).stored, 1U);
  EXPECT_EQ(server_.run().params.size(), 249U);
  EXPECT_TRUE(remarks_.all.contains("mlflow.refused.p17"));
}

TEST_F(MlflowTracking, AServerTakesNothingBack) {
  started();
  EXPECT_EQ(tracker_->rewind_means(), RewindMeans::kAppendOnly);
  EXPECT_TRUE(tracker_->reset(entry(EntryKind::kRewind, 9, 5, {})).ok());
}

TEST_F(MlflowTracking, KeysKeepTheirNamesInTheNextProcess) {
  const Entry first[] = {log_entry(1, 1, {{"f#5", 1}, {"f@5", 2}})};
  const Entry second[] = {log_entry(2, 2, {{"f@5", 2}})};
  EXPECT_EQ(started().write(first).stored, 1U);
  EXPECT_EQ(started().write(second).stored, 1U);
  EXPECT_TRUE(server_.run().metrics.contains({"f_5_2", 2, 1700000002000, "2.0"}));
}

}  // namespace
}  // namespace baton::track
