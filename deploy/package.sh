#!/usr/bin/env bash
# Makes the Debian package: program, manual pages, completions, units, configuration.
#
#   deploy/package.sh [DIR]      writes DIR/rulewatch_VERSION_ARCH.deb [default: target/debian]
#
# Wants `cargo-deb` (cargo install --locked cargo-deb) and dpkg. RULEWATCH_PACKAGE_PROFILE=dev packs
# target/debug/rulewatch as it is: for tests.
set -euo pipefail
cd "$(dirname "$0")/.."

profile=${RULEWATCH_PACKAGE_PROFILE:-release}
target=${CARGO_TARGET_DIR:-target}
out=${1:-$target/debian}
case $profile in
  dev) built=$target/debug/rulewatch ;;
  *) built=$target/$profile/rulewatch && cargo build --locked --profile "$profile" ;;
esac

# What is made by the program itself, where the package's list looks for it.
made=target/package
rm -rf "$made"
mkdir -p "$made/man" "$made/completions" "$out"
"$built" man "$made/man"
for shell in bash zsh fish; do "$built" completions "$shell" >"$made/completions/$shell"; done

cargo deb --locked --no-build --profile "$profile" --output "$out"
