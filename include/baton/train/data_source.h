// DataSource: what can be trained on or evaluated: a Dataset or a Stream.
#pragma once

#include <concepts>
#include <cstddef>
#include <memory>
#include <utility>

#include "baton/train/dataset.h"
#include "baton/train/stream.h"

namespace baton {

/// Shares what it was made from. Empty when made from nothing or from a null pointer.
class DataSource {
 public:
  DataSource() = default;
  DataSource(std::nullptr_t) {}
  template <std::convertible_to<std::shared_ptr<const Dataset>> Pointer>
  DataSource(Pointer dataset) : dataset_(std::move(dataset)) {}
  template <std::convertible_to<std::shared_ptr<Stream>> Pointer>
  DataSource(Pointer stream) : stream_(std::move(stream)) {}

  explicit operator bool() const { return dataset_ || stream_; }
  /// Null if it is a stream.
  const std::shared_ptr<const Dataset>& dataset() const { return dataset_; }
  /// Null if it is a data set.
  const std::shared_ptr<Stream>& stream() const { return stream_; }

 private:
  std::shared_ptr<const Dataset> dataset_;
  std::shared_ptr<Stream> stream_;
};

}  // namespace baton
