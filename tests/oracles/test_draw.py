"""The random draw against figures that are frozen elsewhere."""

import struct

import draw


def test_the_generator_is_chacha8():
    # Key and stream of zeros: the keystream of ChaCha8 in its reference implementation's test vectors.
    random = draw.words(0, 0)
    stream = b"".join(struct.pack("<I", next(random)) for _ in range(4))
    assert stream.hex() == "3e00ef2f895f40d67f5bb8e81f09a5a1"


def test_a_permutation_is_the_one_frozen_in_rust():
    frozen = [12, 11, 2, 6, 0, 1, 14, 7, 15, 9, 8, 4, 3, 13, 5, 10]
    assert draw.permutation(16, 1, 0) == frozen
    assert draw.permutation(16, 2, 0) != frozen
    assert draw.permutation(16, 1, 1) != frozen


def test_shares_are_nested():
    previous = []
    for share in (0.1, 0.25, 0.29, 0.7, 1.0):
        now = draw.selected(100, share, 9, 3, 2)
        assert now[: len(previous)] == previous and len(now) == round(100 * share)
        previous = now
