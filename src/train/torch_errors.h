// Errors of LibTorch, told in one line: what was being done, with which shapes, and what LibTorch says, without its
// backtrace.
#pragma once

#include <string>

#include <c10/util/FunctionRef.h>

#include "baton/train/batch.h"

namespace baton::train {

/// Runs `work`. A c10::Error becomes an OutOfMemoryError if memory ran out, else an Error, whose message begins with
/// `doing` and, if given, the shapes of `batch`; the original is nested in it. Other exceptions pass.
void with_clear_errors(const char* doing, const AnyBatch* batch, c10::function_ref<void()> work);

/// To be called while an exception of any type is handled: throws an Error, or an OutOfMemoryError if memory ran out,
/// that says `doing` and why it failed, with the exception nested in it.
[[noreturn]] void throw_with_cause(const std::string& doing);

}  // namespace baton::train
