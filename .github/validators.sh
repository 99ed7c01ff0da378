#!/usr/bin/env bash
# Gets the validators of other people, in the versions that docs/hosts.md names, into a folder, and runs
# `cargo xtask validate` with them on what was bundled. For the workflow, on Linux, macOS and Windows (in Git's bash).
#
#     .github/validators.sh FOLDER
#
# NOT TRIED YET: neither what is fetched nor how it is built could be reached where this was written.
set -euo pipefail

folder=${1:?"name a folder to put the validators into"}
clap_validator="https://github.com/free-audio/clap-validator/releases/download/0.4.1/clap-validator-0.4.1-127-g152b982"
pluginval="https://github.com/Tracktion/pluginval/releases/download/v1.0.3/pluginval"
vst3_sdk_tag=v3.7.14_build_55

case $(uname -s) in
    Linux) clap_system=ubuntu-22.04 pluginval_system=Linux ;;
    Darwin) clap_system=macos-universal pluginval_system=macOS ;;
    *) clap_system=windows pluginval_system=Windows ;;
esac

# Fetches a zip and unpacks it, and the archive in it if there is one.
fetch() {
    mkdir -p "$2"
    curl --fail --silent --show-error --location --retry 3 --output "$2/download.zip" "$1"
    (
        cd "$2"
        unzip -oq download.zip
        for inner in *.tar.gz; do
            [ ! -e "$inner" ] || tar -xzf "$inner"
        done
    )
}

# The program of this name below a folder.
program() {
    local found
    found=$(find "$2" -type f \( -name "$1" -o -name "$1.exe" \) | head -n 1)
    [ -n "$found" ] || { echo "no $1 in $2" >&2; exit 1; }
    chmod +x "$found"
    echo "$found"
}

mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
fetch "$clap_validator-$clap_system.zip" "$folder/clap-validator"
fetch "${pluginval}_$pluginval_system.zip" "$folder/pluginval"

sdk="$folder/vst3sdk"
[ -d "$sdk" ] || git clone --quiet --depth 1 --recurse-submodules --shallow-submodules \
    --branch "$vst3_sdk_tag" https://github.com/steinbergmedia/vst3sdk.git "$sdk"
cmake -S "$sdk" -B "$folder/vst3-build" -DCMAKE_BUILD_TYPE=Release \
    -DSMTG_ENABLE_VSTGUI_SUPPORT=OFF -DSMTG_ENABLE_VST3_PLUGIN_EXAMPLES=OFF
cmake --build "$folder/vst3-build" --config Release --target validator --parallel 2

cd "$(dirname "$0")/.."
cargo xtask validate --bundled target/bundled \
    --clap-validator "$(program clap-validator "$folder/clap-validator")" \
    --pluginval "$(program pluginval "$folder/pluginval")" \
    --vst3-validator "$(program validator "$folder/vst3-build")"
