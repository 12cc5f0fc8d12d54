#!/usr/bin/env bash
# Usage: check_format.sh [--fix]. Names the files that clang-format 14 would change and fails, or changes them.
set -euo pipefail
cd "$(dirname "$0")/.."
found=0
while IFS= read -r -d '' file; do
  if [[ ${1:-} == --fix ]]; then
    clang-format-14 -i "$file"
  elif [[ -e $file ]] && ! clang-format-14 --dry-run -Werror "$file" 2>/dev/null; then
    echo "$file: not formatted, see scripts/check_format.sh --fix"
    found=$((found + 1))
  fi
done < <(git ls-files -z --cached --others --exclude-standard -- '*.h' '*.cc')
echo "format: $found files to change"
exit $((found > 0))
