// contract_replay_torch ANSWERS CASE.json...: plays cases on the LibTorch engine and writes an answer for each into the
// folder ANSWERS,
// {"skip": why} for a case that needs what this engine does not have yet. One process, since starting LibTorch takes
// its time.
#include <torch/torch.h>

#include <cstdio>
#include <exception>
#include <filesystem>
#include <string>

#include "src/base/files.h"
#include "src/base/json.h"
#include "tests/train/contract/scripted_engine.h"
#include "tools/contract_replay/replay.h"

namespace {

using baton::Record;
using baton::Value;

std::string missing_for_phase(const Record& phase) {
  if (const Value* train = phase.find("train")) {
    if (train->record()->contains("oom_above")) return "memory that runs out";
  }
  if (const Value* calls = phase.find("calls")) {
    for (const Value& call : *calls->list()) {
      if (call.record()->contains("resume")) return "resuming";
    }
  }
  return "";
}

std::string missing_for(const Record& test_case) {
  if (*test_case.find("kind")->text() != "train") return "no engine takes part in this kind";
  for (const Value& phase : *test_case.find("phases")->list()) {
    if (const std::string missing = missing_for_phase(*phase.record()); !missing.empty()) return missing;
  }
  return "";
}

std::string answer_to(const std::filesystem::path& file) {
  const Value test_case = baton::json::parse(baton::read_file(file), file.string());
  const std::string missing = missing_for(*test_case.record());
  if (!missing.empty()) return baton::json::dump(Record{{"skip", missing}});
  return baton::replay::replay_case(file, baton::replay::make_scripted_torch_engine);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fputs("usage: contract_replay_torch ANSWERS CASE.json...\n", stderr);
    return 2;
  }
  at::set_num_threads(1);
  try {
    for (int i = 2; i < argc; ++i) {
      const std::filesystem::path file = argv[i];
      baton::write_file(argv[1] / file.filename(), answer_to(file));
    }
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "contract_replay_torch: %s\n", error.what());
    return 1;
  }
}
