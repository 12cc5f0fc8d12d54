// The exceptions Baton throws. Each message names the value, what was expected and where.
#pragma once

#include <stdexcept>
#include <string>
#include <vector>

namespace baton {

/// Base of everything Baton throws on purpose.
class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Arguments, or a combination of them, that cannot be used. May carry several problems; what() lists them all.
class ConfigError : public Error {
 public:
  explicit ConfigError(const std::string& problem) : ConfigError(std::vector<std::string>{problem}) {}
  explicit ConfigError(std::vector<std::string> problems);

  const std::vector<std::string>& problems() const noexcept { return problems_; }

 private:
  std::vector<std::string> problems_;
};

/// A checkpoint that is absent, incomplete or unreadable.
class CheckpointError : public Error {
 public:
  using Error::Error;
};

/// A state file, or a callback's state in it, that cannot be used.
class StateError : public CheckpointError {
 public:
  using CheckpointError::CheckpointError;
};

/// `metric_for_best_model` names a metric that the evaluation did not return.
class MissingMetricError : public Error {
 public:
  using Error::Error;
};

/// A live object (optimizer, data loader, ...) was asked for where it does not exist, or under another type.
class ObjectError : public Error {
 public:
  using Error::Error;
};

/// The engine ran out of device memory; `auto_find_batch_size` answers it with a smaller batch.
class OutOfMemoryError : public Error {
 public:
  using Error::Error;
};

/// A signal ended a run in good order: what was trained is saved, what() has been told, every callback got
/// on_close(kKilled). baton::run makes exit_code() of it; a program without it does so too, or goes on.
class Stopped : public Error {
 public:
  Stopped(int signal, const std::string& what) : Error(what), signal_(signal) {}

  int signal() const noexcept { return signal_; }
  /// As a shell reports a program that died of the signal: 130 for SIGINT, 143 for SIGTERM.
  int exit_code() const noexcept { return 128 + signal_; }

 private:
  int signal_;
};

}  // namespace baton
