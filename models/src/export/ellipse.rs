//! The disc of `erode` and `dilate`: OpenCV's `MORPH_ELLIPSE` element of size `2r + 1`.

/// Half-width of the element's row at distance `dy` from its centre: the row spans `−w..=w`.
///
/// `w = r·√(1 − dy²/r²)`, rounded half to even, as in OpenCV's `getStructuringElement`. Beyond the radius it is 0.
pub fn half_width(radius: usize, dy: usize) -> usize {
    if radius == 0 || dy >= radius {
        return 0;
    }
    let (r, dy) = (radius as f64, dy as f64);
    (r * ((r * r - dy * dy) * (1.0 / (r * r))).sqrt()).round_ties_even() as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_discs_are_opencvs() {
        let widths = |radius| {
            (0..=radius)
                .map(|dy| half_width(radius, dy))
                .collect::<Vec<_>>()
        };
        assert_eq!(widths(0), [0]);
        assert_eq!(widths(1), [1, 0]);
        assert_eq!(widths(2), [2, 2, 0]);
        assert_eq!(widths(3), [3, 3, 2, 0]);
        assert_eq!(widths(5), [5, 5, 5, 4, 3, 0]);
        assert_eq!(widths(8), [8, 8, 8, 7, 7, 6, 5, 4, 0]);
    }
}
