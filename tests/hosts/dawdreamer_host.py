"""DawDreamer: a graph of processors around JUCE's VST3 host, rendered offline.

It does not take latency off: what the plugin gives begins as many samples late as it reports. Here silence is sent after the sound and
the front cut off, so that the stream starts at the same sample as in `netbend render`.
"""

import tempfile
from pathlib import Path

import dawdreamer
import numpy as np

NAME = "DawDreamer"
# How much is rendered beyond the sound, at the least: the longest latency (Studio) and a block.
TAIL_SECONDS = 1.0


def _load(engine, plugin, settings=()):
    loaded = engine.make_plugin_processor("netbend", plugin)
    for setting in settings:
        loaded.set_parameter(_index(loaded, setting.title), setting.normalized)
    return loaded


def _index(loaded, title):
    return next(entry["index"] for entry in loaded.get_parameters_description() if entry["name"] == title)


def _play(engine, loaded, sound, rate, sidechain=None, times=1):
    """Sends the sound through and gives what comes out, aligned and of the sound's length."""
    tail = np.zeros((sound.shape[0], int(TAIL_SECONDS * rate)), np.float32)
    heard = {"sound": sound} if sidechain is None else {"sound": sound, "sidechain": sidechain}
    graph = [
        (engine.make_playback_processor(name, np.concatenate([data, tail], axis=1)), []) for name, data in heard.items()
    ]
    assert engine.load_graph([*graph, (loaded, list(heard))])
    rendered = []
    for _ in range(times):
        assert engine.render((sound.shape[1] + tail.shape[1]) / rate)
        latency = loaded.get_latency_samples()
        rendered.append(engine.get_audio()[:, latency : latency + sound.shape[1]].copy())
    return rendered


def render(plugin, sound, rate, block, settings, sidechain=None, times=1, buses="active"):
    """The bent sound, `[channel, sample]`; of `times` renders by one instance, each.

    Where `buses` is "main", every bus but the first is switched off.
    """
    engine = dawdreamer.RenderEngine(rate, block)
    loaded = _load(engine, plugin, settings)
    if buses == "main":
        assert loaded.disable_nonmain_buses()
    rendered = _play(engine, loaded, sound, rate, sidechain, times)
    return rendered[0] if times == 1 else rendered


def switched(plugin, sound, rate, block, settings, sidechain):
    """What one instance gives with the sidechain's bus off, then on again."""
    engine = dawdreamer.RenderEngine(rate, block)
    loaded = _load(engine, plugin, settings)
    assert loaded.disable_nonmain_buses()
    (off,) = _play(engine, loaded, sound, rate)
    assert loaded.enable_all_buses()
    (on,) = _play(engine, loaded, sound, rate, sidechain)
    return off, on


def automated(plugin, sound, rate, block, settings, title, values):
    """The bent sound while a parameter follows `values`, one a sample."""
    engine = dawdreamer.RenderEngine(rate, block)
    loaded = _load(engine, plugin, settings)
    assert loaded.set_automation(_index(loaded, title), values)
    return _play(engine, loaded, sound, rate)[0]


def save(plugin, settings):
    """An instance's state as this host keeps it."""
    engine = dawdreamer.RenderEngine(44_100, 512)
    loaded = _load(engine, plugin, settings)
    _play(engine, loaded, np.zeros((2, 512), np.float32), 44_100)
    with tempfile.TemporaryDirectory() as scratch:
        file = Path(scratch) / "state"
        loaded.save_state(str(file))
        return file.read_bytes()


def restored(plugin, sound, rate, block, state, preset=False):
    """What a new instance makes of the sound once it has a state, or what a VST3 preset file holds."""
    engine = dawdreamer.RenderEngine(rate, block)
    loaded = _load(engine, plugin)
    with tempfile.TemporaryDirectory() as scratch:
        file = Path(scratch) / ("state.vstpreset" if preset else "state")
        file.write_bytes(state)
        if preset:
            assert loaded.load_vst3_preset(str(file))
        else:
            loaded.load_state(str(file))
    return _play(engine, loaded, sound, rate)[0]


def loads(plugin, count, sound, rate, block):
    """Loads and drops so many instances, each of which plays."""
    for _ in range(count):
        engine = dawdreamer.RenderEngine(rate, block)
        source = engine.make_playback_processor("sound", sound)
        assert engine.load_graph([(source, []), (_load(engine, plugin), ["sound"])])
        assert engine.render(sound.shape[1] / rate)
        assert np.isfinite(engine.get_audio()).all()
