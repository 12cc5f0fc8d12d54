#include "src/track/codecarbon/csv.h"

#include "baton/core/errors.h"

namespace baton::track::carbon {

namespace {

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  std::vector<CsvRecord> records() {
    std::vector<CsvRecord> records;
    while (at_ < text_.size()) {
      CsvRecord one = record();
      if (one.fields.size() > 1 || !one.fields[0].empty()) records.push_back(std::move(one));
    }
    return records;
  }

 private:
  CsvRecord record() {
    CsvRecord record{.begin = at_};
    for (;;) {
      record.fields.push_back(field());
      if (!skip(',')) break;
    }
    skip('\r');
    skip('\n');
    record.end = at_;
    return record;
  }

  std::string field() {
    std::string value;
    while (at_ < text_.size() && !is_end(text_[at_])) {
      if (text_[at_] == '"') {
        add_quoted(value);
      } else {
        value += text_[at_++];
      }
    }
    return value;
  }

  bool is_end(char letter) const { return letter == ',' || letter == '\n' || letter == '\r'; }

  /// From a quote on; behind its closing one it may go on.
  void add_quoted(std::string& value) {
    const std::size_t begin = at_++;
    for (;;) {
      if (at_ >= text_.size()) throw Error("CSV: the quote at byte " + std::to_string(begin) + " is not closed");
      if (!skip('"')) {
        value += text_[at_++];
      } else if (skip('"')) {
        value += '"';
      } else {
        return;
      }
    }
  }

  bool skip(char letter) {
    if (at_ >= text_.size() || text_[at_] != letter) return false;
    ++at_;
    return true;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

std::string quoted(const std::string& field) {
  if (field.find_first_of(",\"\r\n") == std::string::npos) return field;
  std::string text = "\"";
  for (const char letter : field) {
    if (letter == '"') text += '"';
    text += letter;
  }
  return text + '"';
}

}  // namespace

std::vector<CsvRecord> parse_csv(std::string_view text) { return Parser(text).records(); }

std::string csv_line(const std::vector<std::string>& fields) {
  std::string line;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (i > 0) line += ',';
    line += quoted(fields[i]);
  }
  return line + '\n';
}

}  // namespace baton::track::carbon
