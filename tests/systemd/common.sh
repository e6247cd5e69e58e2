# shellcheck shell=bash
# What the tests of the service share. To be sourced, with `script` the name of the test, `target`
# where cargo builds, and `rootfs` where the Debian for containers is or will be.

fail() {
  printf '%s: FAILED: %s\n' "$script" "$1" >&2
  if [ -n "${nspawn:-}" ]; then inside journalctl --no-pager -n 40 >&2 || true; fi
  exit 1
}
seen() { printf '  %s\n' "$1"; }
# says PATTERN: what comes in has it. All of it is read: `grep -q` ends at once, and a program that still writes then
# fails, and the pipe with it.
says() { grep -E "$1" >/dev/null; }
left_out() {
  echo "left out: $1"
  if [ -n "${RULEWATCH_LEFT_OUT:-}" ]; then echo "$script: $1" >>"$RULEWATCH_LEFT_OUT"; fi
}
# soon WHAT COMMAND...: the command holds within half a minute.
soon() {
  local what=$1
  shift
  for _ in $(seq 1 150); do
    if "$@" >/dev/null 2>&1; then
      seen "$what"
      return
    fi
    sleep 0.2
  done
  fail "$what: not within 30 s"
}

why_no_container() {
  local tool
  if [ "$(id -u)" -ne 0 ]; then
    echo "it wants root"
    return
  fi
  for tool in systemd-nspawn mmdebstrap nsenter setsid; do
    if ! command -v "$tool" >/dev/null; then
      echo "$tool is missing (packages systemd-container, mmdebstrap, util-linux)"
      return
    fi
  done
  if ! timeout 600 tests/systemd/rootfs.sh "$rootfs" >"$target/test-rootfs.log" 2>&1; then
    echo "no Debian could be put together (see $target/test-rootfs.log)"
  fi
}

ask() { inside rulewatch --config /etc/rulewatch/rulewatch.toml --state /var/lib/rulewatch "$@"; }
property() { inside systemctl show -p "$1" --value rulewatch; }
is() { [ "$(property "$1")" = "$2" ]; }
# write FILE: standard input becomes that file in the container.
# shellcheck disable=SC2016 # $1 is for the shell inside.
write() { inside sh -c 'mkdir -p "$(dirname "$1")" && cat >"$1"' sh "$1"; }
rows() { inside sqlite3 -readonly /var/lib/rulewatch/rulewatch.db "$1"; }
is_sound() { [ "$(rows 'PRAGMA integrity_check')" = ok ] && [ -z "$(rows 'PRAGMA foreign_key_check')" ]; }
