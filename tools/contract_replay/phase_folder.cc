#include "tools/contract_replay/phase_folder.h"

#include <stdlib.h>

#include <algorithm>
#include <stdexcept>
#include <vector>

#include "src/base/files.h"
#include "src/base/json.h"

namespace baton::replay {

namespace fs = std::filesystem;

namespace {

constexpr const char* kStateFile = "trainer_state.json";

std::string file_of(const ReplayEngine& engine, const std::string& part) {
  if (part == "state") return kStateFile;
  if (part == "args") return "training_args.json";
  return engine.file_of(part);
}

void edit_state(const Record& change, const fs::path& checkpoint) {
  const fs::path file = checkpoint / kStateFile;
  Record state = *json::parse(read_file(file), file.string()).record();
  if (const Value* values = change.find("set")) state.merge(*values->record());
  if (const Value* keys = change.find("remove")) {
    for (const Value& key : *keys->list()) state.erase(*key.text());
  }
  write_file(file, json::dump(state));
}

void apply_change(const Record& change, const fs::path& output_dir, const ReplayEngine& engine) {
  const auto text = [&](const char* key) { return *change.find(key)->text(); };
  const std::string op = text("op");
  if (op == "make_folder") {
    fs::create_directories(output_dir / text("name"));
  } else if (op == "make_file") {
    write_file(output_dir / text("name"), "");
  } else if (op == "edit_state") {
    edit_state(change, output_dir / text("checkpoint"));
  } else if (op == "remove") {
    const fs::path checkpoint = output_dir / text("checkpoint");
    fs::remove_all(text("what") == "folder" ? checkpoint : checkpoint / file_of(engine, text("what")));
  } else {
    throw std::runtime_error("The case wants an operation that the replayer does not know: " + op);
  }
}

std::vector<std::string> checkpoint_names(const fs::path& output_dir) {
  std::vector<std::string> names;
  for (const fs::directory_entry& entry : fs::directory_iterator(output_dir)) {
    const std::string name = entry.path().filename().string();
    if (entry.is_directory() && name.rfind("checkpoint-", 0) == 0) names.push_back(name);
  }
  std::sort(names.begin(), names.end(), [](const std::string& a, const std::string& b) {
    const auto rank = [](const std::string& name) { return checkpoint_step(name).value_or(INT64_MAX); };
    return rank(a) != rank(b) ? rank(a) < rank(b) : a < b;
  });
  return names;
}

}  // namespace

TemporaryFolder::TemporaryFolder() {
  std::string name = (fs::temp_directory_path() / "contract-XXXXXX").string();
  if (!::mkdtemp(name.data())) throw std::runtime_error("No temporary folder can be made at " + name);
  path_ = name;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

std::unique_ptr<CheckpointDraft> RecordingFolder::begin(const fs::path& checkpoint) {
  written_.insert(checkpoint.filename().string());
  return folder_.begin(checkpoint);
}

void prepare_folder(const Record& phase, const fs::path& output_dir, const ReplayEngine& engine) {
  const Value* changes = phase.find("prepare");
  if (!changes) return;
  for (const Value& change : *changes->list()) apply_change(*change.record(), output_dir, engine);
}

Record state_answer(const std::string& state_json) {
  Record state = *json::parse(state_json, "state").record();
  const Value* best = state.find("best_model_checkpoint");
  if (best && best->text()) state.set("best_model_checkpoint", fs::path(*best->text()).filename().string());
  return state;
}

void describe_folder(const fs::path& output_dir, const std::set<std::string>& written, const ReplayEngine* engine,
                     Record& answer) {
  Value::List checkpoints;
  Record files;
  Record saved_states;
  for (const std::string& name : checkpoint_names(output_dir)) {
    checkpoints.emplace_back(name);
    if (!engine || !written.contains(name)) continue;
    Value::List parts;
    for (const std::string part : {"weights", "optimizer", "scheduler", "rng", "state", "args"}) {
      if (fs::exists(output_dir / name / file_of(*engine, part))) parts.emplace_back(part);
    }
    files.set(name, parts);
    saved_states.set(name, state_answer(read_file(output_dir / name / kStateFile)));
  }
  answer.set("checkpoints", checkpoints);
  answer.set("checkpoint_files", files);
  answer.set("saved_state", saved_states);
}

}  // namespace baton::replay
