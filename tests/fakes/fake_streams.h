// Text streams for tests: a file that keeps its text, and a terminal that shows what a person would see.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "baton/core/text_stream.h"
#include "src/base/utf8.h"

namespace baton::fakes {

/// A file or a pipe.
class StringSink final : public TextStream {
 public:
  void write(std::string_view written) noexcept override { text += written; }
  int columns() const noexcept override { return 0; }

  std::vector<std::string> lines() const {
    std::vector<std::string> lines;
    for (std::size_t start = 0, end = 0; start < text.size(); start = end + 1) {
      end = std::min(text.find('\n', start), text.size());
      lines.push_back(text.substr(start, end - start));
    }
    return lines;
  }

  std::string text;
};

/// A terminal of endless height. It knows what Baton writes: line breaks, returns, cursor up, clearing; any other
/// control character shows up in the text. A character beyond the last column starts a new row, as on real ones.
class FakeTerminal final : public TextStream {
 public:
  explicit FakeTerminal(int columns = 80) : columns_(columns) {}

  void write(std::string_view text) noexcept override {
    ++writes;
    while (!text.empty()) text.remove_prefix(put(text));
  }
  int columns() const noexcept override { return columns_; }
  void resize(int columns) { columns_ = columns; }

  /// The rows, without trailing blanks; the last one is where the cursor is or below it.
  std::vector<std::string> screen() const {
    std::vector<std::string> rows;
    for (const Row& row : rows_) {
      std::string text;
      for (const std::string& cell : row) text += cell;
      text.erase(text.find_last_not_of(' ') + 1);
      rows.push_back(text);
    }
    return rows;
  }

  int writes = 0;

 private:
  using Row = std::vector<std::string>;

  std::size_t put(std::string_view text) {
    if (text.starts_with("\x1b[A")) return up(), 3;
    if (text.starts_with("\x1b[K")) return clear_row(), 3;
    if (text.starts_with("\x1b[J")) return clear_row(), rows_.resize(row_ + 1), 3;
    if (text.front() == '\r') return column_ = 0, 1;
    if (text.front() == '\n') return next_row(), 1;
    const std::size_t length = first_code_point(text).length;
    put_cell(std::string(text.substr(0, length)));
    return length;
  }

  void up() { row_ -= std::min<std::size_t>(row_, 1); }
  void clear_row() { rows_[row_].resize(std::min(rows_[row_].size(), column_)); }
  void next_row() {
    column_ = 0;
    if (++row_ == rows_.size()) rows_.emplace_back();
  }
  void put_cell(std::string cell) {
    if (column_ == static_cast<std::size_t>(columns_)) next_row();
    Row& row = rows_[row_];
    if (row.size() <= column_) row.resize(column_ + 1, " ");
    row[column_++] = std::move(cell);
  }

  int columns_;
  std::vector<Row> rows_ = std::vector<Row>(1);
  std::size_t row_ = 0;
  std::size_t column_ = 0;
};

}  // namespace baton::fakes
