// Stream: data without a length, read batch after batch: a file too large to count, a simulator, a socket. Training on
// one needs max_steps.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

#include "baton/train/collate.h"

namespace baton {

/// Which pass over a stream begins.
struct StreamPass {
  std::int64_t seed = 0;
  std::int64_t epoch = 0;  ///< 0 in evaluations
};

/// Called by one thread at a time. With workers that is one of them, which reads ahead, if the stream restarts.
class Stream {
 public:
  virtual ~Stream() = default;
  /// Whether each pass begins at the start. Otherwise a pass goes on where the last one ended, and a stream that has
  /// ended stays so.
  virtual bool restarts() const = 0;
  /// Called before each pass.
  virtual void begin(const StreamPass& pass) = 0;
  /// The next batch, of at most `samples` samples, or nothing at the end. Only the last batch may have fewer.
  virtual std::optional<AnyBatch> next(std::int64_t samples) = 0;
};

/// A function that does what Stream::next does.
using NextBatch = std::function<std::optional<AnyBatch>(std::int64_t samples)>;

/// A stream that can be read again: `open` starts a pass. A resumed run reads and drops what came before, so a pass
/// must be a function of seed and epoch for a resume to be exact.
class RestartableStream final : public Stream {
 public:
  using Open = std::function<NextBatch(const StreamPass& pass)>;

  /// Throws ConfigError if `open` is empty.
  explicit RestartableStream(Open open);

  bool restarts() const override { return true; }
  void begin(const StreamPass& pass) override { next_ = open_(pass); }
  std::optional<AnyBatch> next(std::int64_t samples) override { return next_(samples); }

 private:
  Open open_;
  NextBatch next_;
};

/// A stream that can be read once. It is not asked again after its end.
class OneShotStream final : public Stream {
 public:
  /// Throws ConfigError if `next` is empty.
  explicit OneShotStream(NextBatch next);

  bool restarts() const override { return false; }
  void begin(const StreamPass& /*pass*/) override {}
  std::optional<AnyBatch> next(std::int64_t samples) override;

 private:
  NextBatch next_;
  bool ended_ = false;
};

/// Batches of a stream, from a function that gives sample after sample, then nothing: std::optional<MySample> next().
/// An exception becomes an Error that names the sample by its number in the pass.
template <class Next, class Collate = DefaultCollate>
auto in_batches(Next next, Collate collate = {}) {
  using Item = typename std::invoke_result_t<Next&>::value_type;
  return [next = std::move(next), collate = std::move(collate), read = std::int64_t{0},
          ended = false](std::int64_t count) mutable -> std::optional<AnyBatch> {
    std::vector<Item> samples;
    try {
      while (!ended && static_cast<std::int64_t>(samples.size()) < count) {
        std::optional<Item> sample = next();
        ended = !sample.has_value();
        if (sample) samples.push_back(std::move(*sample));
        if (sample) ++read;
      }
    } catch (...) {
      detail::throw_sample_error(read);
    }
    if (samples.empty()) return std::nullopt;
    return collate(std::move(samples));
  };
}

}  // namespace baton
