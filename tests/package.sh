#!/usr/bin/env bash
# The Debian package: what lintian says of it, and its life in a container with a real systemd:
# installed, started, reading a page, copied by its timer's service, upgraded, removed, purged.
#
# tests/run.sh calls it. It packs target/debug/rulewatch, ends with 0 when all held or was left out,
# and writes what was left out to RULEWATCH_LEFT_OUT.
set -euo pipefail
cd "$(dirname "$0")/.."

target=$(realpath "${CARGO_TARGET_DIR:-target}")
export CARGO_TARGET_DIR=$target RULEWATCH_PACKAGE_PROFILE=dev
# shellcheck source=/dev/null
rootfs=$target/test-rootfs-$(. /etc/os-release && echo "${VERSION_CODENAME:-unknown}")
export PATH=$target/test-tools/bin:$PATH
script=package.sh
# shellcheck source=tests/systemd/common.sh
. tests/systemd/common.sh
debs=$target/test-debs

is_made() {
  rm -rf "$debs"
  deploy/package.sh "$debs" >"$target/test-package.log" 2>&1 || fail "package: $(tail -3 "$target/test-package.log")"
  cargo deb --locked --no-build --profile dev --deb-version 0.1.0-2 --output "$debs/next.deb" \
    >>"$target/test-package.log" 2>&1 || fail "the next version: $(tail -3 "$target/test-package.log")"
  mv "$debs"/rulewatch_*.deb "$debs/first.deb"
  seen "the package is made: $(stat -c %s "$debs/first.deb") bytes"
}

lintian_has_no_error() {
  local said
  if ! command -v lintian >/dev/null; then
    left_out "what lintian says of the package: lintian is missing"
    return
  fi
  # It ends with 2 where there is an error.
  said=$(timeout 300 lintian --allow-root --fail-on error "$debs/first.deb" 2>&1) || fail "lintian: $said"
  seen "lintian finds no error"
}

serve_a_page() {
  write /srv/site/rules.html <<'HTML'
<!DOCTYPE html><html lang="en"><head><title>House rules</title></head><body><main><h1>House rules</h1>
<p>The fee for a key is $20. It is paid once, when the key is handed over at the front desk.</p>
<p>These rules hold from January 1, 2026 and are read aloud once a year.</p></main></body></html>
HTML
  inside systemd-run -q --unit=site python3 -m http.server 8000 --bind 127.0.0.1 -d /srv/site
  soon "a page is served inside" inside python3 -c \
    'import urllib.request as u; u.urlopen("http://127.0.0.1:8000/rules.html")'
  write /etc/rulewatch/only.toml <<'TOML'
[[source]]
id = "house-rules"
url = "http://127.0.0.1:8000/rules.html"
TOML
  write /etc/systemd/system/rulewatch.service.d/test.conf <<'CONF'
[Service]
ExecStart=
ExecStart=/usr/bin/rulewatch run --sources /etc/rulewatch/only.toml
CONF
}

installs() {
  inside dpkg -i /debs/first.deb >/dev/null 2>&1 || fail "dpkg -i: $(inside dpkg -i /debs/first.deb 2>&1 | tail -3)"
  [ "$(inside systemctl is-enabled rulewatch)" = enabled ] || fail "it is not enabled"
  is ActiveState inactive || fail "it is started before it is configured"
  inside test -s /usr/share/man/man1/rulewatch.1.gz || fail "there is no manual page"
  inside grep -q RULEWATCH_COMPLETE /usr/share/bash-completion/completions/rulewatch ||
    fail "there are no completions that ask the program"
  inside sh -c 'test -s /usr/share/doc/rulewatch/proxy/Caddyfile && ls /usr/share/doc/rulewatch/proxy/nginx.conf*' >/dev/null ||
    fail "the examples for a web server are not there"
  seen "installed: enabled, not started"
}

# As an operator edits it: the upgrade must keep it.
configure() {
  write /etc/rulewatch/rulewatch.toml <<'TOML'
[operator]
contact = "operator@example.org"
[fetch]
allow_private = ["127.0.0.0/8"]
gap_seconds = 0
TOML
}

starts() {
  inside systemctl daemon-reload
  inside systemctl start rulewatch || fail "it does not start"
  soon "it reads its first page" has_baseline
  # The server tells versions of a page apart by the second.
  sleep 1.1
  # shellcheck disable=SC2016 # It is a price.
  inside sed -i 's/is .20/is $25/' /srv/site/rules.html
  ask --sources /etc/rulewatch/only.toml check | says 'house-rules +changed' || fail "a fee moved and is not seen"
}
has_baseline() { ask --sources /etc/rulewatch/only.toml status | says '^house-rules +baseline'; }

is_copied() {
  inside systemctl start rulewatch-backup || fail "the backup: $(inside journalctl --no-pager -n 5 -u rulewatch-backup)"
  inside sh -c 'ls /var/lib/rulewatch-backups/rulewatch-*.db' >/dev/null || fail "no copy is there"
  is ActiveState active || fail "the copy stopped the service"
  ask audit | says 'the chain holds' || fail "the audit"
  seen "its backup service makes a copy while it runs"
}

is_upgraded() {
  local before
  before=$(property MainPID)
  inside dpkg -i /debs/next.deb >/dev/null 2>&1 || fail "the upgrade"
  soon "the upgrade starts it again" has_other_pid "$before"
  soon "and it is active" is ActiveState active
  ask facts | says house-rules || fail "what was known is lost"
  ask log | says 'House rules' || fail "what changed before is not in the log"
  inside grep -q allow_private /etc/rulewatch/rulewatch.toml || fail "the configuration is overwritten"
  seen "the upgrade keeps data and configuration"
}
has_other_pid() { [ "$(property MainPID)" != "$1" ] && [ "$(property MainPID)" != 0 ]; }

is_removed() {
  inside dpkg -r rulewatch >/dev/null 2>&1 || fail "remove"
  inside systemctl is-active -q rulewatch && fail "it runs without its package"
  inside test -s /var/lib/private/rulewatch/rulewatch.db || fail "removing it took its data"
  inside dpkg -P rulewatch >/dev/null 2>&1 || fail "purge"
  inside test -e /var/lib/private/rulewatch && fail "purging it left its data"
  inside sh -c 'ls /var/lib/private/rulewatch-backups/*.db' >/dev/null || fail "purging it took the copies"
  seen "removed: data kept; purged: data gone, copies kept"
}

echo "package.sh: the package"
if ! cargo deb --version >/dev/null 2>&1; then
  left_out "the Debian package: cargo-deb is missing (cargo install --locked cargo-deb)"
  exit 0
fi
is_made
lintian_has_no_error

echo "package.sh: its life in a container"
why=$(why_no_container)
if [ -n "$why" ]; then
  left_out "the package under a real systemd: $why"
  exit 0
fi
# shellcheck source=tests/systemd/container.sh
. tests/systemd/container.sh
trap container_down EXIT
if ! container_up "$rootfs" --bind-ro="$debs:/debs"; then
  left_out "the package under a real systemd: no container boots here: $(tail -1 "$container_log")"
  exit 0
fi
installs
configure
serve_a_page
starts
is_copied
is_upgraded
is_removed
rm -f "$container_log"
echo "package.sh: passed"
