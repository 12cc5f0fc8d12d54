#!/usr/bin/env bash
# Usage: check_format.sh [--fix]. Names the files that clang-format 14 would change and fails, or changes them.
set -euo pipefail
cd "$(dirname "$0")/.."
mapfile -d '' files < <(git ls-files -z --cached --others --exclude-standard -- '*.h' '*.cc')
((${#files[@]})) || { echo "format: git lists no sources here"; exit 1; }
if [[ ${1:-} == --fix ]]; then
  clang-format-14 -i "${files[@]}"
  exit
fi
found=0
for file in "${files[@]}"; do
  [[ ! -e $file ]] || clang-format-14 --dry-run -Werror "$file" 2>/dev/null || {
    echo "$file: not formatted, see scripts/check_format.sh --fix"
    found=$((found + 1))
  }
done
echo "format: $found files to change"
exit $((found > 0))
