// RecordingStreams: stands for the streams of a device, and records what they are told and given, in order.
#pragma once

#include <c10/core/impl/DeviceGuardImplInterface.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace baton::train {

/// The streams are "compute", current at first, and "copies". For one thread.
class RecordingStreams final : public c10::impl::NoOpDeviceGuardImpl<c10::DeviceType::CPU> {
 public:
  /// For work that the current stream is given.
  void work(const std::string& what) const { record_line(current_, what); }
  /// The record since the last call.
  std::vector<std::string> take() const { return std::exchange(record_, {}); }
  bool is_computing() const { return current_ == kCompute; }
  /// Events that were not given back.
  int events() const { return events_; }

  c10::Stream getStream(c10::Device device) const noexcept override { return stream(device, current_); }
  c10::Stream getStreamFromGlobalPool(c10::Device device, bool /*isHighPriority*/) const override {
    return stream(device, kCopies);
  }
  c10::Stream exchangeStream(c10::Stream next) const noexcept override {
    return stream(next.device(), std::exchange(current_, next.id()));
  }
  void record(void** event, const c10::Stream& of, c10::DeviceIndex /*device*/,
              c10::EventFlag /*flag*/) const override {
    *event = new Event{of.id(), record_.size()};
    ++events_;
  }
  void block(void* event, const c10::Stream& waiting) const override {
    const Event& until = *static_cast<const Event*>(event);
    EXPECT_EQ(until.at, record_.size()) << "an event that was recorded earlier would need a line of its own";
    record_line(waiting.id(), "wait for " + name(until.stream));
  }
  void destroyEvent(void* event, c10::DeviceIndex /*device*/) const noexcept override {
    delete static_cast<Event*>(event);
    --events_;
  }
  void synchronizeStream(const c10::Stream& /*stream*/) const override { ADD_FAILURE() << "the host waits"; }

 private:
  static constexpr c10::StreamId kCompute = 0;
  static constexpr c10::StreamId kCopies = 1;
  struct Event {
    c10::StreamId stream;
    std::size_t at;  ///< length of the record
  };
  static std::string name(c10::StreamId stream) { return stream == kCompute ? "compute" : "copies"; }
  static c10::Stream stream(c10::Device device, c10::StreamId id) {
    return c10::Stream(c10::Stream::UNSAFE, device, id);
  }
  void record_line(c10::StreamId stream, const std::string& what) const {
    record_.push_back(name(stream) + ": " + what);
  }

  mutable std::vector<std::string> record_;  // LibTorch's interface is const throughout
  mutable c10::StreamId current_ = kCompute;
  mutable int events_ = 0;
};

}  // namespace baton::train
