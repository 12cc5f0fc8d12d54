// The commands of the baton program, one file each. To add one: declare it here, write its file, give it a line in
// main.cc.
#pragma once

#include <string>
#include <vector>

#include "baton/core/command_line.h"

namespace baton::tools {

/// Words of a command line: the first one is "baton <command>", the rest are its flags.
using Words = std::vector<std::string>;

/// Says what a run will do before its first step. Returns the exit code.
int plan(const Words& words, ProgramStreams streams);
/// Says what is in a checkpoint or a file of one. Returns the exit code.
int inspect(const Words& words, ProgramStreams streams);
/// Reads a checkpoint or a file of one to the last byte. Returns the exit code.
int verify(const Words& words, ProgramStreams streams);
/// Writes weights for LibTorch's torch::load, for Python, or as safetensors. Returns the exit code.
int export_weights(const Words& words, ProgramStreams streams);
/// Makes a page of a run. Returns the exit code.
int report(const Words& words, ProgramStreams streams);
/// Delivers what trackers have not got of a run. Returns the exit code.
int sync(const Words& words, ProgramStreams streams);
/// Shows an old run in other trackers. Returns the exit code.
int backfill(const Words& words, ProgramStreams streams);
/// Makes model.safetensors of weights that LibTorch or Python wrote. Returns the exit code.
int import_weights(const Words& words, ProgramStreams streams);

}  // namespace baton::tools
