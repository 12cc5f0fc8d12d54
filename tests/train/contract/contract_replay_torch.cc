// contract_replay_torch CASE.json: like contract_replay, on the LibTorch engine. Exits with 77, saying why, for cases that need what
// that engine does not have; the kinds that never reach an engine are left to contract_replay.
#include <torch/torch.h>

#include <cstdio>
#include <exception>
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
    const Value* sized = train->record()->find("sized");
    if (sized && sized->boolean() && !*sized->boolean()) return "data without a length";
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

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("usage: contract_replay_torch CASE.json\n", stderr);
    return 2;
  }
  try {
    at::set_num_threads(1);
    const Value test_case = baton::json::parse(baton::read_file(argv[1]), argv[1]);
    if (const std::string missing = missing_for(*test_case.record()); !missing.empty()) {
      std::fprintf(stderr, "%s\n", missing.c_str());
      return 77;
    }
    std::puts(baton::replay::replay_case(argv[1], baton::replay::make_scripted_torch_engine).c_str());
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "contract_replay_torch: %s\n", error.what());
    return 1;
  }
}
