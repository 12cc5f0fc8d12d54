// TokenFileDataset: text for language models as a file of token numbers, read where it lies. The format, and how to
// write such a file from Python: docs/data.md.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>

#include "baton/train/dataset.h"

namespace baton {

class MappedFile;

/// How each token is stored: an unsigned number, lowest byte first.
enum class TokenType { kUint16, kUint32 };

struct TokenFileOptions {
  TokenType type = TokenType::kUint16;
  std::int64_t sequence_length = 0;  ///< tokens of one sample; to be set
  std::int64_t vocabulary = 0;       ///< tokens must be below it; 0: not checked
};

/// Sample i is the sequence_length tokens from i * sequence_length on as `inputs`, and the tokens after each of them as
/// `labels`: both [samples, sequence_length] of 64-bit integers. What is left at the end of the file is not used. The
/// file is mapped: it may be larger than the memory, and must not be shortened while it is in use (the system then ends
/// the program with SIGBUS).
class TokenFileDataset final : public Dataset {
 public:
  /// Throws Error if the file cannot be read, ConfigError if its size is no whole number of tokens or too small for one
  /// sample, or an option makes no sense.
  TokenFileDataset(const std::filesystem::path& path, const TokenFileOptions& options);

  std::int64_t size() const override;
  /// Throws Error, with its place in the file, for a token outside the vocabulary.
  AnyBatch fetch(const FetchRequest& request) const override;

  /// In the whole file.
  std::int64_t tokens() const;

 private:
  /// sequence_length tokens from `first` on.
  void read(std::int64_t first, std::int64_t* to) const;

  std::filesystem::path path_;
  TokenFileOptions options_;
  std::shared_ptr<const MappedFile> file_;
};

/// Writes such a file, replacing an old one. Throws ConfigError for a token that the type cannot hold, Error if the
/// file cannot be written.
void write_token_file(const std::filesystem::path& path, std::span<const std::int64_t> tokens, TokenType type);

}  // namespace baton
