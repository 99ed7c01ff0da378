"""The operator against OpenCV and against a slow float64 reference, on random maps that are not square."""

import itertools
import zlib

import cv2
import numpy as np
import pytest

import opencv
import programs
import reference
from figures import note

# Rows and columns: the layers of the paper's network, and odd ones.
SIZES = [(8, 33), (17, 65), (32, 129), (64, 257), (5, 12), (13, 31), (50, 3), (1, 9), (7, 1), (2, 2)]

KINDS = {
    "ablate": [()],
    "invert": [()],
    "scalar-multiply": [(0.0,), (-10.0,), (2.5,)],
    "binary-thresh": [(0.0,), (0.5,), (-1.25,), (4.0,)],
    "flip-h": [()],
    "flip-v": [()],
    "translate": [*itertools.product((-1.0, -0.37, 0.0, 0.25, 0.5), (-0.61, 0.0, 0.125, 1.0))],
    "scale": [(s,) for s in (0.1, 0.25, 0.5, 0.8, 0.99, 1.0, 1.2, 2.0, 4.0, 10.0)],
    "rotate": [(d,) for d in (0.0, 1.0, 30.0, 45.0, 90.0, 133.7, 180.0, 270.0, 359.0, 360.0, -20.0)],
    "erode": [(r,) for r in (1, 2, 3, 5, 8, 17, 64)],
    "dilate": [(r,) for r in (1, 2, 3, 5, 8, 17, 64)],
}
CONTINUOUS_RADII = (0.0, 0.25, 0.5, 1.5, 2.75, 7.1)

# Of the map's range. OpenCV may round coordinates to 1/32 of a pixel.
OPENCV_MOVES = 2e-2
# Of the map's range, or of 1 where that is more: what 32-bit arithmetic leaves.
EXACT = 1e-4


def random_maps(features, rows, columns, seed):
    return np.random.default_rng(seed).uniform(-2, 3, (features, rows, columns)).astype(np.float32)


def seed_of(*what):
    """The same for ever, unlike `hash`."""
    return zlib.crc32(repr(what).encode())


def error(found, expected, maps):
    span = max(float(np.ptp(maps)), 1.0)
    return float(np.max(np.abs(found - expected))) / span


@pytest.mark.parametrize("transform", KINDS)
@pytest.mark.parametrize("rows,columns", SIZES)
def test_the_operator_is_opencv_and_the_formula(transform, rows, columns):
    for params in KINDS[transform]:
        maps = random_maps(3, rows, columns, seed_of(transform, rows, columns, params))
        selection = {"features": [2, 0], "amount": 1.0}
        found = programs.bend_maps(maps, [{"transform": transform, "params": params, **selection}])
        what = f"{transform} {params}"
        assert np.array_equal(found[1], maps[1]), f"{what}: bends what is not selected"
        exact = reference.bend(maps, transform, params, [2, 0])
        assert note(f"operator and float64, {transform}", error(found, exact, maps)) <= EXACT, what
        by_opencv = opencv.bend(maps, transform, params, [2, 0])
        allowed = OPENCV_MOVES if transform in opencv.MOVES else EXACT
        assert note(f"operator and OpenCV, {transform}", error(found, by_opencv, maps)) <= allowed, what


@pytest.mark.parametrize("transform", KINDS)
def test_amounts_mix_and_bends_chain_in_order(transform):
    params = KINDS[transform][-1]
    maps = random_maps(4, 17, 65, seed_of("chain", transform))
    bends = [
        (transform, params, [0, 3], 0.3),
        ("scalar-multiply", (-1.5,), [3, 1], 0.75),
        (transform, params, None, 0.6),
    ]
    found = programs.bend_maps(
        maps,
        [
            {"transform": t, "params": p, "amount": a} | ({} if features is None else {"features": features})
            for t, p, features, a in bends
        ],
    )
    exact, by_opencv = maps, maps
    for bend in bends:
        exact, by_opencv = reference.bend(exact, *bend), opencv.bend(by_opencv, *bend)
    if transform != "binary-thresh":  # a value that OpenCV's rounding takes over the threshold differs by 1
        allowed = OPENCV_MOVES if transform in opencv.MOVES else EXACT
        assert error(found, by_opencv, maps) <= allowed
    assert error(found, exact, maps) <= EXACT


@pytest.mark.parametrize("transform", ["erode", "dilate"])
@pytest.mark.parametrize("rows,columns", SIZES)
def test_between_whole_radii_results_are_mixed(transform, rows, columns):
    for radius in CONTINUOUS_RADII:
        maps = random_maps(2, rows, columns, seed_of("radius", transform, rows, columns, radius))
        found = programs.bend_maps(maps, [{"transform": transform, "params": [radius]}])
        assert error(found, reference.bend(maps, transform, [radius]), maps) <= EXACT, radius
        lower = int(radius)
        steps = [opencv.bend(maps, transform, [r]) if r else maps for r in (lower, lower + 1)]
        mixed = steps[0] + np.float32(radius - lower) * (steps[1] - steps[0])
        assert error(found, mixed, maps) <= EXACT, radius


def test_the_disc_is_opencvs_ellipse_for_every_radius():
    # What a dilated single point becomes is the element.
    for radius in range(1, 65):
        size = 2 * radius + 1
        point = np.zeros((1, size, size), np.float32)
        point[0, radius, radius] = 1
        disc = programs.bend_maps(point, [{"transform": "dilate", "params": [radius]}])[0]
        expected = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
        assert np.array_equal(disc, expected), f"radius {radius}"


def test_a_threshold_is_reached_by_its_own_value():
    threshold = np.float32(0.7)
    below, above = (np.nextafter(threshold, np.float32(end)) for end in (-np.inf, np.inf))
    maps = np.array([[[below, threshold, above]]], np.float32)
    found = programs.bend_maps(maps, [{"transform": "binary-thresh", "params": [float(threshold)]}])
    assert found.tolist() == [[[0, 1, 1]]]


def test_parameters_that_change_nothing_return_the_map_bit_for_bit():
    maps = random_maps(2, 17, 65, 12)
    still = [("translate", [0, 0]), ("scale", [1]), ("rotate", [0]), ("erode", [0]), ("dilate", [0])]
    for transform, params in still:
        found = programs.bend_maps(maps, [{"transform": transform, "params": params}])
        assert np.array_equal(found, maps), transform
