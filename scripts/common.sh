# Sourced by quickstart and check: packages, LibTorch, and steps that say what they do and how long it took.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
logs=$root/.deps/logs
mkdir -p "$logs"

# CMake must be the distribution's or newer; a torch source needs up to 2 GB to compile, hence the second bound.
build_packages="g++ cmake ninja-build ccache nlohmann-json3-dev libyaml-cpp-dev zlib1g-dev libcurl4-openssl-dev
                libsqlite3-dev libprotozero-dev libgit2-dev libssl-dev libgtest-dev libgmock-dev libbenchmark-dev
                dataset-fashion-mnist git openssl python3 python3-pip"
check_packages="clang-14 libclang-rt-14-dev clang-format-14"
# Ubuntu has no package of it; its test is left out there.
[[ $(sed -n 's/^ID=//p' /etc/os-release 2>/dev/null) != debian ]] || check_packages+=" chromium"
default_jobs() {
  local memory=$(($(awk '/^MemAvailable/ {print $2}' /proc/meminfo) / 2000000)) cores
  cores=$(nproc)
  echo $((memory < 1 ? 1 : memory < cores ? memory : cores))
}

# step TITLE: begins a numbered step; `steps` holds their number. finish TEXT: ends it.
step_number=0
step() {
  step_number=$((step_number + 1)) step_title=$1 step_start=$SECONDS
  [[ -t 1 ]] && printf '[%d/%d] %-28s ' "$step_number" "$steps" "$1"
  return 0
}
finish() {
  [[ -t 1 ]] && printf '\r\033[K'
  printf '[%d/%d] %-28s %-44s %4d s\n' "$step_number" "$steps" "$step_title" "$1" $((SECONDS - step_start))
}

# logged NAME COMMAND...: runs it with its output in a file, of which a terminal shows the last line meanwhile. Returns
# the command's status; after a failure the end of the file has been shown. The command is a process group of its own
# (set -m), so that an interrupt ends its children too.
logged() {
  local log=$logs/$1.log status=0 pid
  shift
  set -m
  "$@" >"$log" 2>&1 </dev/null &
  pid=$!
  set +m
  trap 'kill -- -$pid 2>/dev/null; exit 130' INT TERM
  while [[ -t 1 ]] && kill -0 $pid 2>/dev/null; do
    printf '\r\033[K[%d/%d] %-28s %s' "$step_number" "$steps" "$step_title" "$(tail -n 1 "$log" | cut -c 1-70)"
    sleep 0.3
  done
  wait $pid || status=$?
  trap - INT TERM
  ((status == 0)) || { finish "FAILED, the end of ${log#"$root"/}:"; tail -n 40 "$log"; }
  return $status
}

as_root() {
  if [[ $(id -u) == 0 ]]; then "$@"; elif [[ -t 0 ]]; then sudo "$@"; else sudo -n "$@"; fi
}

# packages NAME...: installs what is missing; needs no rights if nothing is.
packages() {
  step "Packages"
  command -v dpkg-query >/dev/null || { finish "no Debian or Ubuntu: see CONTRIBUTING.md"; return 0; }
  local missing=() name
  for name in "$@"; do
    [[ $(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null) == installed ]] || missing+=("$name")
  done
  ((${#missing[@]})) || { finish "already there"; return 0; }
  [[ $(id -u) == 0 || ! -t 0 ]] || sudo true
  logged packages install_packages "${missing[@]}" || return 1
  finish "installed ${#missing[@]}"
}
install_packages() {
  as_root apt-get update &&
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@"
}

# libtorch [DIR]: makes .deps/libtorch, from DIR if given.
libtorch() {
  step "LibTorch"
  logged libtorch "$root/scripts/get_libtorch.sh" ${1:+--libtorch "$1"} || return 1
  finish "$(tail -n 1 "$logs/libtorch.log")"
}
