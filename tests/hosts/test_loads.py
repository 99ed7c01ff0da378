"""A hundred loads in one process of each host, both at once: a load is mostly waiting for the network to be read."""

from concurrent.futures import ThreadPoolExecutor

import dawdreamer_host
import pedalboard_host
import sounds
from apart import apart
from programs import vst3

LOADS = 100
# Twenty times what it takes on a machine that does nothing else.
TIMEOUT_SECONDS = 1_500


def test_a_hundred_loads_do_not_crash():
    sound = sounds.drums(2, seed=4, seconds=0.05)

    def load(host):
        apart(host.loads, vst3(), LOADS, sound, sounds.RATE, 512, timeout=TIMEOUT_SECONDS)

    with ThreadPoolExecutor() as pool:
        list(pool.map(load, [pedalboard_host, dawdreamer_host]))
