#include "src/track/report/report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace baton::track {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr std::int64_t kSecond = 1'000'000'000;

/// A run of 40 steps that was resumed at step 20.
class Report : public testing::Test {
 protected:
  Report() {
    add(EntryKind::kBegin, 0, {{"run_id", "20261123-1"}, {"name", "first try"}, {"host", "box"}, {"pid", 7}});
    add(EntryKind::kParams, 0, {{"args", Record{{"learning_rate", 1e-3}, {"optim", "sgd"}}}});
    for (int step = 10; step <= 40; step += 10) {
      if (step == 30) {
        generation = 1;
        add(EntryKind::kBegin, 20, {{"run_id", "20261123-1"}, {"name", "first try"}, {"host", "box"}, {"pid", 8}});
      }
      add(EntryKind::kLog, step, {{"loss", 10.0 / step}, {"epoch", step / 10.0}});
      add(EntryKind::kLog, step, {{"eval_loss", 12.0 / step}, {"eval_runtime", 0.5}});
    }
    add(EntryKind::kCheckpoint, 40, {{"path", "runs/checkpoint-40"}});
    add(EntryKind::kArtifact, 40, {{"name", "checkpoint-40"}, {"type", "checkpoint"}, {"path", "outbox/1"}});
    add(EntryKind::kNotice, 40, {{"id", "x"}, {"text", "mind the gap"}});
    add(EntryKind::kTimes, 40, {{"forward", 3.0}, {"callbacks", Record{{"Printer", 1.0}}}});
    add(EntryKind::kText, 40, {{"key", "sample"}, {"text", "once upon a time"}});
    add(EntryKind::kFinish, 0, {{"status", "finished"}});
  }

  void add(EntryKind kind, std::int64_t step, Record values) {
    const auto sequence = static_cast<std::uint64_t>(entries.size() + 1);
    entries.push_back({kind, generation, sequence,
                       1'700'000'000 * kSecond + static_cast<std::int64_t>(sequence) * kSecond, step,
                       std::move(values)});
  }
  std::string html() const { return report_html({entries}); }
  void pop() { entries.pop_back(); }

  std::vector<Entry> entries;
  std::uint32_t generation = 0;
};

TEST_F(Report, TellsTheRun) {
  const std::string page = html();
  for (const char* part : {"<title>first try</title>", "first try <span class=\"badge finished\">finished</span>",
                           "began <b>2023-11-14 22:13:21 UTC</b>", "steps <b>40</b>", "resumed <b>1 time</b>",
                           "run <b>20261123-1</b>", "host <b>box</b>"})
    EXPECT_THAT(page, HasSubstr(part));
}

TEST_F(Report, HasItsSectionsInOrder) {
  const std::string page = html();
  std::size_t before = 0;
  for (const char* heading :
       {"<h2>Curves", "<h2>Time", "<h2>Checkpoints", "<h2>Notices", "<h2>Texts", "<h2>Parameters"}) {
    const std::size_t at = page.find(heading);
    ASSERT_NE(at, std::string::npos) << heading;
    EXPECT_GT(at, before) << heading;
    before = at;
  }
  for (const char* part : {"<td>runs/checkpoint-40</td><td>checkpoint</td>", "<td>mind the gap</td>",
                           "once upon a time", "<td>learning_rate</td><td>0.001</td>", "<td>optim</td><td>sgd</td>"})
    EXPECT_THAT(page, HasSubstr(part));
}

TEST_F(Report, DrawsTrainingAndEvaluationInOneChart) {
  const std::string page = html();
  EXPECT_THAT(page, HasSubstr("aria-label=\"loss: train, last 0.25; eval, last 0.3\""));
  EXPECT_THAT(page, HasSubstr("<path class=\"train\" d=\"M84.0 "));
  EXPECT_THAT(page, HasSubstr("<path class=\"eval\" d=\"M84.0 "));
  EXPECT_THAT(page, HasSubstr("<line class=\"resume\" x1=\"258.7\""));  // step 20, a third of the way
  EXPECT_THAT(page, HasSubstr("{\"name\":\"train\",\"steps\":[10.0,20.0,30.0,40.0],\"values\":[1.0,0.5,"));
  EXPECT_THAT(page, HasSubstr("<summary>Speed</summary>"));
}

TEST_F(Report, OfManyValuesTheLineIsTheirMean) {
  for (int step = 41; step < 500; ++step) add(EntryKind::kLog, step, {{"loss", step % 2 + 1.0}});
  EXPECT_THAT(html(), HasSubstr("<path class=\"train pale\""));
  EXPECT_THAT(html(), HasSubstr("<path class=\"train\""));
}

TEST_F(Report, SharesOutTheTime) {
  const std::string page = html();
  EXPECT_THAT(page, HasSubstr("forward</td><td class=\"number\">3 s</td><td class=\"number\">75.0%</td>"));
  EXPECT_THAT(page, HasSubstr("callbacks.Printer</td><td class=\"number\">1 s</td><td class=\"number\">25.0%</td>"));
}

TEST_F(Report, AddsTheTimesOfProcessesAndTakesTheLastOfEach) {
  add(EntryKind::kTimes, 40, {{"forward", 5.0}});
  generation = 2;
  add(EntryKind::kTimes, 40, {{"forward", 2.0}});
  EXPECT_THAT(html(), HasSubstr("forward</td><td class=\"number\">7 s</td><td class=\"number\">100.0%</td>"));
}

TEST_F(Report, ARunWithoutAnEndIsNotFinished) {
  pop();
  EXPECT_THAT(html(), HasSubstr("<span class=\"badge open\">not finished</span>"));
  add(EntryKind::kFinish, 0, {{"status", "killed"}});
  EXPECT_THAT(html(), HasSubstr("<span class=\"badge killed\">killed</span>"));
  generation = 2;
  add(EntryKind::kBegin, 40, {{"run_id", "20261123-1"}});
  EXPECT_THAT(html(), HasSubstr("not finished")) << "it goes on in another process";
}

TEST_F(Report, NothingThatWasLoggedBecomesMarkup) {
  const std::string evil = "</script><script>alert(1)</script>\"'><img src=x onerror=alert(1)>";
  entries.clear();
  add(EntryKind::kBegin, 0, {{"run_id", evil}, {"name", evil}, {"host", evil}});
  add(EntryKind::kParams, 0, {{evil, Record{{evil, evil}}}});
  for (int step = 1; step < 3; ++step) add(EntryKind::kLog, step, {{evil, 1.0 * step}});
  add(EntryKind::kLog, 3, {{evil + "2", 1.0}});
  for (const EntryKind kind : {EntryKind::kNotice, EntryKind::kText, EntryKind::kArtifact, EntryKind::kFinish})
    add(kind, 1, {{"text", evil}, {"key", evil}, {"name", evil}, {"type", evil}, {"status", evil}});
  add(EntryKind::kTimes, 1, {{evil, 1.0}});
  EXPECT_THAT(html(), Not(HasSubstr("alert(1)<")));
  EXPECT_THAT(html(), Not(HasSubstr("<img")));
  EXPECT_THAT(html(), Not(HasSubstr("\"'>")));
}

TEST_F(Report, LoadsNothingFromAnywhere) {
  EXPECT_THAT(html(), HasSubstr("default-src 'none'"));
  for (const char* part : {"http:", "https:", "src=", "@import", "url("}) EXPECT_THAT(html(), Not(HasSubstr(part)));
}

TEST_F(Report, NumbersThatAreNoneLeaveGaps) {
  entries.clear();
  const double values[] = {1.0, 2.0, std::nan(""), 3.0, INFINITY, 1e308};
  for (int i = 0; i < 6; ++i) add(EntryKind::kLog, i, {{"loss", values[i]}});
  const std::string page = html();
  EXPECT_THAT(page, HasSubstr("\"values\":[1.0,2.0,null,3.0,null,1e+308]"));
  EXPECT_THAT(page, HasSubstr("2 not finite"));
  const std::size_t at = page.find("<path");
  const std::string path = page.substr(at, page.find("/>", at) - at);
  EXPECT_EQ(std::count(path.begin(), path.end(), 'M'), 2);
  EXPECT_THAT(page, Not(HasSubstr("\"nan")));
}

TEST_F(Report, AnyEntriesMakeAPage) {
  entries.clear();
  EXPECT_THAT(html(), HasSubstr("</html>"));
  for (const int kind : {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 200}) {
    for (const Value& odd : {Value(), Value(true), Value("x"), Value(Value::List{1}), Value(Record{{"a", Record()}})})
      add(static_cast<EntryKind>(kind), 1,
          {{"name", odd}, {"text", odd}, {"key", odd}, {"status", odd}, {"run_id", odd}, {"loss", odd}});
  }
  EXPECT_THAT(html(), HasSubstr("</html>"));
}

TEST_F(Report, TheSameEntriesMakeTheSameBytes) { EXPECT_EQ(html(), html()); }

}  // namespace
}  // namespace baton::track
