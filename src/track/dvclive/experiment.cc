#include "src/track/dvclive/experiment.h"

#include <git2.h>

#include <memory>

namespace baton::track {
namespace {

/// Its calls may nest; the last one to go cleans up.
struct GitLibrary {
  GitLibrary() { git_libgit2_init(); }
  ~GitLibrary() { git_libgit2_shutdown(); }
  GitLibrary(const GitLibrary&) = delete;
  GitLibrary& operator=(const GitLibrary&) = delete;
};

template <auto Free>
struct Freed {
  template <class T>
  void operator()(T* object) const {
    Free(object);
  }
};
using Repository = std::unique_ptr<git_repository, Freed<git_repository_free>>;
using Reference = std::unique_ptr<git_reference, Freed<git_reference_free>>;
using Index = std::unique_ptr<git_index, Freed<git_index_free>>;
using Tree = std::unique_ptr<git_tree, Freed<git_tree_free>>;
using Commit = std::unique_ptr<git_commit, Freed<git_commit_free>>;
using Signature = std::unique_ptr<git_signature, Freed<git_signature_free>>;

void check(int result) {
  if (result >= 0) return;
  const git_error* error = git_error_last();
  if (error == nullptr) throw GitError("git failed with code " + std::to_string(result), false);
  throw GitError(error->message, error->klass == GIT_ERROR_OS || error->klass == GIT_ERROR_FILESYSTEM);
}

/// Makes a T with a function of libgit2 that gives it in its first argument.
template <class T, class Make, class... Arguments>
T made(Make make, Arguments... arguments) {
  typename T::pointer object = nullptr;
  check(make(&object, arguments...));
  return T(object);
}

Repository open(const std::filesystem::path& root) { return made<Repository>(git_repository_open, root.c_str()); }

std::string reference_name(const Experiment& experiment) {
  const std::string& commit = experiment.baseline;
  return "refs/exps/" + commit.substr(0, 2) + "/" + commit.substr(2) + "/" + experiment.name;
}

std::string text_of(const git_oid& id) {
  std::string text(GIT_OID_HEXSZ, '0');
  git_oid_fmt(text.data(), &id);
  return text;
}

/// Somebody without a name in git's settings saves experiments too.
Signature signature(git_repository* repository, std::int64_t time) {
  git_signature* of_user = nullptr;
  Signature user;
  if (git_signature_default(&of_user, repository) == 0) user.reset(of_user);
  return made<Signature>(git_signature_new, user ? user->name : "Baton", user ? user->email : "baton@localhost",
                         git_time_t{time}, 0);
}

/// The tree of tracked files as they are, and of the given ones. The index is changed in memory only.
Tree tree_of(git_repository* repository, const ExperimentContent& content) {
  const Index index = made<Index>(git_repository_index, repository);
  check(git_index_update_all(index.get(), nullptr, nullptr, nullptr));
  for (const std::string& file : content.files) check(git_index_add_bypath(index.get(), file.c_str()));
  git_oid id{};
  check(git_index_write_tree_to(&id, index.get(), repository));
  return made<Tree>(git_tree_lookup, repository, &id);
}

}  // namespace

std::optional<GitHead> git_head(const std::filesystem::path& inside) {
  const GitLibrary library;
  git_repository* found = nullptr;
  const int result = git_repository_open_ext(&found, inside.c_str(), 0, nullptr);
  const Repository repository(found);
  if (result == GIT_ENOTFOUND) return std::nullopt;
  check(result);
  if (git_repository_is_bare(found) == 1) return std::nullopt;
  GitHead head{git_repository_workdir(found), {}};
  git_oid id{};
  const int resolved = git_reference_name_to_id(&id, found, "HEAD");
  if (resolved != GIT_ENOTFOUND) {
    check(resolved);
    head.commit = text_of(id);
  }
  return head;
}

bool is_experiment_name(std::string_view name) {
  const GitLibrary library;
  const std::string reference = "refs/exps/" + std::string(name);
  int is_valid = 0;
  return name.find('/') == std::string_view::npos && git_reference_name_is_valid(&is_valid, reference.c_str()) == 0 &&
         is_valid == 1;
}

bool experiment_exists(const Experiment& experiment) {
  const GitLibrary library;
  const Repository repository = open(experiment.root);
  git_oid id{};
  const int result = git_reference_name_to_id(&id, repository.get(), reference_name(experiment).c_str());
  if (result != GIT_ENOTFOUND) check(result);
  return result == 0;
}

std::string save_experiment(const Experiment& experiment, const ExperimentContent& content) {
  const GitLibrary library;
  const Repository repository = open(experiment.root);
  const Tree tree = tree_of(repository.get(), content);
  git_oid baseline{};
  check(git_oid_fromstr(&baseline, experiment.baseline.c_str()));
  const Commit parent = made<Commit>(git_commit_lookup, repository.get(), &baseline);
  const Signature author = signature(repository.get(), content.time);
  const git_commit* parents[] = {parent.get()};
  git_oid id{};
  check(git_commit_create(&id, repository.get(), nullptr, author.get(), author.get(), nullptr, content.message.c_str(),
                          tree.get(), 1, parents));
  const std::string name = reference_name(experiment);
  const Reference reference =
      made<Reference>(git_reference_create, repository.get(), name.c_str(), &id, 1, "commit: experiment");
  return text_of(id);
}

}  // namespace baton::track
