// ProcessingClass: what prepares the data of a model, such as a tokenizer or a normaliser.
#pragma once

#include <filesystem>

namespace baton {

/// Travels along with the model: callbacks reach it through baton::processing_class(event), and wherever the model is
/// saved, it is.
class ProcessingClass {
 public:
  virtual ~ProcessingClass() = default;
  /// Writes its files into `folder`, which exists.
  virtual void save(const std::filesystem::path& folder) const = 0;
};

}  // namespace baton
