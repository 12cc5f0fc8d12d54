#include "src/train/torch_errors.h"

#include <c10/util/Exception.h>

#include <algorithm>
#include <exception>

#include "baton/core/errors.h"

namespace baton::train {
namespace {

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

/// To be called in the handler of `error`.
[[noreturn]] void throw_clear(const std::string& doing, const c10::Error& error) {
  const std::string said = one_line(error.what_without_backtrace());
  const std::string message = doing + " failed: " + said;
  if (is_out_of_memory(error, said)) std::throw_with_nested(OutOfMemoryError(message));
  std::throw_with_nested(Error(message));
}

}  // namespace

void with_clear_errors(const char* doing, const AnyBatch* batch, c10::function_ref<void()> work) {
  try {
    work();
  } catch (const c10::Error& error) {
    throw_clear(batch == nullptr ? doing : doing + (" (" + batch->describe() + ")"), error);
  }
}

void throw_with_cause(const std::string& doing) {
  try {
    throw;
  } catch (const c10::Error& error) {
    throw_clear(doing, error);
  } catch (const OutOfMemoryError& error) {
    std::throw_with_nested(OutOfMemoryError(doing + " failed: " + error.what()));
  } catch (const std::exception& error) {
    std::throw_with_nested(Error(doing + " failed: " + error.what()));
  } catch (...) {
    std::throw_with_nested(Error(doing + " failed with something that is no std::exception"));
  }
}

}  // namespace baton::train
