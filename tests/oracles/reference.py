"""The transforms in float64 NumPy, written straight from their formulas; slow and obvious.

A map is `[rows, columns]`: time, frequency. Nothing here is shared with the Rust code or with OpenCV.
"""

import numpy as np

FLOAT = np.float64


def bilinear(image, source_x, source_y):
    """Reads `image` between its pixels; a neighbour outside counts as 0."""
    rows, columns = image.shape
    left, top = np.floor(source_x), np.floor(source_y)
    result = np.zeros(image.shape, FLOAT)
    for right in (0, 1):
        for down in (0, 1):
            column, row = left + right, top + down
            weight = (1 - np.abs(source_x - column)) * (1 - np.abs(source_y - row))
            inside = (0 <= column) & (column < columns) & (0 <= row) & (row < rows)
            at = np.clip(row, 0, rows - 1).astype(int), np.clip(column, 0, columns - 1).astype(int)
            result += np.where(inside, weight * image[at], 0.0)
    return result


def pixels(image):
    """Column and row number of every pixel, and those of the centre."""
    rows, columns = image.shape
    y, x = np.mgrid[0:rows, 0:columns].astype(FLOAT)
    return x, y, (columns - 1) / 2, (rows - 1) / 2


def translate(image, right, down):
    x, y, _, _ = pixels(image)
    rows, columns = image.shape
    return bilinear(image, x - right * columns, y - down * rows)


def scale(image, factor):
    x, y, cx, cy = pixels(image)
    return bilinear(image, (x - cx) / factor + cx, (y - cy) / factor + cy)


def rotate(image, degrees):
    """Counter-clockwise as one looks at the picture, whose rows run downwards."""
    x, y, cx, cy = pixels(image)
    angle = np.deg2rad(FLOAT(degrees))
    x, y = x - cx, y - cy
    return bilinear(image, np.cos(angle) * x - np.sin(angle) * y + cx, np.sin(angle) * x + np.cos(angle) * y + cy)


def dilate(image, radius):
    """Between two whole radii their results are mixed; radius 0 is the map itself."""
    lower = int(np.floor(radius))
    small = maximum_over_disc(image, lower)
    if radius == lower:
        return small
    return small + (FLOAT(radius) - lower) * (maximum_over_disc(image, lower + 1) - small)


def maximum_over_disc(image, radius):
    rows, columns = image.shape
    best = np.full(image.shape, -np.inf)
    for dy in range(-radius, radius + 1):
        width = half_width(radius, dy)
        for dx in range(-width, width + 1):
            if abs(dy) >= rows or abs(dx) >= columns:
                continue
            to = np.s_[max(0, -dy) : rows - max(0, dy), max(0, -dx) : columns - max(0, dx)]
            of = np.s_[max(0, dy) : rows - max(0, -dy), max(0, dx) : columns - max(0, -dx)]
            best[to] = np.maximum(best[to], image[of])
    return best


def half_width(radius, dy):
    """Python rounds halves to even, as the element asks for."""
    return round(radius * np.sqrt(1 - (dy / radius) ** 2)) if radius else 0


TRANSFORMS = {
    "ablate": lambda image: image * 0,
    "invert": lambda image: 1 - image,
    "scalar-multiply": lambda image, k: k * image,
    "binary-thresh": lambda image, t: (image >= t).astype(FLOAT),
    "flip-h": lambda image: image[:, ::-1],
    "flip-v": lambda image: image[::-1],
    "translate": translate,
    "scale": scale,
    "rotate": rotate,
    "erode": lambda image, radius: -dilate(-image, radius),
    "dilate": dilate,
}


def bend(maps, transform, params=(), features=None, amount=1.0):
    """`maps` `[feature, rows, columns]` with one bend applied; `features` None means all."""
    result = np.array(maps, FLOAT)
    # The Rust side holds parameters in 32 bits.
    params = [FLOAT(np.float32(value)) for value in params]
    amount = FLOAT(np.float32(amount))
    for feature in range(len(result)) if features is None else features:
        bent = TRANSFORMS[transform](result[feature], *params)
        result[feature] = result[feature] + amount * (bent - result[feature])
    return result
