// The tables of an mlflow.db as far as a run needs them.
#pragma once

#include <filesystem>

#include "src/track/mlflow/sqlite_database.h"

namespace baton::track {

/// Makes the tables of a new file, at the level of MLflow 1.2, from which every later MLflow brings the file to its own
/// level when it opens it. Files that have tables stay as they are. `artifacts` becomes the place of experiment 0.
void make_mlflow_tables(SqliteDatabase& database, const std::filesystem::path& artifacts);

}  // namespace baton::track
