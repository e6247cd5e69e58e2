#!/usr/bin/env bash
# Runs in full what the tests run a seeded share of: every edit of equal meaning, every edit of a
# rule, 200 kills, a year of checks. Prints their tables; each edit, and what was said of it, goes into
# a file. Takes about two hours on two idle processors, and needs the captures (see README). Ends with 1
# when a bar is not met. The file of the rules grows page by page: a run that is ended early leaves the
# pages it was through with.
#
#   tests/long.sh            all of it
#   tests/long.sh meaning    edits of equal meaning alone
#   tests/long.sh rules      edits of rules alone
#   tests/long.sh kills      kill -9 of 200 checks and deliveries alone; needs no captures
#   tests/long.sh locked     a database that another process keeps locked for a minute alone; needs no captures
#   tests/long.sh hooks      kill -9 of 100 runs that call hooks alone; needs no captures
#   tests/long.sh digests    kill -9 of 100 runs between changes and their digests alone; needs no captures
#   tests/long.sh growth     what a year of checks adds to the database alone; needs no captures
#   tests/long.sh year       a year of the whole catalogue in simulated time alone; needs no captures
#   tests/long.sh readers    200 readers of the pages at once, while checks run; needs no captures
#   tests/long.sh rest       what the daemon has in memory at rest, before and after rounds, alone; needs no captures
#   tests/long.sh crowd      one event for 100,000 subscriptions alone; needs no captures
#
# Files: target/kits/KIT.txt, or under CARGO_TARGET_DIR.
set -euo pipefail
cd "$(dirname "$0")/.."
exec </dev/null

# Each of some 8,000 edits of rules has a page read, each of as many of equal meaning has one read twice. The
# program is built with full optimisation: that takes five minutes, and halves the time of a reading.
export CARGO_PROFILE_DEV_OPT_LEVEL=3
export RULEWATCH_KITS=all CARGO_TERM_COLOR=${CARGO_TERM_COLOR:-never} RUST_BACKTRACE=0
out=${CARGO_TARGET_DIR:-target}/kits
mkdir -p "$out"
failed=()

# kit NAME TEST: runs one kit; its table is what stands before the lines about single edits.
kit() {
  local begun=$SECONDS
  local ended=0
  cargo test --locked --test it "$2" -- --nocapture >"$out/$1.txt" 2>"$out/$1.err" || ended=1
  # Without captures there is no table, and nothing was seen to hold.
  grep -E '^(edits of|kills:|locked:|growth:|year:|rest:|readers:|crowd:|  )' "$out/$1.txt" || ended=1
  if [ "$ended" -ne 0 ]; then
    failed+=("$1")
    tail -n 20 "$out/$1.err"
  fi
  printf '  %s: %d s; all lines in %s\n\n' "$1" $((SECONDS - begun)) "$out/$1.txt"
}

# A year is 110,000 transactions. On a disk half of its time is waiting for that.
memory=${TMPDIR:-/tmp}
if [ "$(df --output=avail -k /dev/shm 2>/dev/null | tail -n 1)" -gt 4000000 ] 2>/dev/null; then memory=/dev/shm; fi

case "${1:-all}" in
  meaning | all) kit meaning edits_of_equal_meaning ;;&
  rules | all) kit rules edits_of_rules ;;&
  kills | all) RULEWATCH_KILLS=200 kit kills kills_in_checks_and_deliveries ;;&
  locked | all) RULEWATCH_LOCKED=60 kit locked a_database_that_another_keeps_locked ;;&
  hooks | all) RULEWATCH_KILLS=100 kit hooks kills_while_hooks_are_called ;;&
  digests | all) RULEWATCH_KILLS=100 kit digests kills_between_a_change_and_its_digest ;;&
  growth | all) TMPDIR=$memory RULEWATCH_DAYS=365 kit growth what_is_added ;;&
  year | all) TMPDIR=$memory kit year a_year_of_the_catalogue ;;&
  rest | all) kit rest what_a_round_takes_is_given_back ;;&
  readers | all) RULEWATCH_READERS=200 kit readers readers_at_once_while_checks_run ;;&
  crowd | all) RULEWATCH_CROWD=100000 kit crowd one_event_and_a_crowd_of_readers ;;
  meaning | rules | kills | locked | hooks | digests | growth | year | rest | readers) ;;
  *)
    echo "tests/long.sh: there is no kit \`$1\`; there are meaning, rules, kills, locked, hooks, digests, growth, year, rest, readers and crowd" >&2
    exit 2
    ;;
esac

if [ ${#failed[@]} -gt 0 ]; then
  echo "tests/long.sh: FAILED: ${failed[*]}"
  exit 1
fi
echo "tests/long.sh: passed"
