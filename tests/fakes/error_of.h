// What an error says that some work has to throw.
#pragma once

#include <string>

namespace baton::fakes {

/// The message of the Error that `work` throws; any other error passes through, and fails the test.
template <class Error, class Work>
std::string error_of(const Work& work) {
  try {
    work();
  } catch (const Error& error) {
    return error.what();
  }
  return "nothing was thrown";
}

}  // namespace baton::fakes
