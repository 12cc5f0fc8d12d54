#!/usr/bin/env bash
# Usage: get_libtorch.sh [--libtorch DIR] [--into DIR]
# Makes <into>/libtorch (default: .deps of this repository): a link to a LibTorch you have, else the pinned CPU wheel of
# PyTorch, unpacked without its Python parts. The last line printed says which one it is.
set -euo pipefail

version=2.13.0+cpu
wheel_index=https://download.pytorch.org/whl/cpu
named=${BATON_LIBTORCH:-}
into=$(cd "$(dirname "$0")/.." && pwd)/.deps

while (($#)); do
  case $1 in
    --libtorch) named=${2:?--libtorch needs a folder}; shift 2 ;;
    --into) into=${2:?--into needs a folder}; shift 2 ;;
    *) sed -n 2,4p "$0"; exit 2 ;;
  esac
done
target=$into/libtorch

fail() { echo "get_libtorch: $*" >&2; exit 1; }

# Prints what a LibTorch folder lacks; nothing if it is whole.
lacks() {
  local part
  for part in lib/libtorch_cpu.so lib/libc10.so include/c10 include/torch/csrc share/cmake/Torch/TorchConfig.cmake; do
    [[ -e $1/$part ]] || { echo "$part"; return; }
  done
}

pip() {
  local python
  for python in python3 /usr/bin/python3; do
    "$python" -m pip --version >/dev/null 2>&1 && { "$python" -m pip "$@"; return; }
  done
  fail "python3 has no pip: install python3-pip, or name a LibTorch with --libtorch DIR"
}

# Any python3 can fetch it: the tags name the wheel wanted, not the Python that runs pip.
download() {
  pip download --no-deps --only-binary=:all: --python-version 3.11 --platform "manylinux_2_28_$(uname -m)" \
    --dest "$into/wheel" "torch==$version" "$@"
}

unpack() {
  python3 - "$1" "$2" <<'PYTHON'
import sys, zipfile
wheel, into = sys.argv[1:]
archive = zipfile.ZipFile(wheel)
if any(name.endswith("libtorch_cuda.so") for name in archive.namelist()):
    sys.exit(3)
parts = ("torch/include/", "torch/lib/", "torch/share/")
archive.extractall(into, [name for name in archive.namelist() if name.startswith(parts)])
PYTHON
}

mkdir -p "$into"
if [[ -n $named ]]; then
  missing=$(lacks "$named")
  [[ -z $missing ]] || fail "$named is not a LibTorch: it has no $missing"
  [[ $named -ef $target ]] || { rm -rf "$target"; ln -s "$(cd "$named" && pwd)" "$target"; }
  echo "$named"
  exit
fi
if [[ -z $(lacks "$target") ]]; then
  [[ ! -L $target ]] || { echo "$(readlink "$target"), already there"; exit; }
  [[ $(cat "$target/build-version" 2>/dev/null) != "$version" ]] || { echo "$version, already there"; exit; }
fi

rm -rf "$into/wheel" "$into/unpacked" "$target"
trap 'rm -rf "$into/wheel" "$into/unpacked"' EXIT
download || { echo "Not offered there; trying $wheel_index"; download --index-url "$wheel_index"; } ||
  fail "torch==$version can be had neither from pip's own index nor from $wheel_index.
Name a LibTorch 2.13 with --libtorch DIR (or BATON_LIBTORCH=DIR): an unpacked archive, or Python's site-packages/torch"

status=0
unpack "$into"/wheel/torch-*.whl "$into/unpacked" || status=$?
((status != 3)) || fail "the wheel holds libtorch_cuda.so, a CUDA build of several gigabytes; it was removed.
To build on CUDA name such a LibTorch yourself with --libtorch DIR"
((status == 0)) || fail "the wheel cannot be unpacked"
missing=$(lacks "$into/unpacked/torch")
[[ -z $missing ]] || fail "the wheel has no $missing"
echo "$version" >"$into/unpacked/torch/build-version"
mv "$into/unpacked/torch" "$target"
echo "$version, downloaded"
