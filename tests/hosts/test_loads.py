"""A hundred loads in one process."""

import sounds
from apart import apart
from programs import vst3

LOADS = 100


def test_a_hundred_loads_do_not_crash(host):
    apart(host.loads, vst3(), LOADS, sounds.drums(2, seed=4, seconds=0.05), sounds.RATE, 512)
