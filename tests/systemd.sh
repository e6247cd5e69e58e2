#!/usr/bin/env bash
# The service as it is shipped, under a real systemd: what systemd says of the unit, and its life
# in a container: start, first check, stop, kill -9, watchdog, password, a bad configuration.
#
# tests/run.sh calls it. It takes the program from target/debug (or RULEWATCH_TEST_PROGRAM), ends
# with 0 when all held or was left out, and writes what was left out to RULEWATCH_LEFT_OUT.
set -euo pipefail
cd "$(dirname "$0")/.."

target=$(realpath "${CARGO_TARGET_DIR:-target}")
program=$(realpath "${RULEWATCH_TEST_PROGRAM:-$target/debug/rulewatch}")
unit=deploy/rulewatch.service
# shellcheck source=/dev/null
rootfs=$target/test-rootfs-$(. /etc/os-release && echo "${VERSION_CODENAME:-unknown}")
# Times ten: the exposure score may be 1.2.
threshold=12
script=systemd.sh
# shellcheck source=tests/systemd/common.sh
. tests/systemd/common.sh

# --- What systemd says of the unit. `verify` ends with 0 on unknown keys and bad values: any word
# is a fault. It wants the program where ExecStart says.
the_unit_is_right() {
  local scratch said file
  if ! command -v systemd-analyze >/dev/null; then
    left_out "the unit file: systemd-analyze is missing (package systemd)"
    return
  fi
  scratch=$(mktemp -d)
  for file in deploy/rulewatch*.service deploy/rulewatch*.timer; do
    sed "s|^ExecStart=/usr/bin/rulewatch|ExecStart=\"$program\"|" "$file" >"$scratch/$(basename "$file")"
  done
  said=$(timeout 60 systemd-analyze verify --man=no "$scratch"/rulewatch*.{service,timer} 2>&1) || fail "verify: $said"
  [ -z "$said" ] || fail "verify: $said"
  seen "systemd-analyze verify has nothing to say"
  said=$(timeout 60 systemd-analyze security --offline=true --no-pager --threshold=$threshold \
    "$scratch/rulewatch.service" 2>&1) || fail "exposure: $(tail -1 <<<"$said")"
  seen "$(grep -o 'Overall exposure.*' <<<"$said")"
  rm -rf "$scratch"
}

# --- The container.
has_outcome() { ask --sources /etc/rulewatch/only.toml status | says "^${2:-house-rules} +$1"; }
reads_the_pdf() { ask facts page.house-fees | says 'fee for a key is .20'; }

# One page of the container's own is all there is to watch.
install_it() {
  inside sh -c 'cat >/etc/systemd/system/rulewatch.service' <"$unit"
  write /etc/systemd/system/rulewatch.service.d/test.conf <<'CONF'
[Service]
ExecStart=
ExecStart=/usr/bin/rulewatch run --sources /etc/rulewatch/only.toml
RestartSec=200ms
CONF
  write /etc/rulewatch/only.toml <<'TOML'
[[source]]
id = "house-rules"
url = "http://127.0.0.1:8000/rules.html"

[[source]]
id = "house-fees"
url = "http://127.0.0.1:8000/fees.pdf"
format = "pdf"
TOML
  write /etc/rulewatch/rulewatch.toml <<'TOML'
[operator]
legal_name = "Example Watchers Inc."
postal_address = "1 Main Street, Ottawa ON  K1A 0A1"
other_contact = "+1 613 555 0100"
address = "operator@example.org"
[fetch]
allow_private = ["127.0.0.0/8"]
gap_seconds = 0
TOML
  write /srv/site/rules.html <<'HTML'
<!DOCTYPE html><html lang="en"><head><title>House rules</title></head><body><main><h1>House rules</h1>
<p>The fee for a key is $20. It is paid once, when the key is handed over at the front desk.</p>
<p>Visitors leave before ten in the evening, and sign the book at the door when they come.</p>
<p>These rules hold from January 1, 2026 and are read aloud once a year.</p></main></body></html>
HTML
  inside python3 - <<'PYTHON'
words = b"BT /F1 12 Tf 72 700 Td (The fee for a key is $20.) Tj ET"
objects = [
    b"<< /Type /Catalog /Pages 2 0 R >>",
    b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R"
    b" /Resources << /Font << /F1 5 0 R >> >> >>",
    b"<< /Length %d >>\nstream\n%s\nendstream" % (len(words), words),
    b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
]
file, places = b"%PDF-1.4\n", b"0000000000 65535 f \n"
for n, thing in enumerate(objects):
    places += b"%010d 00000 n \n" % len(file)
    file += b"%d 0 obj\n%s\nendobj\n" % (n + 1, thing)
end = b"xref\n0 6\n%strailer << /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
open("/srv/site/fees.pdf", "wb").write(file + end % (places, len(file)))
PYTHON
  inside systemd-run -q --unit=site python3 -m http.server 8000 --bind 127.0.0.1 -d /srv/site
  # shellcheck disable=SC2016
  soon "a page is served inside" inside python3 -c \
    'import urllib.request as u; u.urlopen("http://127.0.0.1:8000/rules.html")'
  inside systemctl daemon-reload
}

starts_and_reads() {
  ask subscribe --no-welcome reader@example.org --severity info --consent "asked for by the test" >/dev/null ||
    fail "subscribe"
  inside systemctl enable -q rulewatch
  inside systemctl start rulewatch || fail "it does not start"
  [ "$(inside systemctl is-active rulewatch)" = active ] || fail "READY did not come"
  seen "READY; status: $(property StatusText)"
  soon "the first check is a baseline" has_outcome baseline
  soon "the journal has the fields of a check" inside sh -c \
    'journalctl --no-pager -o json -u rulewatch RULEWATCH_SOURCE_ID=house-rules RULEWATCH_CHECK_OUTCOME=baseline | grep -q "\"PRIORITY\":\"6\""'
  # In the service's own sandbox: a child process, bounded.
  soon "a PDF is read" reads_the_pdf
  [ "$(inside stat -c %a /var/lib/rulewatch/)" = 700 ] || fail "others can look into the state"
}

# The operator's commands are root's, before the first start and after; the service must go on
# owning its files, and be able to write beside them.
shares_with_root() {
  ask subscribers | says reader@example.org || fail "the subscription is lost"
  # The server tells versions of a page apart by the second: the first must be older than one.
  sleep 1.1
  # shellcheck disable=SC2016 # It is a price.
  inside sed -i 's/is .20/is $25/' /srv/site/rules.html
  ask --sources /etc/rulewatch/only.toml check | says 'house-rules +changed' || fail "a fee moved and is not seen"
  # The daemon sends it beside the check.
  soon "a letter tells of it" inside sh -c 'grep -ql "25" /var/lib/rulewatch/outbox/*.eml'
  local owner
  owner=$(inside stat -c %u /var/lib/rulewatch/)
  [ "$owner" -ge 61184 ] || fail "it runs as uid $owner, no user of its own"
  inside find /var/lib/rulewatch/ ! -uid "$owner" | grep . && fail "its files have two owners"
  inside systemctl restart rulewatch || fail "it does not start after a command of root's"
  seen "root's commands and the service share the state (uid $owner)"
}

# A new source is read without a new start; a catalogue that is faulty is refused, and the old one stays.
reloads() {
  local before
  before=$(property MainPID)
  inside cp /etc/rulewatch/only.toml /etc/rulewatch/before
  inside cp /srv/site/rules.html /srv/site/more.html
  inside sh -c 'cat >>/etc/rulewatch/only.toml' <<'TOML'

[[source]]
id = "more-rules"
url = "http://127.0.0.1:8000/more.html"
TOML
  inside systemctl reload rulewatch || fail "reload"
  soon "a source that a reload brings is read" has_outcome baseline more-rules
  inside sh -c 'echo "nonsense = 1" >>/etc/rulewatch/only.toml'
  inside systemctl reload rulewatch || fail "reload of a faulty catalogue"
  soon "a faulty catalogue is refused" inside sh -c \
    'journalctl --no-pager -u rulewatch | grep -q "refused, the old one stays.*nonsense\|nonsense.*refused, the old one stays"'
  is ActiveState active || fail "a faulty catalogue ended it"
  inside mv /etc/rulewatch/before /etc/rulewatch/only.toml
  inside systemctl reload rulewatch || fail "reload of the old catalogue"
  [ "$(property MainPID)" = "$before" ] || fail "a reload is a new start"
  seen "it is the same process throughout"
}

# As deploy/README.md has it.
is_backed_up() {
  ask backup /var/backups/copy.db >/dev/null || fail "the copy is refused"
  [ "$(inside sqlite3 /var/backups/copy.db 'SELECT count(*) FROM subscriber')" = 1 ] || fail "the copy"
  seen "a copy is made while it runs"
}

# A page that comes byte by byte, and a mail server that has a letter and does not say so: until they are well.
serves_slowly() {
  write /srv/slow.py <<'PYTHON'
import os, socketserver, threading, time

def is_well():
    return os.path.exists("/run/well")

class Page(socketserver.StreamRequestHandler):
    def handle(self):
        path = self.rfile.readline().split()[1]
        while self.rfile.readline().strip():
            pass
        if path == b"/robots.txt":
            self.wfile.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            return
        body = open("/srv/site/rules.html", "rb").read()
        open("/run/asked", "a").write("a page\n")
        self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n")
        self.wfile.write(b"Content-Length: %d\r\n\r\n" % len(body))
        if is_well():
            self.wfile.write(body)
            return
        for n in range(len(body)):
            self.wfile.write(body[n : n + 1])
            time.sleep(0.5)

class Mail(socketserver.StreamRequestHandler):
    def handle(self):
        self.wfile.write(b"220 mail.example.org ESMTP\r\n")
        for line in self.rfile:
            verb = line[:4].upper()
            if verb == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                for line in self.rfile:
                    if line.startswith(b"Message-ID:"):
                        open("/run/taken", "a").write(line.decode())
                    if line == b".\r\n":
                        break
                while not is_well():
                    time.sleep(0.1)
            self.wfile.write(b"250 ok\r\n")

class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = daemon_threads = True

threading.Thread(target=Server(("127.0.0.2", 8001), Page).serve_forever).start()
Server(("127.0.0.1", 2525), Mail).serve_forever()
PYTHON
  inside systemd-run -q --unit=slow python3 /srv/slow.py
  inside cp /etc/rulewatch/rulewatch.toml /etc/rulewatch/before
  inside sh -c 'cat >>/etc/rulewatch/rulewatch.toml' <<'TOML'
[mail]
transport = "smtp"
from = "rulewatch <alerts@example.org>"
host = "127.0.0.1"
port = 2525
tls = "none"
TOML
  inside sh -c 'cat >>/etc/rulewatch/only.toml' <<'TOML'

[[source]]
id = "slow"
url = "http://127.0.0.2:8001/slow.html"
TOML
}

# In the midst of a slow page and a slow letter, and neither is lost.
stops() {
  local began took
  serves_slowly
  sleep 1.1
  # shellcheck disable=SC2016 # It is a price.
  inside sed -i 's/is .25/is $30/' /srv/site/rules.html
  inside systemctl restart rulewatch || fail "it does not start with a mail server"
  inside systemd-run -q --unit=asked rulewatch --config /etc/rulewatch/rulewatch.toml --state /var/lib/rulewatch \
    --sources /etc/rulewatch/only.toml check house-rules
  soon "a page is under way" inside test -e /run/asked
  soon "a letter is under way" inside test -e /run/taken
  began=$(date +%s%3N)
  inside systemctl stop rulewatch || fail "stop"
  took=$(($(date +%s%3N) - began))
  is Result success || fail "it stopped with $(property Result)"
  is ExecMainStatus 0 || fail "it ended with $(property ExecMainStatus)"
  [ "$took" -lt 5000 ] || fail "stopping took $took ms"
  inside journalctl --no-pager -u rulewatch | says 'cut off.*checks=1 is_delivering=true' ||
    fail "nothing was under way"
  is_sound || fail "the database after a stop"
  seen "it stops within $took ms in the midst of both"

  inside touch /run/well
  inside systemctl start rulewatch || fail "start"
  soon "the page is read" has_outcome baseline slow
  soon "the letter is sent again" inside sh -c '[ "$(wc -l </run/taken)" = 2 ]'
  [ "$(inside sh -c 'sort -u /run/taken | wc -l')" = 1 ] || fail "the letter has two Message-IDs"
  sleep 1
  [ "$(inside sh -c 'wc -l </run/taken')" = 2 ] || fail "the letter is sent a third time"
  seen "once, with its one Message-ID"
  inside mv /etc/rulewatch/before /etc/rulewatch/rulewatch.toml
  inside systemctl stop rulewatch || fail "stop"
  # So many starts within ten minutes would be the last.
  inside systemctl reset-failed rulewatch
}

survives_a_kill() {
  inside systemctl start rulewatch
  inside systemctl kill -s KILL rulewatch
  soon "it comes back after kill -9" is NRestarts 1
  soon "and is active" is ActiveState active
  is_sound || fail "the database after kill -9"
  [ "$(rows 'SELECT count(*) FROM subscriber')" = 1 ] || fail "rows are gone after kill -9"
  seen "the database is sound and has its rows"
}

# A daemon that hangs is ended and begun again.
is_watched() {
  printf '[Service]\nWatchdogSec=2s\nTimeoutAbortSec=2s\n' |
    write /etc/systemd/system/rulewatch.service.d/watchdog.conf
  inside systemctl daemon-reload
  inside systemctl restart rulewatch || fail "restart"
  sleep 5
  is NRestarts 0 || fail "the watchdog bit a daemon that is well"
  inside kill -STOP "$(property MainPID)"
  soon "the watchdog ends a daemon that hangs" is NRestarts 1
  soon "and it is active again" is ActiveState active
  inside rm /etc/systemd/system/rulewatch.service.d/watchdog.conf
  inside systemctl daemon-reload
}

# A part that hangs, while the rest goes on, is noticed too.
notices_a_part_that_hangs() {
  local stall=/etc/systemd/system/rulewatch.service.d/stall.conf
  local watchdog='[Service]\nWatchdogSec=2s\nTimeoutAbortSec=2s\n'
  printf '%b' "${watchdog}Environment=RULEWATCH_STALL=delivery\n" | write "$stall"
  inside systemctl daemon-reload
  inside systemctl restart rulewatch || fail "restart"
  soon "the watchdog ends a daemon of which one part hangs" is NRestarts 1
  inside journalctl --no-pager -u rulewatch -p err | says 'does not get on.*part="delivery"' ||
    fail "the journal does not name the part, as an error"
  # Under the same watchdog, for longer than that waits.
  printf '%b' "$watchdog" | write "$stall"
  inside systemctl daemon-reload
  inside systemctl restart rulewatch || fail "restart"
  sleep 5
  is NRestarts 0 || fail "it is still ended"
  is ActiveState active || fail "it is $(property ActiveState)"
  inside rm "$stall"
  inside systemctl daemon-reload
  seen "the journal names the part, and the service is well again"
}

# The password comes from the credential store; the operator's own commands read the same file.
takes_a_password() {
  inside install -d -m 0700 /etc/credstore
  inside sh -c 'umask 077; echo s3cret >/etc/credstore/rulewatch.smtp-password'
  inside sh -c 'cat >>/etc/rulewatch/rulewatch.toml' <<'TOML'
[mail]
transport = "smtp"
from = "rulewatch <alerts@example.org>"
host = "localhost"
user = "alerts@example.org"
password_file = "/etc/credstore/rulewatch.smtp-password"
TOML
  inside systemctl restart rulewatch || fail "it does not start with a password"
  ask --sources /etc/rulewatch/only.toml status >/dev/null || fail "root cannot ask with a password set"
  seen "the password is handed over as a credential"
}

refuses_a_bad_configuration() {
  inside sh -c 'echo "reviw = 1" >>/etc/rulewatch/rulewatch.toml'
  if inside systemctl restart rulewatch 2>/dev/null; then fail "it starts with a key nobody knows"; fi
  is ExecMainStatus 2 || fail "a bad configuration ends with $(property ExecMainStatus)"
  sleep 1
  is ActiveState failed || fail "it is started again and again"
  inside journalctl --no-pager -u rulewatch | says 'rulewatch.toml:[0-9]*:' ||
    fail "the journal names no line"
  seen "a bad configuration is refused once, with its line in the journal"
}

echo "systemd.sh: the unit"
[ -x "$program" ] || fail "$program is not built"
the_unit_is_right

echo "systemd.sh: the service in a container"
why=$(why_no_container)
if [ -n "$why" ]; then
  left_out "the service under a real systemd: $why"
  exit 0
fi
# shellcheck source=tests/systemd/container.sh
. tests/systemd/container.sh
trap container_down EXIT
if ! container_up "$rootfs" --bind-ro="$program:/usr/bin/rulewatch"; then
  left_out "the service under a real systemd: no container boots here: $(tail -1 "$container_log")"
  exit 0
fi
install_it
starts_and_reads
shares_with_root
reloads
is_backed_up
stops
survives_a_kill
is_watched
notices_a_part_that_hangs
takes_a_password
refuses_a_bad_configuration
rm -f "$container_log"
echo "systemd.sh: passed"
