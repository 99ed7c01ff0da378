"""The same transforms by OpenCV, with its defaults."""

import cv2
import numpy as np


def element(radius):
    return cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1))


def centre(image):
    rows, columns = image.shape
    return (columns - 1) / 2, (rows - 1) / 2


def warp(image, matrix):
    rows, columns = image.shape
    return cv2.warpAffine(image, matrix, (columns, rows))


def translate(image, right, down):
    rows, columns = image.shape
    return warp(image, np.array([[1, 0, right * columns], [0, 1, down * rows]], np.float64))


TRANSFORMS = {
    "ablate": lambda image: image * 0,
    "invert": lambda image: cv2.subtract(np.ones_like(image), image),
    "scalar-multiply": lambda image, k: cv2.multiply(image, np.full_like(image, k)),
    # THRESH_BINARY asks for more than the threshold; the paper's equation 1 for that or more.
    "binary-thresh": lambda image, t: cv2.compare(image, np.full_like(image, t), cv2.CMP_GE).astype(np.float32) / 255,
    "flip-h": lambda image: cv2.flip(image, 1),
    "flip-v": lambda image: cv2.flip(image, 0),
    "translate": translate,
    "scale": lambda image, factor: warp(image, cv2.getRotationMatrix2D(centre(image), 0, factor)),
    "rotate": lambda image, degrees: warp(image, cv2.getRotationMatrix2D(centre(image), degrees, 1)),
    "erode": lambda image, radius: cv2.erode(image, element(radius)),
    "dilate": lambda image, radius: cv2.dilate(image, element(radius)),
}

MOVES = {"translate", "scale", "rotate"}


def bend(maps, transform, params=(), features=None, amount=1.0):
    """`maps` `[feature, rows, columns]` with one bend applied; `features` None means all."""
    result = np.array(maps, np.float32)
    for feature in range(len(result)) if features is None else features:
        image = np.ascontiguousarray(result[feature])
        bent = TRANSFORMS[transform](image, *params).reshape(image.shape)
        result[feature] = image + np.float32(amount) * (bent - image)
    return result
