#!/usr/bin/env bash
# Usage: fuzz.sh [SECONDS]
# Builds the fuzz targets with clang, AddressSanitizer and UBSan, and runs each for SECONDS (default 600) on its
# committed corpus. What they find stays in build-fuzz/found; a crash ends the script with its input's name.
set -euo pipefail
cd "$(dirname "$0")/.."

seconds=${1:-600}
cmake --preset fuzz
cmake --build --preset fuzz --target fuzz_events fuzz_journal fuzz_manifest fuzz_note fuzz_pickle \
  fuzz_pt fuzz_safetensors fuzz_state
for corpus in fuzz/corpus/*; do
  format=$(basename "$corpus")
  found=build-fuzz/found/$format
  mkdir -p "$found"
  build-fuzz/bin/fuzz_"$format" -max_total_time="$seconds" -max_len=4096 -artifact_prefix="$found-" "$found" "$corpus"
done
