"""The sidechain's bus: fed, connected to nothing, switched off, on again. DawDreamer alone: pedalboard has none."""

import dawdreamer_host
import pytest
from apart import apart
from compare import BENT_SHARE, assert_bounce, bent_share
from programs import bounce, vst3
from settings import BEND, MODEL, SIDECHAIN
from sounds import RATE

HEARD = (*BEND, SIDECHAIN)


@pytest.mark.parametrize("block", [64, 65_536])
def test_a_sidechain_is_heard(block, stereo, voice):
    rendered = apart(dawdreamer_host.render, vst3(), stereo, RATE, block, HEARD, sidechain=voice)
    assert bent_share(rendered, stereo) > BENT_SHARE
    assert_bounce("DawDreamer, sidechain", rendered, bounce(stereo, RATE, BEND, sidechain=voice))


def test_a_sidechain_nobody_listens_to_changes_nothing(stereo, voice, bent):
    rendered = apart(dawdreamer_host.render, vst3(), stereo, RATE, 512, BEND, sidechain=voice)
    assert_bounce("DawDreamer, sidechain not heard", rendered, bent)


@pytest.mark.parametrize("block", [64, 512, 65_536])
def test_a_bus_that_is_off_changes_nothing(block, stereo, bent):
    rendered = apart(dawdreamer_host.render, vst3(), stereo, RATE, block, BEND, buses="main")
    assert_bounce("DawDreamer, sidechain inactive", rendered, bent)


@pytest.mark.parametrize("buses", ["active", "main"])
@pytest.mark.parametrize("voicing", [(), (MODEL,)], ids=["difference", "model"])
def test_with_nothing_connected_the_network_hears_silence(buses, voicing, stereo):
    settings = (*HEARD, *voicing)
    rendered = apart(dawdreamer_host.render, vst3(), stereo, RATE, 512, settings, buses=buses)
    expected = bounce(stereo, RATE, settings)
    if not expected.any():
        assert not rendered.any()
        return
    assert_bounce(f"DawDreamer, {buses} sidechain hears silence", rendered, expected)


def test_a_bus_goes_off_and_on_again(stereo, voice):
    off, on = apart(dawdreamer_host.switched, vst3(), stereo, RATE, 512, HEARD, voice)
    assert_bounce("DawDreamer, off and on", off, bounce(stereo, RATE, HEARD))
    assert_bounce("DawDreamer, off and on", on, bounce(stereo, RATE, BEND, sidechain=voice))
