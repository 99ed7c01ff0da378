"""Netbend's random selection, after its description in `models/src/bends/selection.rs`.

ChaCha8 keyed by the seed (64 bits, little-endian, then zeros), its stream number telling draws apart; then Fisher-Yates from the end,
an index in `0..=last` being the high half of 32 random bits times `last + 1`.
"""

import struct

MASK = 0xFFFFFFFF
CONSTANTS = struct.unpack("<4I", b"expand 32-byte k")
ROUNDS = 8


def words(seed, stream):
    """The generator's 32-bit words, without end."""
    key = struct.unpack("<8I", struct.pack("<Q24x", seed))
    block = 0
    while True:
        counter = struct.unpack("<4I", struct.pack("<QQ", block, stream))
        start = [*CONSTANTS, *key, *counter]
        state = list(start)
        for _ in range(ROUNDS // 2):
            for a, b, c, d in ((0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15)):
                quarter_round(state, a, b, c, d)
            for a, b, c, d in ((0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14)):
                quarter_round(state, a, b, c, d)
        for now, before in zip(state, start):
            yield (now + before) & MASK
        block += 1


def quarter_round(state, a, b, c, d):
    for x, y, z, bits in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
        state[x] = (state[x] + state[y]) & MASK
        mixed = state[z] ^ state[x]
        state[z] = ((mixed << bits) | (mixed >> (32 - bits))) & MASK


def permutation(features, seed, stream):
    order = list(range(features))
    random = words(seed, stream)
    for last in range(features - 1, 0, -1):
        pick = (next(random) * (last + 1)) >> 32
        order[last], order[pick] = order[pick], order[last]
    return order


def selected(features, share, seed, place, layer):
    """The features that the bend at `place` (from 0) of a list draws on `layer`."""
    # A share such as 0.29 of 100 lies a little below 29 as a number, and is 29 features.
    count = min(int(features * share + 1e-5), features)
    return permutation(features, seed, place << 8 | layer)[:count]
