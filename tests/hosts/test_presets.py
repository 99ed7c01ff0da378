"""The presets that come with Netbend, as VST3 preset files, sound in other people's hosts as `netbend render` has them."""

import dawdreamer_host
import pedalboard_host
import pytest
from apart import apart
from compare import assert_bounce
from programs import bounce, folder, run, vst3
from sounds import RATE

BLOCK = 512
# A handful, by the name of the file and that of the preset's own.
EVERY = 20


def _shipped():
    return sorted((folder() / "Netbend.resources" / "presets").rglob("*.yaml"))[::EVERY]


def _name(preset):
    (line,) = [line for line in preset.read_text().splitlines() if line.startswith("name:")]
    return line.removeprefix("name:").strip().strip("\"'")


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    written = tmp_path_factory.mktemp("presets")
    run("vst3-presets", written)
    return written


def test_hosts_load_the_files(stereo, files):
    for preset in _shipped():
        file = files / f"{_name(preset)}.vstpreset"
        expected = bounce(stereo, RATE, [], preset=preset)
        rendered = apart(pedalboard_host.with_preset, vst3(), stereo, RATE, BLOCK, file)
        assert_bounce(f"pedalboard, {preset.stem}", rendered, expected)
        rendered = apart(dawdreamer_host.restored, vst3(), stereo, RATE, BLOCK, file.read_bytes(), preset=True)
        assert_bounce(f"DawDreamer, {preset.stem}", rendered, expected)
