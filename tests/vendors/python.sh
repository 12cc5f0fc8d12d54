#!/usr/bin/env bash
# Usage: python.sh NAME [ARGUMENT...]
# Runs Python, with these arguments, in the private environment of tests/vendors/NAME/requirements.txt: the folder
# .deps/vendors/NAME, made anew when that list has changed.
set -euo pipefail

wheel_index=https://download.pytorch.org/whl/cpu
here=$(cd "$(dirname "$0")" && pwd)
requirements=$here/$1/requirements.txt
environment=$here/../../.deps/vendors/$1
shift

pip_python() {
  local python
  for python in python3 /usr/bin/python3; do
    "$python" -m pip --version >/dev/null 2>&1 && { echo "$python"; return; }
  done
  echo "python.sh: python3 has no pip: install python3-pip" >&2
  return 1
}

make_environment() {
  local python torch
  python=$(pip_python)
  rm -rf "$environment"
  "$python" -m venv --without-pip "$environment"
  pip() { "$python" -m pip --python "$environment/bin/python" --disable-pip-version-check install --quiet "$@"; }
  # Without its dependencies, lest a CUDA build of several gigabytes is taken in its place.
  torch=$(grep '^torch==' "$requirements") || true
  [[ -z $torch ]] || pip --no-deps "$torch" || pip --no-deps --index-url "$wheel_index" "$torch"
  pip --requirement "$requirements"
  cp "$requirements" "$environment/requirements.txt"
}

cmp --silent "$requirements" "$environment/requirements.txt" || make_environment >&2
exec "$environment/bin/python" "$@"
