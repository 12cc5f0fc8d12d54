#include "tests/track/dvclive/dvclive_fixture.h"

#include <git2.h>

#include <stdexcept>

#include "src/base/files.h"

namespace baton::track {

namespace fs = std::filesystem;

namespace {

void check(int result) {
  if (result < 0) throw std::runtime_error(git_error_last() != nullptr ? git_error_last()->message : "git failed");
}

void write(const fs::path& file, std::string_view content) {
  fs::create_directories(file.parent_path());
  write_file(file, content);
}

/// Everything of libgit2 that a test makes lives as long as the process: it is little.
git_repository* opened(const fs::path& folder) {
  git_libgit2_init();
  git_repository* repository = nullptr;
  check(git_repository_open(&repository, folder.c_str()));
  return repository;
}

}  // namespace

std::string make_git_repository(const fs::path& folder) {
  git_libgit2_init();
  git_repository* repository = nullptr;
  check(git_repository_init(&repository, folder.c_str(), 0));
  write(folder / "tracked.txt", "before");
  git_index* index = nullptr;
  git_oid tree_id{};
  git_oid id{};
  git_tree* tree = nullptr;
  git_signature* author = nullptr;
  check(git_repository_index(&index, repository));
  check(git_index_add_bypath(index, "tracked.txt"));
  check(git_index_write(index));
  check(git_index_write_tree(&tree_id, index));
  check(git_tree_lookup(&tree, repository, &tree_id));
  check(git_signature_new(&author, "Somebody", "somebody@example.org", 1'700'000'000, 0));
  check(git_commit_create(&id, repository, "HEAD", author, author, nullptr, "Begin", tree, 0, nullptr));
  git_signature_free(author);
  git_tree_free(tree);
  git_index_free(index);
  git_repository_free(repository);
  return commit_of(folder, "HEAD");
}

std::string file_in_commit(const fs::path& folder, const std::string& commit, const std::string& path) {
  git_repository* repository = opened(folder);
  git_object* object = nullptr;
  const int result = git_revparse_single(&object, repository, (commit + ":" + path).c_str());
  std::string content = "(none)";
  if (result == 0 && git_object_type(object) == GIT_OBJECT_BLOB) {
    const auto* blob = reinterpret_cast<const git_blob*>(object);
    content.assign(static_cast<const char*>(git_blob_rawcontent(blob)),
                   static_cast<std::size_t>(git_blob_rawsize(blob)));
  }
  git_object_free(object);
  git_repository_free(repository);
  return content;
}

std::string commit_of(const fs::path& folder, const std::string& reference) {
  git_repository* repository = opened(folder);
  git_oid id{};
  std::string text;
  if (git_reference_name_to_id(&id, repository, reference.c_str()) == 0) {
    text.resize(GIT_OID_HEXSZ);
    git_oid_fmt(text.data(), &id);
  }
  git_repository_free(repository);
  return text;
}

std::string DVCLiveTest::text(const std::string& name) const {
  return fs::is_regular_file(path(name)) ? read_file(path(name)) : "(none)";
}

void DVCLiveTest::put(const std::string& name, std::string_view content) const { write(path(name), content); }

DVCLiveOptions DVCLiveTest::options() const {
  DVCLiveOptions options;
  options.dir = path("dvclive");
  options.dvcyaml = path("dvc.yaml");
  return options;
}

std::unique_ptr<DVCLiveTracker> DVCLiveTest::tracker(DVCLiveOptions options, std::unique_ptr<Disk> disk) const {
  return std::make_unique<DVCLiveTracker>(std::move(options), std::move(disk));
}

std::unique_ptr<DVCLiveTracker> DVCLiveTest::started(DVCLiveOptions options) {
  auto made = tracker(std::move(options), std::make_unique<Disk>());
  const Status status = made->start(run_, remarks_, memory_);
  EXPECT_TRUE(status.ok()) << status.reason;
  return made;
}

void DVCLiveTest::feed(Tracker& tracker, const Entry& entry) {
  const Delivery delivery = tracker.write(std::span(&entry, 1));
  EXPECT_TRUE(delivery.status.ok()) << delivery.status.reason;
  EXPECT_EQ(delivery.stored, 1U);
}

}  // namespace baton::track
