#include "src/train/torch_errors.h"

#include <c10/util/Exception.h>

#include <algorithm>
#include <exception>
#include <sstream>

#include "baton/core/errors.h"

namespace baton::train {
namespace {

std::string describe(const at::Tensor& tensor) {
  if (!tensor.defined()) return "none";
  std::ostringstream text;
  text << tensor.sizes() << " " << tensor.dtype();
  return text.str();
}

std::string one_line(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

/// What the reference takes for running out of memory.
bool is_out_of_memory(const c10::Error& error, const std::string& message) {
  return dynamic_cast<const c10::OutOfMemoryError*>(&error) != nullptr ||
         message.find("CUDA out of memory.") != std::string::npos ||
         message.find("cuDNN error: CUDNN_STATUS_NOT_SUPPORTED.") != std::string::npos ||
         message.find("DefaultCPUAllocator: can't allocate memory") != std::string::npos;
}

}  // namespace

void with_clear_errors(const char* doing, const Batch* batch, const std::function<void()>& work) {
  try {
    work();
  } catch (const c10::Error& error) {
    const std::string said = one_line(error.what_without_backtrace());
    const std::string shapes =
        batch == nullptr ? "" : " (inputs " + describe(batch->inputs) + ", labels " + describe(batch->labels) + ")";
    const std::string message = doing + (" failed" + shapes + ": " + said);
    if (is_out_of_memory(error, said)) std::throw_with_nested(OutOfMemoryError(message));
    std::throw_with_nested(Error(message));
  }
}

}  // namespace baton::train
