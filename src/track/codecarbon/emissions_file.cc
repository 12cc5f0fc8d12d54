#include "src/track/codecarbon/emissions_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <iterator>

#include "src/base/files.h"
#include "src/track/codecarbon/csv.h"
#include "src/track/codecarbon/emissions_row.h"

namespace baton::track::carbon {

namespace fs = std::filesystem;

namespace {

using Strings = std::vector<std::string>;

/// Keeps other Baton processes out of a folder. Where its file system has no locks it does nothing.
class FolderLock {
 public:
  explicit FolderLock(const fs::path& folder) : descriptor_(::open(folder.c_str(), O_RDONLY | O_CLOEXEC)) {
    if (descriptor_ >= 0) ::flock(descriptor_, LOCK_EX);
  }
  ~FolderLock() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;

 private:
  int descriptor_;
};

fs::path folder_of(const fs::path& file) { return file.has_parent_path() ? file.parent_path() : "."; }

Strings columns() { return {kColumns.begin(), kColumns.end()}; }

Strings sorted(Strings strings) {
  std::sort(strings.begin(), strings.end());
  return strings;
}

std::size_t place_of(const Strings& header, std::string_view column) {
  return static_cast<std::size_t>(std::find(header.begin(), header.end(), column) - header.begin());
}

/// The text and its records, the header first. Without records: no file, an empty one, or one that is not ours.
struct Table {
  std::string text{};
  std::vector<CsvRecord> records{};
  bool is_foreign = false;
};

Table read_table(const fs::path& file) {
  Table table;
  if (!fs::exists(file)) return table;
  table.text = read_file(file);
  try {
    table.records = parse_csv(table.text);
  } catch (const Error&) {
    table.records.clear();
  }
  const bool is_ours = !table.records.empty() && sorted(table.records[0].fields) == sorted(columns());
  if (!is_ours) table = {.is_foreign = !table.text.empty()};
  return table;
}

const CsvRecord* row_of(const Table& table, const std::string& run_id) {
  if (table.records.empty()) return nullptr;
  const std::size_t at = place_of(table.records[0].fields, "run_id");
  const auto found = std::find_if(table.records.begin() + 1, table.records.end(), [&](const CsvRecord& record) {
    return at < record.fields.size() && record.fields[at] == run_id;
  });
  return found == table.records.end() ? nullptr : &*found;
}

void set_aside(const fs::path& file) {
  fs::path backup = file.string() + ".bak";
  for (int i = 0; fs::exists(backup); ++i) backup = file.string() + "_" + std::to_string(i) + ".bak";
  Disk disk;
  rename_path(disk, file, backup);
}

Strings in_order_of(const Strings& header, const Strings& row) {
  Strings fields;
  std::transform(header.begin(), header.end(), std::back_inserter(fields),
                 [&](const std::string& column) { return row[place_of(columns(), column)]; });
  return fields;
}

std::string with_row(Table table, const Strings& row) {
  if (table.records.empty()) return csv_line(columns()) + csv_line(row);
  const std::string line = csv_line(in_order_of(table.records[0].fields, row));
  if (const CsvRecord* const old = row_of(table, row[place_of(columns(), "run_id")]))
    return table.text.replace(old->begin, old->end - old->begin, line);
  if (table.text.back() != '\n') table.text += '\n';
  return table.text + line;
}

}  // namespace

void write_row(const fs::path& file, const Strings& row) {
  Disk disk;
  make_folders(disk, folder_of(file));
  const FolderLock lock(folder_of(file));
  Table table = read_table(file);
  if (table.is_foreign) set_aside(file);
  const std::string text = with_row(std::move(table), row);
  replace_file(file, [&](ByteSink& sink) { sink.write(text); });
}

std::optional<Totals> read_totals(const fs::path& file, const std::string& run_id) {
  try {
    const Table table = read_table(file);
    const CsvRecord* const row = row_of(table, run_id);
    if (row == nullptr) return std::nullopt;
    return totals_of(table.records[0].fields, row->fields);
  } catch (const std::exception&) {
    return std::nullopt;
  }
}

}  // namespace baton::track::carbon
