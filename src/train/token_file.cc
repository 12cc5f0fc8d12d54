#include "baton/train/token_file.h"

#include <ATen/ops/empty.h>

#include <bit>
#include <cstring>
#include <limits>
#include <string>

#include "baton/core/errors.h"
#include "src/base/files.h"
#include "src/base/mapped_file.h"

namespace baton {
namespace {

static_assert(std::endian::native == std::endian::little, "token files are read as they lie");

std::int64_t width(TokenType type) { return type == TokenType::kUint16 ? 2 : 4; }

std::string name_of(const std::filesystem::path& path) { return "Token file " + path.string(); }

void check_options(const TokenFileOptions& options) {
  if (options.sequence_length < 1) {
    throw ConfigError("TokenFileDataset: sequence_length is " + std::to_string(options.sequence_length) +
                      ", expected at least 1");
  }
  if (options.vocabulary < 0) {
    throw ConfigError("TokenFileDataset: vocabulary is " + std::to_string(options.vocabulary) +
                      ", expected 0 (not checked) or the number of tokens");
  }
}

template <class Token>
void widen(const std::byte* from, std::int64_t count, std::int64_t* to) {
  for (std::int64_t i = 0; i < count; ++i) {
    Token token;
    std::memcpy(&token, from + i * static_cast<std::int64_t>(sizeof token), sizeof token);
    to[i] = static_cast<std::int64_t>(token);
  }
}

void append_low_bytes(std::int64_t token, std::int64_t bytes, std::string& text) {
  for (std::int64_t i = 0; i < bytes; ++i) text += static_cast<char>(token >> (8 * i) & 0xff);
}

}  // namespace

TokenFileDataset::TokenFileDataset(const std::filesystem::path& path, const TokenFileOptions& options)
    : path_(path), options_(options), file_((check_options(options), std::make_shared<MappedFile>(path))) {
  const std::size_t bytes = file_->bytes().size();
  if (bytes % static_cast<std::size_t>(width(options.type)) != 0) {
    throw ConfigError(name_of(path) + " has " + std::to_string(bytes) + " bytes, expected a whole number of " +
                      std::to_string(width(options.type)) + "-byte tokens: it is cut off, or of another type");
  }
  if (size() < 1) {
    throw ConfigError(name_of(path) + " has " + std::to_string(tokens()) + " tokens, expected at least " +
                      std::to_string(options.sequence_length + 1) + ": a sequence of " +
                      std::to_string(options.sequence_length) + " and the token after it");
  }
}

std::int64_t TokenFileDataset::tokens() const {
  return static_cast<std::int64_t>(file_->bytes().size()) / width(options_.type);
}

std::int64_t TokenFileDataset::size() const { return (tokens() - 1) / options_.sequence_length; }

AnyBatch TokenFileDataset::fetch(const FetchRequest& request) const {
  const std::int64_t length = options_.sequence_length;
  const auto samples = static_cast<std::int64_t>(request.indices.size());
  const Batch batch{at::empty({samples, length}, at::kLong), at::empty({samples, length}, at::kLong)};
  auto* inputs = batch.inputs.mutable_data_ptr<std::int64_t>();
  auto* labels = batch.labels.mutable_data_ptr<std::int64_t>();
  for (const std::int64_t index : request.indices) {
    read(index * length, inputs);
    read(index * length + 1, labels);
    inputs += length;
    labels += length;
  }
  return batch;
}

void TokenFileDataset::read(std::int64_t first, std::int64_t* to) const {
  const std::int64_t length = options_.sequence_length;
  if (first < 0 || first + length > tokens()) {
    throw Error(name_of(path_) + ": there are no tokens " + std::to_string(first) + " to " +
                std::to_string(first + length - 1) + ", it has " + std::to_string(tokens()));
  }
  const std::byte* from = file_->bytes().data() + first * width(options_.type);
  if (options_.type == TokenType::kUint16) widen<std::uint16_t>(from, length, to);
  if (options_.type == TokenType::kUint32) widen<std::uint32_t>(from, length, to);
  if (options_.vocabulary == 0) return;
  for (std::int64_t i = 0; i < length; ++i) {
    if (to[i] < options_.vocabulary) continue;
    throw Error(name_of(path_) + ": token " + std::to_string(first + i) + " is " + std::to_string(to[i]) +
                ", expected less than " + std::to_string(options_.vocabulary) +
                ": the file is damaged, of another type, or made with another vocabulary");
  }
}

void write_token_file(const std::filesystem::path& path, std::span<const std::int64_t> tokens, TokenType type) {
  const std::int64_t largest = type == TokenType::kUint16 ? std::numeric_limits<std::uint16_t>::max()
                                                          : std::int64_t{std::numeric_limits<std::uint32_t>::max()};
  std::string bytes;
  bytes.reserve(tokens.size() * static_cast<std::size_t>(width(type)));
  for (const std::int64_t token : tokens) {
    if (token < 0 || token > largest) {
      throw ConfigError("write_token_file: token " + std::to_string(token) + ", expected 0 to " +
                        std::to_string(largest));
    }
    append_low_bytes(token, width(type), bytes);
  }
  write_file(path, bytes);
}

}  // namespace baton
