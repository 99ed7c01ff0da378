#!/bin/sh
# Installs Netbend for you alone: plugins, programs and licences, into folders of your own. Needs no rights but yours.
# What it puts where is kept in `installed.txt` beside the programs; `uninstall.sh` removes just that.
set -eu
umask 022
LC_ALL=C
export LC_ALL

version="@VERSION@"
system="@SYSTEM@"
processor="@PROCESSOR@"

usage() {
    cat <<END
Usage: sh install.sh [OPTIONS]

Installs Netbend $version for you alone. An older Netbend is replaced.

  --clap-dir FOLDER     for the CLAP plugin, instead of your own CLAP folder
  --vst3-dir FOLDER     for the VST3 plugin, instead of your own VST3 folder
  --au-dir FOLDER       for the Audio Unit (macOS), instead of your own
  --program-dir FOLDER  for the programs, instead of ~/.local/lib/netbend
  --bin-dir FOLDER      for the links to the programs, instead of ~/.local/bin
END
}

fail() {
    printf 'Netbend was not installed: %s\n' "$1" >&2
    exit 1
}

absolute() {
    case $1 in
        /*) printf '%s\n' "$1" ;;
        '') fail "a folder's name is empty" ;;
        *) printf '%s/%s\n' "$(pwd)" "$1" ;;
    esac
}

sha256() {
    if command -v sha256sum >/dev/null; then
        sha256sum <"$1" | cut -c 1-64
    else
        shasum -a 256 <"$1" | cut -c 1-64
    fi
}

# --- where to

[ -d "${HOME:-}" ] || fail "HOME names no folder"
case $system in
    macos) plugins="$HOME/Library/Audio/Plug-Ins" clap="$plugins/CLAP" vst3="$plugins/VST3" components="$plugins/Components" ;;
    *) clap="$HOME/.clap" vst3="$HOME/.vst3" components="$HOME/.components" ;;
esac
programs="$HOME/.local/lib/netbend"
commands="$HOME/.local/bin"
while [ $# -gt 0 ]; do
    case $1 in
        --help | -h) usage && exit 0 ;;
        --clap-dir | --vst3-dir | --au-dir | --program-dir | --bin-dir)
            [ $# -ge 2 ] || fail "$1 needs a folder"
            folder=$(absolute "$2")
            ;;
    esac
    case $1 in
        --clap-dir) clap=$folder ;;
        --vst3-dir) vst3=$folder ;;
        --au-dir) components=$folder ;;
        --program-dir) programs=$folder ;;
        --bin-dir) commands=$folder ;;
        *) fail "\`$1\` is no option; \`sh install.sh --help\` lists them" ;;
    esac
    shift 2
done
record="$programs/installed.txt"
tab=$(printf '\t')
line_end='
'
case "$clap$vst3$components$programs$commands" in
    *"$tab"* | *"$line_end"*) fail "a folder's name holds a tab or a line's end" ;;
esac
if [ "$(id -u)" -eq 0 ] && [ -n "${SUDO_USER:-}" ] && [ "$SUDO_USER" != root ]; then
    fail "run it without sudo: it writes to your own folders"
fi

# --- what is there

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
found_system=$(uname -s)
found_processor=$(uname -m)
[ "$found_processor" != arm64 ] || found_processor=aarch64
case $system in
    linux) [ "$found_system" = Linux ] || fail "this archive is for Linux, and this is $found_system" ;;
    macos) [ "$found_system" = Darwin ] || fail "this archive is for macOS, and this is $found_system" ;;
esac
[ "$processor" = universal ] || [ "$processor" = "$found_processor" ] ||
    fail "this archive is for $processor, and this computer is $found_processor"
command -v sha256sum >/dev/null || command -v shasum >/dev/null ||
    fail "found neither sha256sum nor shasum, which check the files"
[ -f "$here/SHA256SUMS" ] || fail "$here/SHA256SUMS is missing: unpack the whole archive"

work=$(mktemp -d)
: >"$work/plan"
: >"$work/folders"
cleanup() {
    # Copies that did not get to their places, and folders made for them.
    while IFS="$tab" read -r _ _ to; do
        rm -f -- "$to.netbend-new"
    done <"$work/plan"
    rm -f -- "$record.netbend-new"
    if [ ! -e "$work/placing" ]; then
        sort -r "$work/folders" | while IFS= read -r folder; do rmdir -- "$folder" 2>/dev/null || true; done
    fi
    rm -rf -- "$work"
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# --- check the files, and plan: lines of hash, file and place

plan() { printf '%s\t%s\t%s\n' "$hash" "$here/$file" "$1/$file" >>"$work/plan"; }
while read -r hash file; do
    [ -f "$here/$file" ] || fail "$file is missing: unpack the whole archive"
    [ "$(sha256 "$here/$file")" = "$hash" ] || fail "$file is damaged: get the archive again"
    case $file in
        /* | *..*) fail "SHA256SUMS names $file" ;;
        Netbend.clap | Netbend.clap/*) plan "$clap" ;;
        Netbend.vst3/*) plan "$vst3" ;;
        Netbend.component/*) plan "$components" ;;
        Netbend.resources/*)
            [ ! -f "$here/Netbend.clap" ] || plan "$clap"
            plan "$programs"
            ;;
        install.sh) ;;
        *) plan "$programs" ;;
    esac
done <"$here/SHA256SUMS"
[ -s "$work/plan" ] || fail "SHA256SUMS is empty: get the archive again"
"$here/netbend" --version >/dev/null ||
    fail "the programs do not run on this computer (see above); it may be too old, and Netbend builds from source"

# --- nothing in the way?

while IFS="$tab" read -r _ _ to; do
    [ ! -d "$to" ] || fail "$to is a folder and should be a file: move it away"
    above=$(dirname -- "$to")
    while [ "$above" != / ] && [ ! -d "$above" ]; do
        [ ! -e "$above" ] || fail "$above is a file and should be a folder: move it away"
        above=$(dirname -- "$above")
    done
    [ -w "$above" ] || fail "$above may not be written to"
done <"$work/plan"
for place in "$clap/Netbend.clap" "$clap/Netbend.resources" "$vst3/Netbend.vst3" "$components/Netbend.component" "$programs"; do
    [ ! -L "$place" ] || fail "$place is a link to somewhere else: remove the link"
done
for name in netbend netbend-standalone; do
    link="$commands/$name"
    [ ! -e "$link" ] && [ ! -L "$link" ] && continue
    [ -L "$link" ] && [ "$(readlink -- "$link")" = "$programs/$name" ] && continue
    fail "$link is there and is not Netbend's: move it away, or give another --bin-dir"
done

# --- copy beside the places

make_folder() {
    [ ! -d "$1" ] || return 0
    make_folder "$(dirname -- "$1")"
    mkdir -- "$1"
    printf '%s\n' "$1" >>"$work/folders"
}
while IFS="$tab" read -r hash from to; do
    make_folder "$(dirname -- "$to")"
    cp -- "$from" "$to.netbend-new" || fail "could not write $to.netbend-new (is the disk full?)"
    [ "$(sha256 "$to.netbend-new")" = "$hash" ] || fail "$to.netbend-new came out damaged (is the disk full?)"
    if command -v xattr >/dev/null; then
        xattr -d com.apple.quarantine "$to.netbend-new" 2>/dev/null || true
    fi
done <"$work/plan"
make_folder "$commands"

# --- put everything in its place

old="$work/old"
new="$work/new"
: >"$work/kept"
: >"$old"
[ ! -f "$record" ] || cp -- "$record" "$old"
{
    grep "^folder$tab" "$old" || true
    while IFS= read -r folder; do printf 'folder\t%s\n' "$folder"; done <"$work/folders"
    for name in netbend netbend-standalone; do printf 'link\t%s\n' "$commands/$name"; done
    while IFS="$tab" read -r hash _ to; do printf '%s\t%s\n' "$hash" "$to"; done <"$work/plan"
} | sort -u >"$new"
for list in "$old" "$new"; do
    grep -v "^folder$tab" "$list" | cut -f 2 >"$list-paths" || true
done
write_record() {
    cp -- "$1" "$record.netbend-new"
    mv -f -- "$record.netbend-new" "$record"
}
# While files change places both lists hold, so that an installation that is stopped here can be taken away, too.
sort -u "$old" "$new" >"$work/both"
write_record "$work/both"
: >"$work/placing"

keep() {
    aside="$1.yours"
    number=2
    while [ -e "$aside" ]; do
        aside="$1.yours-$number"
        number=$((number + 1))
    done
    mv -- "$1" "$aside"
    printf '%s\n' "$aside" >>"$work/kept"
}
while IFS="$tab" read -r hash _ to; do
    if [ -f "$to" ] && grep -F -x -q -- "$to" "$old-paths"; then
        there=$(sha256 "$to")
        if [ "$there" != "$hash" ] && ! grep -F -x -q -- "$there$tab$to" "$old"; then
            keep "$to"
        fi
    fi
    mv -f -- "$to.netbend-new" "$to"
done <"$work/plan"
for name in netbend netbend-standalone; do
    rm -f -- "$commands/$name"
    ln -s -- "$programs/$name" "$commands/$name"
done

# --- take away what only the older Netbend had

while IFS="$tab" read -r hash path; do
    ! grep -F -x -q -- "$path" "$new-paths" || continue
    case $hash in
        folder) ;;
        link) [ ! -L "$path" ] || rm -f -- "$path" ;;
        *) [ ! -f "$path" ] || [ "$(sha256 "$path")" != "$hash" ] || rm -f -- "$path" ;;
    esac
done <"$old"
write_record "$new"

printf 'Netbend %s is installed:\n' "$version"
printf '  CLAP       %s\n' "$clap/Netbend.clap"
printf '  VST3       %s\n' "$vst3/Netbend.vst3"
[ ! -d "$here/Netbend.component" ] || printf '  Audio Unit %s\n' "$components/Netbend.component"
printf '  programs   %s\n' "$commands/netbend" "$commands/netbend-standalone"
printf '  the rest   %s\n' "$programs"
while IFS= read -r path; do
    printf 'You had changed a file of Netbend; it is kept as %s\n' "$path"
done <"$work/kept"
printf 'Let your host scan its plugins again. To take Netbend away: sh "%s"\n' "$programs/uninstall.sh"
case ":$PATH:" in
    *":$commands:"*) ;;
    *) printf '%s is not in your PATH; until it is, start "%s"\n' "$commands" "$commands/netbend" ;;
esac
