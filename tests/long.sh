#!/usr/bin/env bash
# Runs in full what the tests run a seeded share of: every edit of equal meaning, every edit of a
# rule, hundreds of kills, a year of checks. Prints their tables; what was said or was silent, line by
# line, goes into files beside them. Takes about two hours on two idle processors, and wants the captures
# (see README). Ends with 1 when a bar is not met. The file of the rules grows page by page: a run that is
# ended early leaves what it had.
#
#   tests/long.sh            all of it
#   tests/long.sh meaning    edits of equal meaning alone
#   tests/long.sh rules      edits of rules alone
#   tests/long.sh kills      kill -9 of 200 checks and deliveries alone; wants no captures
#   tests/long.sh growth     what a year of checks adds to the database; wants no captures
#
# Files: target/kits/meaning.txt and target/kits/rules.txt, or under CARGO_TARGET_DIR.
set -euo pipefail
cd "$(dirname "$0")/.."
exec </dev/null

# Some 9,000 edits of rules, each page read twice for one: the program is built with all optimisation, which
# takes five minutes and makes a reading twice as fast as with some.
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
  grep -E '^(edits of|kills:|growth:|  )' "$out/$1.txt" || ended=1
  if [ "$ended" -ne 0 ]; then
    failed+=("$1")
    tail -n 20 "$out/$1.err"
  fi
  printf '  %s: %d s; all lines in %s\n\n' "$1" $((SECONDS - begun)) "$out/$1.txt"
}

case "${1:-all}" in
  meaning | all) kit meaning edits_of_equal_meaning ;;&
  rules | all) kit rules edits_of_rules ;;&
  kills | all) RULEWATCH_KILLS=200 kit kills kills_in_checks_and_deliveries ;;&
  growth | all) RULEWATCH_DAYS=365 kit growth what_is_added_over_time ;;
  meaning | rules | kills) ;;
  *)
    echo "tests/long.sh: there is no kit \`$1\`; there are meaning, rules, kills and growth" >&2
    exit 2
    ;;
esac

if [ ${#failed[@]} -gt 0 ]; then
  echo "tests/long.sh: FAILED: ${failed[*]}"
  exit 1
fi
echo "tests/long.sh: passed"
