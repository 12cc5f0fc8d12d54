#include "src/train/copy_ahead.h"

#include <utility>

#include "src/train/device.h"

namespace baton::train {
namespace {

/// Makes a stream the current one of its device, as long as this lives.
class OnStream {
 public:
  OnStream(const c10::impl::DeviceGuardImplInterface& streams, const c10::Stream& stream)
      : streams_(streams), before_(streams.exchangeStream(stream)) {}
  ~OnStream() { streams_.exchangeStream(before_); }
  OnStream(const OnStream&) = delete;
  OnStream& operator=(const OnStream&) = delete;

 private:
  const c10::impl::DeviceGuardImplInterface& streams_;
  c10::Stream before_;
};

}  // namespace

CopyAhead::CopyAhead(at::Device device, const c10::impl::DeviceGuardImplInterface& streams)
    : device_(device), streams_(streams), copies_(streams.getStreamFromGlobalPool(device)) {}

void CopyAhead::fetch(std::size_t count, Next next, std::vector<MicroBatch>& window) {
  window.clear();  // its memory serves the copies that begin now
  fill(count, next);
  if (error_ && ready_.size() < count) {
    ready_.clear();
    std::rethrow_exception(std::exchange(error_, nullptr));
  }
  if (!ready_.empty()) order(copies_, streams_.getStream(device_));
  for (; window.size() < count && !ready_.empty(); ready_.pop_front()) {
    window.push_back(std::move(ready_.front().micro));
  }
  fill(count, next);
}

void CopyAhead::restart() {
  ready_.clear();
  error_ = nullptr;
  is_at_end_ = false;
}

void CopyAhead::fill(std::size_t count, Next next) {
  while (ready_.size() < count && !is_at_end_ && !error_) {
    try {
      std::optional<MicroBatch> micro = next();
      is_at_end_ = !micro;
      if (micro) copy(*std::move(micro));
    } catch (...) {
      error_ = std::current_exception();
    }
  }
}

void CopyAhead::copy(MicroBatch micro) {
  order(streams_.getStream(device_), copies_);
  const OnStream guard(streams_, copies_);
  AnyBatch source = micro.batch;
  move_to_device(micro.batch, device_);
  ready_.push_back({std::move(micro), std::move(source)});
}

/// What `then` is given from now on begins when `first` is done with what it was given until now.
void CopyAhead::order(const c10::Stream& first, const c10::Stream& then) const {
  void* event = nullptr;
  streams_.record(&event, first, device_.index(), c10::EventFlag::PYTORCH_DEFAULT);
  streams_.block(event, then);
  streams_.destroyEvent(event, device_.index());  // the wait stays
}

}  // namespace baton::train
