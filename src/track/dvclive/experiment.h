// Experiments: DVC keeps one as a git commit whose parent is the commit the run began from, under a reference of its
// own (refs/exps/<2>/<38>/<name>). HEAD, index and files of the repository stay as they are.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "baton/core/errors.h"

namespace baton::track {

/// What git cannot do. what() is git's own reason.
class GitError : public Error {
 public:
  GitError(const std::string& reason, bool of_the_system) : Error(reason), of_the_system_(of_the_system) {}
  /// The disk or the system refused, not git: it may be better later.
  bool of_the_system() const { return of_the_system_; }

 private:
  bool of_the_system_;
};

struct GitHead {
  std::filesystem::path root;  ///< of the working tree
  std::string commit;          ///< 40 digits; empty: there is no commit yet
};

/// The repository that `inside` lies in; nothing if it lies in none that has files. Throws GitError.
std::optional<GitHead> git_head(const std::filesystem::path& inside);

struct Experiment {
  std::filesystem::path root;
  std::string baseline;  ///< 40 digits
  std::string name;
};

/// False for what cannot be a part of a reference, and with a slash in it.
bool is_experiment_name(std::string_view name);
/// Throws GitError.
bool experiment_exists(const Experiment& experiment);

struct ExperimentContent {
  std::vector<std::string> files;  ///< relative to the root: taken also if git does not know or ignores them
  std::string message;
  std::int64_t time = 0;  ///< seconds since 1970
};

/// Commits the tracked files as they are now and the given ones. An experiment of this name is replaced. The commit's
/// id. Throws GitError.
std::string save_experiment(const Experiment& experiment, const ExperimentContent& content);

}  // namespace baton::track
