#!/usr/bin/env bash
# Rebuilds the committed WebAssembly components from their sources and compares the bytes.
#   .ci/rebuild-plugins.sh           compare
#   .ci/rebuild-plugins.sh --write   write the new components and locks
# With rustup's wasm32-unknown-unknown target on another compiler than the lock names, bytes cannot
# be compared: that is said, and the components are only built and checked.
set -euo pipefail
cd "$(dirname "$0")/.."

if [ ! -x /usr/bin/rustc ] || [ ! -d /usr/lib/rustlib/src/rust ]; then
    if command -v apt-get >/dev/null; then
        apt-get update -q
        apt-get install -y -q --no-install-recommends rustc-web rust-web-src
    fi
fi
cargo build --quiet
termwise="$PWD/target/debug/termwise"

built="$(mktemp -d)"
trap 'rm -rf "$built"' EXIT
options=()
if [ -x /usr/bin/rustc ] && [ -d /usr/lib/rustlib/src/rust ]; then
    export RUSTC=/usr/bin/rustc
    options=(--build-std)
fi

# folder of the metric, folder of its committed component
metrics=()
for folder in plugins/*/src plugins/tests/*/src; do
    folder="${folder%/src}" && folder="${folder#plugins/}"
    case "$folder" in
        sdk | tests/golden) ;; # golden components stay as they were built
        tests/*) metrics+=("$folder tests/fixtures/plugins") ;;
        *) metrics+=("$folder plugins/prebuilt") ;;
    esac
done
failed=0
for line in "${metrics[@]}"; do
    read -r folder committed <<<"$line"
    out="$built/$committed"
    [ "${1:-}" = --write ] && out="$committed"
    "$termwise" plugin build "plugins/$folder" --out "$out" "${options[@]}"
    name="$(basename "$folder")"
    "$termwise" plugin check "$out/$name.wasm" >/dev/null || { echo "$name: does not pass its check." >&2; failed=1; }
    if compgen -G "plugins/$folder/fixtures/*.toml" >/dev/null; then
        "$termwise" plugin test "$out/$name.wasm" --folder "plugins/$folder" | tail -1
    fi
    [ "${1:-}" = --write ] && continue
    if ! diff <(grep '^rustc' "$out/plugins.lock") <(grep '^rustc' "$committed/plugins.lock") >/dev/null; then
        echo "$name: NOT COMPARED: this compiler is not the one that plugins.lock names."
    elif cmp "$out/$name.wasm" "$committed/$name.wasm"; then
        echo "$name: the sources give the committed bytes."
    else
        echo "$name: the sources give other bytes than those committed." >&2
        failed=1
    fi
done
exit "$failed"
