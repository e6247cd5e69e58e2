#!/usr/bin/env bash
# Fuzzes every reader, one after another. Ends with 1 when one of them was seen to fall over; the
# input that does it is then under tests/fuzz/artifacts.
#
#   tests/fuzz.sh                  10 minutes each
#   tests/fuzz.sh 60               60 seconds each
#   tests/fuzz.sh 60 html json     only these
#
# Needs a nightly toolchain (rustup), cargo-fuzz (cargo install cargo-fuzz) and a C++ compiler.
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf 'tests/fuzz.sh: %s\n' "$*"; }

missing=()
rustup run nightly rustc --version >/dev/null 2>&1 ||
  missing+=("a nightly toolchain: rustup toolchain install nightly")
cargo fuzz --version >/dev/null 2>&1 || missing+=("cargo-fuzz: cargo install cargo-fuzz")
command -v c++ >/dev/null || missing+=("a C++ compiler: apt-get install g++")
if [ ${#missing[@]} -gt 0 ]; then
  for what in "${missing[@]}"; do say "it wants $what"; done
  exit 2
fi

seconds=${1:-600}
[ $# -eq 0 ] || shift
fuzz() { RUSTUP_TOOLCHAIN=nightly cargo fuzz "$@"; }
targets=("$@")
[ ${#targets[@]} -gt 0 ] || mapfile -t targets < <(fuzz list --fuzz-dir tests/fuzz)

fuzz build --fuzz-dir tests/fuzz
failed=()
for target in "${targets[@]}"; do
  say "$target, $seconds seconds"
  mkdir -p "tests/fuzz/corpus/$target"
  # A page may take 10 seconds on a slow machine with every check on; memory stays bounded.
  fuzz run --fuzz-dir tests/fuzz "$target" -- -max_total_time="$seconds" -timeout=10 \
    -rss_limit_mb=3000 -max_len=65536 -print_final_stats=1 2>&1 |
    grep -vE '^#[0-9]+\s+(NEW|REDUCE|pulse|RELOAD)' || failed+=("$target")
done
if [ ${#failed[@]} -gt 0 ]; then
  say "FAILED: ${failed[*]}"
  exit 1
fi
say "nothing found"
