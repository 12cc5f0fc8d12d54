#include "baton/train/stream.h"

#include <utility>

#include "baton/core/errors.h"

namespace baton {

RestartableStream::RestartableStream(Open open) : open_(std::move(open)) {
  if (!open_) throw ConfigError("RestartableStream: expected a function that starts a pass, found none");
}

OneShotStream::OneShotStream(NextBatch next) : next_(std::move(next)) {
  if (!next_) throw ConfigError("OneShotStream: expected a function that gives the next batch, found none");
}

std::optional<AnyBatch> OneShotStream::next(std::int64_t samples) {
  if (ended_) return std::nullopt;
  std::optional<AnyBatch> batch = next_(samples);
  ended_ = !batch.has_value();
  return batch;
}

}  // namespace baton
