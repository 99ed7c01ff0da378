"""An offline render is bent, and what `netbend render` gives: in mono and stereo, at any block size, in every latency mode, each time."""

import dawdreamer_host
import numpy as np
import pedalboard_host
import pytest
from apart import apart
from compare import BENT_SHARE, assert_bounce, bent_share
from programs import bounce, vst3
from settings import BEND, DIRECT, LIVE, STUDIO
from sounds import RATE, drums

BLOCK = 512
# The plugin reads its parameters hop by hop, a host's automation comes block by block: a step in the middle of both is the same in both.
STEP_SECONDS = 1.0 + 100 / RATE


@pytest.mark.parametrize("block", [64, 480, 512, 4_096, 65_536])
def test_a_stereo_bounce_is_the_command_lines_at_any_block_size(host, block, stereo, bent):
    rendered = apart(host.render, vst3(), stereo, RATE, block, BEND)
    assert bent_share(rendered, stereo) > BENT_SHARE
    assert_bounce(f"{host.NAME}, stereo", rendered, bent)


@pytest.mark.parametrize("block", [64, 8_192, 65_536])
def test_a_mono_bounce_is_the_command_lines(block, stereo):
    """pedalboard alone: DawDreamer keeps a plugin's own layout of channels."""
    mono = stereo[:1]
    rendered = apart(pedalboard_host.render, vst3(), mono, RATE, block, BEND)
    assert bent_share(rendered, mono) > BENT_SHARE
    assert_bounce("pedalboard, mono", rendered, bounce(mono, RATE, BEND))


def test_one_instance_goes_from_mono_to_stereo_and_back(stereo, bent):
    first, both, again = apart(pedalboard_host.mono_then_stereo, vst3(), stereo, RATE, BLOCK, BEND)
    expected = bounce(stereo[:1], RATE, BEND)
    for rendered, wanted in [(first, expected), (both, bent), (again, expected)]:
        assert_bounce("pedalboard, mono to stereo and back", rendered, wanted)


@pytest.mark.parametrize("mode", [LIVE, STUDIO, DIRECT], ids=lambda mode: mode.text)
def test_every_latency_mode_is_the_command_lines(mode, stereo):
    """pedalboard alone: its first render after a change of latency is of the new one."""
    settings = (*BEND, mode)
    rendered, again = apart(pedalboard_host.render, vst3(), stereo, RATE, BLOCK, settings, times=2)
    assert_bounce(f"pedalboard, {mode.text}", again, bounce(stereo, RATE, settings))
    assert np.isfinite(rendered).all()


@pytest.mark.parametrize("rate", [48_000, 96_000])
def test_other_rates_are_the_command_lines(host, rate):
    sound = drums(2, seed=3, rate=rate)
    rendered = apart(host.render, vst3(), sound, rate, BLOCK, BEND)
    assert_bounce(f"{host.NAME}, {rate} Hz", rendered, bounce(sound, rate, BEND))


def test_a_second_bounce_is_the_first(host, stereo, bent):
    for rendered in apart(host.render, vst3(), stereo, RATE, BLOCK, BEND, times=2):
        assert_bounce(f"{host.NAME}, twice", rendered, bent)


def test_a_step_of_automation_lands_where_it_was_drawn(stereo):
    values = np.where(np.arange(4 * stereo.shape[1]) < STEP_SECONDS * RATE, 0.0, 1.0).astype(np.float32)
    rendered = apart(dawdreamer_host.automated, vst3(), stereo, RATE, 64, BEND, "Slot 1 Amount", values)
    lanes = f"0,slot_amount_1,0 %\n{STEP_SECONDS},slot_amount_1,0 %\n{STEP_SECONDS},slot_amount_1,100 %\n"
    assert_bounce("DawDreamer, automation", rendered, bounce(stereo, RATE, BEND, automation=lanes))
