#!/usr/bin/env bash
# Makes the copy that a standby follows the database of this machine. README.md beside this file says
# when, and what to do first. Starts nothing.
#
#   promote.sh --a-is-off COPY STATE     e.g. /var/lib/rulewatch-standby/rulewatch.db /var/lib/rulewatch
set -euo pipefail

fail() {
  echo "promote.sh: $1" >&2
  exit 1
}
rulewatch=${RULEWATCH:-rulewatch}

[ "${1:-}" = --a-is-off ] && [ $# -eq 3 ] ||
  fail "switch the other machine off or mask its service; then: promote.sh --a-is-off COPY STATE"
copy=$2 state=$3
[ -f "$copy" ] || fail "there is no $copy"
[ ! -e "$state/rulewatch.db" ] || fail "$state has a database: move it away, it may have what the copy lacks"
# Whoever follows still writes to the copy.
for fd in /proc/[0-9]*/fd/*; do
  if [ "$fd" -ef "$copy" ]; then fail "process $(cut -d/ -f3 <<<"$fd") has $copy open: stop the follower"; fi
done
if command -v systemctl >/dev/null && systemctl -q is-active rulewatch 2>/dev/null; then
  fail "the service runs here already: stop it"
fi
# `restore` proves the copy before it counts, and refuses what is not whole.
"$rulewatch" --state "$state" restore "$copy" || fail "the copy was refused; nothing was changed"
"$rulewatch" --state "$state" audit || fail "the copy is in place, and not all of it holds"
echo "promote.sh: $state is the database now: systemctl enable --now rulewatch"
