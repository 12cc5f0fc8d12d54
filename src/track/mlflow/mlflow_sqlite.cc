#include "src/track/mlflow/mlflow_sqlite.h"

#include <sqlite3.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <utility>

#include "src/base/disk.h"
#include "src/base/files.h"
#include "src/track/mlflow/mlflow_schema.h"

namespace baton::track {

namespace {

namespace fs = std::filesystem;

/// As MLflow makes them: 32 hexadecimal digits.
std::string new_run_id() {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::random_device random;
  std::string id;
  for (int word = 0; word < 4; ++word) {
    for (std::uint32_t i = 0, bits = random(); i < 8; ++i, bits >>= 4) id += kDigits[bits & 15];
  }
  return id;
}

/// A fault that no second attempt mends. Disks that are full or read-only, and locks of others, pass.
bool is_lasting(int code) { return code == SQLITE_AUTH || code == SQLITE_NOTADB || code == SQLITE_CORRUPT; }

/// As MLflow stores it: NaN as a flag, infinity as the largest number.
double stored_value(double value) {
  constexpr double kLargest = std::numeric_limits<double>::max();
  return std::isnan(value) ? 0 : std::clamp(value, -kLargest, kLargest);
}

/// Where artifacts lie; relative if it is nowhere here.
fs::path local_path(const std::string& uri) { return uri.starts_with("file://") ? uri.substr(7) : uri; }

}  // namespace

MlflowSqlite::MlflowSqlite(fs::path file, std::chrono::milliseconds patience)
    : file_(std::move(file)), patience_(patience) {}

Status MlflowSqlite::guarded(const std::function<void()>& work) {
  try {
    work();
    return {};
  } catch (const SqliteError& error) {                       // also where MLflow is just changing the tables
    if (error.code() == SQLITE_READONLY) database_.reset();  // it would stay so
    const std::string reason = file_.string() + ": " + error.what();
    return is_lasting(error.code()) ? Status::unusable(reason) : Status::temporary(reason);
  } catch (const FileError& error) {
    return Status::temporary(error.what());
  } catch (const fs::filesystem_error& error) {
    return Status::temporary(error.what());
  }
}

Status MlflowSqlite::in_transaction(const std::function<void()>& work) {
  return guarded([&] {
    if (!database_) database_.emplace(file_, patience_);
    database_->transaction(work);
  });
}

Status MlflowSqlite::open(const MlflowRunPlan& plan, MlflowRun& run) {
  run_ = {};
  Status found;
  Status status = guarded([&] {
    Disk disk;
    make_folders(disk, file_.parent_path());
    make_mlflow_tables(database_.emplace(file_, patience_), file_.parent_path() / "mlruns");
    database_->transaction([&] { found = find_or_make_run(plan); });
  });
  run = run_;
  return status.ok() ? found : status;
}

Status MlflowSqlite::missing(const std::string& what) const {
  return Status::unusable(file_.string() + " has no " + what + ", or it was deleted");
}

Status MlflowSqlite::find_or_make_run(const MlflowRunPlan& plan) {
  if (!plan.run_id.empty()) return find_run(plan.run_id);
  const auto known = database_->text_of(
      "SELECT run_uuid FROM runs JOIN tags USING (run_uuid) WHERE key = ? AND value = ? AND lifecycle_stage = 'active'",
      {kMlflowJournalTag, plan.journal});
  if (known) return find_run(*known);
  if (Status status = find_experiment(plan); !status.ok()) return status;
  make_run(plan);
  return {};
}

Status MlflowSqlite::find_run(const std::string& run_id) {
  SqliteStatement query = database_->prepare(
      "SELECT experiment_id, artifact_uri FROM runs WHERE run_uuid = ? AND lifecycle_stage = 'active'");
  query.begin({run_id});
  if (!query.next()) return missing("run " + run_id);
  run_ = {.run_id = run_id, .experiment_id = query.text(0), .artifact_uri = query.text(1)};
  const auto read = [&](const char* statement, std::map<std::string, std::string>& texts) {
    SqliteStatement rows = database_->prepare(statement);
    rows.begin({run_id});
    while (rows.next()) texts[rows.text(0)] = rows.text(1);
  };
  read("SELECT key, value FROM params WHERE run_uuid = ?", run_.params);
  read("SELECT key, value FROM tags WHERE run_uuid = ?", run_.tags);
  return {};
}

Status MlflowSqlite::find_experiment(const MlflowRunPlan& plan) {
  const bool by_id = !plan.experiment_id.empty();
  const std::string wanted = by_id                          ? plan.experiment_id
                             : plan.experiment_name.empty() ? "Default"
                                                            : plan.experiment_name;
  SqliteStatement query =
      database_->prepare(std::string("SELECT experiment_id, artifact_location, lifecycle_stage FROM experiments WHERE ")
                             .append(by_id ? "experiment_id = ?" : "name = ?"));
  query.begin({wanted});
  if (!query.next()) {
    if (by_id) return missing("experiment " + wanted);
    make_experiment(wanted);
    return {};
  }
  run_.experiment_id = query.text(0);
  run_.artifact_uri = query.text(1);
  return query.text(2) == "deleted" ? missing("experiment " + wanted) : Status();
}

void MlflowSqlite::make_experiment(const std::string& name) {
  database_->prepare("INSERT INTO experiments (name, lifecycle_stage) VALUES (?, 'active')").run({name});
  const std::int64_t id = database_->last_row();
  run_.experiment_id = std::to_string(id);
  run_.artifact_uri = (file_.parent_path() / "mlruns" / run_.experiment_id).string();
  database_->prepare("UPDATE experiments SET artifact_location = ? WHERE experiment_id = ?")
      .run({run_.artifact_uri, id});
}

void MlflowSqlite::make_run(const MlflowRunPlan& plan) {
  run_.is_new = true;
  run_.run_id = new_run_id();
  run_.artifact_uri.append("/").append(run_.run_id).append("/artifacts");
  const std::string name = plan.name.empty() ? plan.journal : plan.name;
  database_
      ->prepare(
          "INSERT INTO runs (run_uuid, name, source_type, source_name, entry_point_name, user_id, status, "
          "start_time, source_version, lifecycle_stage, artifact_uri, experiment_id) "
          "VALUES (?, ?, 'UNKNOWN', '', '', ?, 'RUNNING', ?, '', 'active', ?, ?)")
      .run({run_.run_id, name, plan.user, plan.start_ms, run_.artifact_uri, run_.experiment_id});
  write_tags(plan.tags);
  write_tags({{"mlflow.runName", name}, {kMlflowJournalTag, plan.journal}});
}

Status MlflowSqlite::log(const MlflowBatch& batch) {
  return in_transaction([&] { write(batch); });
}

void MlflowSqlite::write(const MlflowBatch& batch) {
  SqliteStatement point = database_->prepare(
      "INSERT OR IGNORE INTO metrics (key, value, timestamp, run_uuid, step, is_nan) VALUES (?, ?, ?, ?, ?, ?)");
  SqliteStatement latest = database_->prepare(
      "INSERT INTO latest_metrics (key, value, timestamp, run_uuid, step, is_nan) VALUES (?, ?, ?, ?, ?, ?) "
      "ON CONFLICT (key, run_uuid) DO UPDATE SET value = excluded.value, timestamp = excluded.timestamp, "
      "step = excluded.step, is_nan = excluded.is_nan WHERE (excluded.step, excluded.timestamp, excluded.value) > "
      "(latest_metrics.step, latest_metrics.timestamp, latest_metrics.value)");
  for (const auto& [key, value, time_ms, step] : batch.metrics()) {
    const std::int64_t is_nan = std::isnan(value) ? 1 : 0;
    point.run({key, stored_value(value), time_ms, run_.run_id, step, is_nan});
    latest.run({key, stored_value(value), time_ms, run_.run_id, step, is_nan});
  }
  SqliteStatement param = database_->prepare("INSERT OR IGNORE INTO params (key, value, run_uuid) VALUES (?, ?, ?)");
  for (const auto& [key, value] : batch.params()) param.run({key, value, run_.run_id});
  write_tags(batch.tags());
}

void MlflowSqlite::write_tags(const std::vector<MlflowText>& tags) {
  SqliteStatement tag = database_->prepare("INSERT OR REPLACE INTO tags (key, value, run_uuid) VALUES (?, ?, ?)");
  for (const auto& [key, value] : tags) tag.run({key, value, run_.run_id});
}

Status MlflowSqlite::set_status(std::string_view status, std::optional<std::int64_t> end_ms) {
  return in_transaction([&] {
    if (end_ms) {
      database_->prepare("UPDATE runs SET status = ?, end_time = ? WHERE run_uuid = ?")
          .run({status, *end_ms, run_.run_id});
    } else {
      database_->prepare("UPDATE runs SET status = ? WHERE run_uuid = ?").run({status, run_.run_id});
    }
  });
}

Status MlflowSqlite::upload(const MlflowUpload& upload, Remarks&, Record&) {
  const fs::path folder = local_path(run_.artifact_uri);
  if (!folder.is_absolute())
    return Status::refused("This run's artifacts are kept in " + run_.artifact_uri + ", not here");
  const fs::path top = folder / upload.name;
  if (upload.content) {
    return guarded([&] {
      Disk disk;
      make_folders(disk, top);
      swap_file(disk, top / upload.file_name, *upload.content);
    });
  }
  std::error_code unknown;
  if (!fs::exists(upload.source, unknown)) {  // or it was brought there before a rewind
    return fs::exists(top, unknown) ? Status() : Status::refused(upload.source.string() + " is not there");
  }
  return guarded([&] {
    fs::create_directories(top);
    const fs::path name = upload.file_name.empty() ? upload.source.filename() : fs::path(upload.file_name);
    const fs::path target = fs::is_directory(upload.source) ? top : top / name;
    fs::copy(upload.source, target, fs::copy_options::recursive | fs::copy_options::overwrite_existing);
  });
}

Status MlflowSqlite::clear(const std::vector<MlflowText>& tags) {
  return in_transaction([&] {
    for (const char* statement :
         {"DELETE FROM metrics WHERE run_uuid = ?", "DELETE FROM latest_metrics WHERE run_uuid = ?"}) {
      database_->prepare(statement).run({run_.run_id});
    }
    write_tags(tags);
  });
}

}  // namespace baton::track
