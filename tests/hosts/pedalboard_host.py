"""pedalboard: JUCE's VST3 host as a Python function.

It renders offline, feeds silence behind the sound until as much came back as went in, and takes the reported latency off
the front: what it gives begins with the sound's first sample. It has no sidechain: in stereo the second bus stays as the plugin
has it, and hears silence; to go mono it asks for one channel in and out and leaves every other bus out.
"""

import numpy as np
import pedalboard

NAME = "pedalboard"


def _load(plugin, settings=()):
    loaded = pedalboard.load_plugin(plugin)
    _set(loaded, settings)
    return loaded


def _set(loaded, settings):
    by_title = {parameter.name: parameter for parameter in loaded._parameters}
    for setting in settings:
        by_title[setting.title].raw_value = setting.normalized


def render(plugin, sound, rate, block, settings, times=1):
    """The bent sound, `[channel, sample]`; of `times` renders by one instance, each."""
    loaded = _load(plugin, settings)
    rendered = [loaded.process(sound, rate, buffer_size=block) for _ in range(times)]
    return rendered[0] if times == 1 else rendered


def mono_then_stereo(plugin, sound, rate, block, settings):
    """What one instance makes of the first channel, of both, and of the first again."""
    loaded = _load(plugin, settings)
    return [loaded.process(part, rate, buffer_size=block) for part in (sound[:1], sound, sound[:1])]


def save(plugin, settings):
    """An instance's state as this host keeps it, and as a VST3 preset file holds it."""
    loaded = _load(plugin, settings)
    loaded.process(np.zeros((2, 64), np.float32), 44_100)
    return loaded.raw_state, loaded.preset_data


def restored(plugin, sound, rate, block, state):
    """What a new instance makes of the sound once it has a state, and that instance's own state thereafter."""
    loaded = _load(plugin)
    loaded.raw_state = state
    return loaded.process(sound, rate, buffer_size=block), loaded.raw_state


def with_preset(plugin, sound, rate, block, preset):
    """What a new instance makes of the sound once it has loaded a VST3 preset file."""
    loaded = _load(plugin)
    loaded.load_preset(str(preset))
    return loaded.process(sound, rate, buffer_size=block)


def restored_twice(plugin, sound, rate, block, state):
    """As `restored`, and the state of another instance that was given the first one's."""
    rendered, saved = restored(plugin, sound, rate, block, state)
    _, again = restored(plugin, sound[:, :block], rate, block, saved)
    return rendered, saved, again


def loads(plugin, count, sound, rate, block):
    """Loads and drops so many instances, each of which plays."""
    for _ in range(count):
        assert np.isfinite(_load(plugin).process(sound, rate, buffer_size=block)).all()
