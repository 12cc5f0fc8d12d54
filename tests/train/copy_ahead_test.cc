#include "src/train/copy_ahead.h"

#include <gmock/gmock.h>
#include <torch/torch.h>

#include <memory>
#include <stdexcept>
#include <string>

#include "tests/train/recording_streams.h"

namespace baton::train {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// A number that tells when it is copied to the device, and when it is gone from the host or the device.
class Traced {
 public:
  Traced(const RecordingStreams& streams, int number, const std::string& place)
      : streams_(&streams),
        number_(number),
        memory_(new std::string(place), [&streams, number](const std::string* where) {
          streams.work("free " + std::to_string(number) + *where);
          delete where;
        }) {}
  std::int64_t size() const { return 1; }
  Traced to(at::Device /*device*/) const {
    if (number_ < 0) throw std::runtime_error("no room");
    streams_->work("copy " + std::to_string(number_));
    return {*streams_, number_, ""};
  }
  int number() const { return number_; }

 private:
  const RecordingStreams* streams_;
  int number_;
  std::shared_ptr<const std::string> memory_;
};

constexpr int kTorn = -1;       // cannot be copied
constexpr int kUnread = -1000;  // cannot be fetched

class CopyAheadTest : public testing::Test {
 protected:
  std::optional<MicroBatch> next() {
    ++asked_;
    if (data_.empty()) return std::nullopt;
    const int number = data_.front();
    data_.pop_front();
    if (number == kUnread) throw std::runtime_error("torn");
    EXPECT_TRUE(streams_.is_computing());
    return MicroBatch{Traced(streams_, number, " on the host"), 10 * number};
  }
  /// The numbers of the next window.
  std::vector<int> fetch(std::size_t count) {
    ahead_.fetch(
        count, [this] { return next(); }, window_);
    std::vector<int> numbers;
    for (const MicroBatch& micro : window_) numbers.push_back(micro.batch.as<Traced>().number());
    return numbers;
  }

  RecordingStreams streams_;
  std::deque<int> data_{0, 1, 2, 3, 4};
  int asked_ = 0;
  std::vector<MicroBatch> window_;
  CopyAhead ahead_{at::kCPU, streams_};
};

TEST_F(CopyAheadTest, CopiesTheNextWindowWhileTheFirstIsComputed) {
  fetch(1);
  streams_.work("compute 0");
  EXPECT_THAT(streams_.take(), ElementsAre("copies: wait for compute", "copies: copy 0", "compute: wait for copies",
                                           "compute: free 0 on the host", "copies: wait for compute", "copies: copy 1",
                                           "compute: compute 0"));
  fetch(1);
  streams_.work("compute 1");
  EXPECT_THAT(streams_.take(), ElementsAre("compute: free 0", "compute: wait for copies", "compute: free 1 on the host",
                                           "copies: wait for compute", "copies: copy 2", "compute: compute 1"));
}

TEST_F(CopyAheadTest, WaitsOnceForTheCopiesOfAWindow) {
  fetch(2);
  streams_.take();
  fetch(2);
  EXPECT_THAT(streams_.take(), ElementsAre("compute: free 0", "compute: free 1", "compute: wait for copies",
                                           "compute: free 2 on the host", "compute: free 3 on the host",
                                           "copies: wait for compute", "copies: copy 4"));
}

TEST_F(CopyAheadTest, LeavesTheCallersStreamCurrentAndNoEvent) {
  data_ = {0, kTorn};
  fetch(1);
  EXPECT_TRUE(streams_.is_computing());
  EXPECT_EQ(streams_.events(), 0);
}

TEST_F(CopyAheadTest, GivesTheSameWindowsAsWithout) {
  EXPECT_THAT(fetch(2), ElementsAre(0, 1));
  EXPECT_EQ(window_.back().tokens, 10);
  EXPECT_THAT(fetch(1), ElementsAre(2)) << "a shorter window leaves the rest to the next one";
  EXPECT_THAT(fetch(4), ElementsAre(3, 4)) << "a longer one takes what there is";
  EXPECT_THAT(fetch(1), IsEmpty());
}

TEST_F(CopyAheadTest, DoesNotAskAgainAfterTheEnd) {
  data_ = {0};
  fetch(2);
  fetch(2);
  EXPECT_EQ(asked_, 2);
}

TEST_F(CopyAheadTest, StaysOneWindowAhead) {
  fetch(2);
  EXPECT_EQ(asked_, 4);
  fetch(1);
  EXPECT_EQ(asked_, 4);
}

TEST_F(CopyAheadTest, ThrowsWhenTheBatchIsDue) {
  for (const int bad : {kUnread, kTorn}) {
    ahead_.restart();
    data_ = {0, 1, 2, bad, 4, 5};
    EXPECT_THAT(fetch(2), ElementsAre(0, 1)) << "the next window has the bad one";
    EXPECT_THROW(fetch(2), std::runtime_error);
    EXPECT_THAT(fetch(2), ElementsAre(4, 5)) << "what comes after it can be asked for";
  }
}

TEST_F(CopyAheadTest, BeginsAnewAfterARestart) {
  data_ = {0, 1, kUnread};
  fetch(1);
  fetch(1);
  data_ = {7, 8};
  ahead_.restart();
  EXPECT_THAT(fetch(3), ElementsAre(7, 8)) << "neither what was ahead nor its error";
  data_ = {9};
  ahead_.restart();
  EXPECT_THAT(fetch(1), ElementsAre(9)) << "nor the end";
}

}  // namespace
}  // namespace baton::train
