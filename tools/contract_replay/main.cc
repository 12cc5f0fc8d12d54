// contract_replay CASE.json: plays a recorded case of the reference through Baton and prints what happened.
#include <cstdio>
#include <exception>
#include <string>

#include "tools/contract_replay/replay.h"

int main(int argc, char** argv) {
  if (argc != 2 || std::string(argv[1]) == "--help") {
    std::fputs(
        "usage: contract_replay CASE.json\n"
        "Plays a conformance case on the dry engine and prints the observed run as one JSON object\n"
        "(the forms are described in tests/contract/README.md).\n",
        argc == 2 ? stdout : stderr);
    return argc == 2 ? 0 : 2;
  }
  try {
    std::puts(baton::replay::replay_case(argv[1], baton::replay::make_dry_engine).c_str());
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "contract_replay: %s\n", error.what());
    return 1;
  }
}
