// emissions.csv: one row a run, shared by many runs and by CodeCarbon itself.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "src/track/codecarbon/totals.h"

namespace baton::track::carbon {

/// Replaces the row with the same run_id, or appends. `row` is in the order of kColumns; a file whose header has these
/// columns in another order keeps that. A file with other columns, or one that is damaged, is renamed to
/// emissions.csv.bak (emissions.csv_0.bak, _1, ... if that is taken), as CodeCarbon does, and a new one begins. Other
/// rows keep their bytes; the file is complete at any moment. Two Baton processes do not undo each other's rows.
/// Missing folders are made. Throws FileError.
void write_row(const std::filesystem::path& file, const std::vector<std::string>& row);

/// What the file tells of a run; nothing if it or its row is not there, or it cannot be read.
std::optional<Totals> read_totals(const std::filesystem::path& file, const std::string& run_id);

}  // namespace baton::track::carbon
