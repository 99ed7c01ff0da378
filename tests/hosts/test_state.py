"""A state goes from one instance to the next, from one host to the other; a hostile one harms nothing."""

import dawdreamer_host
import juce_state
import numpy as np
import pedalboard_host
import pytest
from apart import apart
from compare import assert_bounce
from programs import vst3
from settings import BEND
from sounds import RATE, drums

BLOCK = 512
# What no state may make of an input at −6 dBFS.
LOUDEST_DB = 12.0
INPUT_PEAK = 0.5


@pytest.fixture(scope="module")
def saved_states():
    return apart(pedalboard_host.save, vst3(), BEND)


@pytest.fixture(scope="module")
def saved_state(saved_states):
    return saved_states[0]


def test_pedalboard_restores_what_it_saved(stereo, bent, saved_state):
    rendered, again = apart(pedalboard_host.restored, vst3(), stereo, RATE, BLOCK, saved_state)
    assert_bounce("pedalboard, restored", rendered, bent)
    assert juce_state.component(again) == juce_state.component(saved_state)


def test_dawdreamer_restores_what_it_saved(stereo, bent):
    state = apart(dawdreamer_host.save, vst3(), BEND)
    rendered = apart(dawdreamer_host.restored, vst3(), stereo, RATE, BLOCK, state)
    assert_bounce("DawDreamer, restored", rendered, bent)


def test_dawdreamer_opens_a_preset_file_of_pedalboards(stereo, bent, saved_states):
    _, preset = saved_states
    rendered = apart(dawdreamer_host.restored, vst3(), stereo, RATE, BLOCK, preset, preset=True)
    assert_bounce("pedalboard to DawDreamer", rendered, bent)


@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        ("gain", "1e39"),
        ("gain", "1e6"),
        ("gain", "-1e6"),
        ("mix", "1e39"),
        ("slot_amount_1", "-1e30"),
        ("voice_ceiling", "1e38"),
        ("latent_rate", "1e38"),
        ("slot_layer_1", "-7"),
        ("phase_iterations", "2000000000"),
    ],
)
def test_a_hostile_value_is_harmless_and_what_is_saved_then_loads(parameter, value, saved_state):
    hostile = juce_state.with_value(saved_state, parameter, value)
    sound = drums(2, seed=5, seconds=0.5)
    sound *= INPUT_PEAK / np.abs(sound).max()
    rendered, saved, again = apart(pedalboard_host.restored_twice, vst3(), sound, RATE, BLOCK, hostile)
    assert np.isfinite(rendered).all()
    assert np.abs(rendered).max() <= 10 ** (LOUDEST_DB / 20)
    assert juce_state.component(again) == juce_state.component(saved)
    assert juce_state.value(again, "slot_on_1") is True
