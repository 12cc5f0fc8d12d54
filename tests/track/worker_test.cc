#include "src/track/worker.h"

#include <gmock/gmock.h>

#include "src/track/tracker_note.h"
#include "tests/track/worker_fixture.h"

namespace baton::track {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;

TEST_F(WorkerTest, TheSinkGetsEverythingOnceAndTheEnd) {
  log({1, 2, 3}, RunStatus::kFailed);
  EXPECT_EQ(deliver(), Standing::kDone);
  EXPECT_THAT(sink.steps(), ElementsAre(1, 2, 3));
  EXPECT_EQ(sink.ended, RunStatus::kFailed);
  EXPECT_EQ(deliver(), Standing::kDone);
  EXPECT_THAT(sink.steps(), ElementsAre(1, 2, 3));
  EXPECT_EQ(sink.starts, 1) << "a finished run is not even opened again";
}

TEST_F(WorkerTest, EntriesThatNoTrackerWantsArePassedOver) {
  log({});
  const auto live = worker();
  EXPECT_EQ(drive(*live).standing, Standing::kIdle);
  EXPECT_EQ(live->delivered(), 1u);
  log({1});
  EXPECT_EQ(drive(*live).standing, Standing::kIdle);
  EXPECT_THAT(sink.steps(), ElementsAre(1));
}

TEST_F(WorkerTest, AJournalThatIsNotBegunYetIsWaitedFor) {
  const auto early = worker();
  EXPECT_EQ(drive(*early).standing, Standing::kIdle);
  EXPECT_FALSE(std::filesystem::exists(folder));
  log({1}, RunStatus::kFinished);
  EXPECT_EQ(drive(*early).standing, Standing::kDone);
  EXPECT_THAT(sink.steps(), ElementsAre(1));
  EXPECT_THAT(remarks.all, IsEmpty());
}

TEST_F(WorkerTest, WhatIsWrittenLaterIsDeliveredLater) {
  log({1});
  const auto live = worker();
  EXPECT_EQ(drive(*live).standing, Standing::kIdle);
  log({2});
  EXPECT_EQ(drive(*live).standing, Standing::kIdle);
  EXPECT_THAT(sink.steps(), ElementsAre(1, 2));
}

TEST_F(WorkerTest, ARunWithNothingInItYetHasNotEnded) {
  log({});
  const auto live = worker();
  EXPECT_EQ(drive(*live).standing, Standing::kIdle);
  EXPECT_EQ(sink.ended, std::nullopt);
  log({1});
  EXPECT_EQ(drive(*live).standing, Standing::kIdle);
  EXPECT_FALSE(read_note(note_path(folder, "fake"))->finished);
}

TEST_F(WorkerTest, APartOfABatchMayBeStored) {
  sink.most_at_once = 2;
  log({1, 2, 3, 4, 5});
  EXPECT_EQ(deliver(), Standing::kIdle);
  EXPECT_THAT(sink.steps(), ElementsAre(1, 2, 3, 4, 5));
}

TEST_F(WorkerTest, AnOutageIsSaidOnceAndTriedAgainLaterAndLater) {
  log({1, 2});
  sink.fault = [](const std::string& call) { return call == "write" ? Status::temporary("refused") : Status{}; };
  const auto live = worker();
  std::int64_t now = 0;
  for (const std::int64_t seconds : {1, 2, 4, 8, 16, 32, 64, 120, 120}) {
    const Progress progress = drive(*live, now);
    EXPECT_EQ(progress.standing, Standing::kWaiting);
    EXPECT_EQ(progress.next_ns - now, seconds * 1'000'000'000);
    EXPECT_EQ(drive(*live, progress.next_ns - 1).standing, Standing::kWaiting);
    now = progress.next_ns;
  }
  EXPECT_THAT(remarks.all,
              ElementsAre(Pair("tracker_down:fake", AllOf(HasSubstr("refused"), HasSubstr("is tried again")))));
  sink.fault = [](const std::string&) { return Status{}; };
  EXPECT_EQ(drive(*live, now).standing, Standing::kIdle);
  EXPECT_THAT(sink.steps(), ElementsAre(1, 2));
}

TEST_F(WorkerTest, WhatWeGiveUpOurselvesIsNotSaidToBeDown) {
  log({1});
  const auto live = worker();
  sink.fault = [&](const std::string&) {
    live->cancel();
    return Status::temporary("given up");
  };
  EXPECT_EQ(drive(*live).standing, Standing::kWaiting);
  EXPECT_THAT(remarks.all, IsEmpty());
}

TEST_F(WorkerTest, AServerMayAskForALongerPause) {
  log({1});
  sink.fault = [](const std::string&) { return Status::temporary("429", std::chrono::seconds(90)); };
  EXPECT_EQ(drive(*worker()).next_ns, 90'000'000'000);
}

TEST_F(WorkerTest, WhatIsRefusedIsLeftOutAndCounted) {
  log({1, 2, 3});
  sink.most_at_once = 1;
  sink.fault = [&](const std::string& call) {
    return call == "write" && sink.steps() == std::vector<std::int64_t>{1} && remarks.all.empty()
               ? Status::refused("bad key")
               : Status{};
  };
  const auto live = worker();
  EXPECT_EQ(drive(*live).standing, Standing::kIdle);
  EXPECT_THAT(sink.steps(), ElementsAre(1, 3));
  EXPECT_EQ(live->refused(), 1);
  EXPECT_THAT(remarks.all["tracker_refused:fake"], HasSubstr("log of step 2, which it goes without: bad key"));
}

TEST_F(WorkerTest, AnUnusableSinkIsLeftAloneByThisProcessAndFedByTheNext) {
  log({1}, RunStatus::kFinished);
  sink.fault = [](const std::string&) { return Status::unusable("wrong key"); };
  EXPECT_EQ(deliver(), Standing::kStopped);
  EXPECT_THAT(remarks.all["tracker_stopped:fake"], HasSubstr("wrong key"));
  sink.fault = [](const std::string&) { return Status{}; };
  EXPECT_EQ(deliver(), Standing::kDone);
  EXPECT_THAT(sink.steps(), ElementsAre(1));
}

TEST_F(WorkerTest, AnExceptionOfATrackerStopsNothingElse) {
  log({1});
  sink.fault = [](const std::string&) -> Status { throw std::runtime_error("bug"); };
  EXPECT_EQ(deliver(), Standing::kStopped);
  EXPECT_THAT(remarks.all["tracker_stopped:fake"], HasSubstr("bug"));
}

TEST_F(WorkerTest, TwoProcessesDoNotDeliverTheSame) {
  log({1});
  const auto one = worker();
  EXPECT_EQ(drive(*one).standing, Standing::kIdle);
  EXPECT_EQ(deliver(), Standing::kWaiting);
  EXPECT_THAT(remarks.all["tracker_down:fake"], HasSubstr("is delivering this run to it"));
}

}  // namespace
}  // namespace baton::track
