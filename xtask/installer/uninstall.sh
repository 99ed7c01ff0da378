#!/bin/sh
# Takes Netbend away: just what `install.sh` put there. Presets, models of your own and files you changed stay.
set -eu
LC_ALL=C
export LC_ALL

fail() {
    printf 'Netbend was not removed: %s\n' "$1" >&2
    exit 1
}

sha256() {
    if command -v sha256sum >/dev/null; then
        sha256sum <"$1" | cut -c 1-64
    else
        shasum -a 256 <"$1" | cut -c 1-64
    fi
}

tab=$(printf '\t')
programs="${HOME:-}/.local/lib/netbend"
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
[ ! -f "$here/installed.txt" ] || programs=$here
case ${1:-} in
    '') ;;
    --program-dir)
        programs=${2:-}
        case $programs in
            /*) ;;
            *) programs="$(pwd)/$programs" ;;
        esac
        ;;
    *) fail "\`$1\` is no option; there is --program-dir FOLDER, if Netbend was installed with it" ;;
esac
record="$programs/installed.txt"
[ -f "$record" ] || fail "$record, which says what was installed, is missing"
command -v sha256sum >/dev/null || command -v shasum >/dev/null ||
    fail "found neither sha256sum nor shasum, which tell Netbend's files from yours"

work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
cp -- "$record" "$work/record"
grep -v "^folder$tab" "$work/record" | cut -f 2 | sort -u >"$work/paths" || true

# A file may be listed twice where an installation was stopped half-way.
grep -v "^folder$tab" "$work/record" | while IFS="$tab" read -r hash path; do
    if [ "$hash" = link ]; then
        case $(readlink -- "$path" 2>/dev/null || true) in
            "$programs"/*) rm -f -- "$path" ;;
        esac
    elif [ -f "$path" ] && [ "$(sha256 "$path")" = "$hash" ]; then
        rm -f -- "$path"
    fi
done
rm -f -- "$record"
grep "^folder$tab" "$work/record" | sort -r | while IFS="$tab" read -r _ path; do
    rmdir -- "$path" 2>/dev/null || true
done

printf 'Netbend is removed.\n'
while IFS= read -r path; do
    [ ! -f "$path" ] || printf 'Kept, since you changed it: %s\n' "$path"
done <"$work/paths"
grep "^folder$tab" "$work/record" | cut -f 2 | while IFS= read -r path; do
    case $path in
        */Netbend.* | "$programs"*) [ ! -d "$path" ] || find "$path" -type f ;;
    esac
done | sort -u >"$work/left"
while IFS= read -r path; do
    grep -F -x -q -- "$path" "$work/paths" || printf 'Kept, since it is yours: %s\n' "$path"
done <"$work/left"
