#!/usr/bin/env bash
# rootfs.sh DIR: makes a small Debian with systemd for container.sh (about 250 MB), of the release
# this machine runs and from its own package sources. Does nothing where it is already.
# Needs root and the package mmdebstrap.
set -euo pipefail

dir=$1
[ -x "$dir/usr/bin/rulewatch-rootfs" ] && [ -x "$dir/usr/bin/pdftotext" ] && exit 0

# shellcheck source=/dev/null
release=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
for sources in /etc/apt/sources.list.d/debian.sources /etc/apt/sources.list; do
  [ -s "$sources" ] && break
done
packages=systemd,systemd-sysv,dbus,ca-certificates,procps,libnss-systemd,python3,sqlite3,poppler-utils

new=$dir.new
rm -rf "$new"
mmdebstrap --quiet --variant=minbase --include="$packages" "$release" "$new" "$sources"
# Without it nobody knows localhost.
printf '127.0.0.1 localhost\n::1 localhost\n' >"$new/etc/hosts"
rm -rf "$new"/var/cache/apt/archives/*.deb "$new"/var/lib/apt/lists/*
# The mark that it is whole; the tests mount the program beside it.
install -m 0755 /dev/null "$new/usr/bin/rulewatch-rootfs"
rm -rf "$dir"
mv "$new" "$dir"
