// Outbox: what was logged as an artifact, kept until every tracker has it, whatever happens to the original.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace baton::track {

/// Files are linked where that works, else copied, into `<run folder>/outbox/<sequence>/`. Used from one thread.
class Outbox {
 public:
  /// It holds so many bytes at most.
  Outbox(std::filesystem::path run_folder, std::uint64_t most_bytes);

  /// Takes a file or folder for the entry of that sequence number; its place relative to the run's folder. Nothing,
  /// with the reason in problem(), if it cannot be read or kept, or there is no room.
  std::optional<std::filesystem::path> take(const std::filesystem::path& source, std::uint64_t sequence);
  /// Nobody will ask for what was taken there.
  void drop(const std::filesystem::path& place);
  /// Every tracker has the entries up to this one.
  void release(std::uint64_t sequence);
  const std::string& problem() const { return problem_; }

 private:
  std::filesystem::path run_folder_;
  std::uint64_t most_bytes_;
  std::string problem_;
};

}  // namespace baton::track
