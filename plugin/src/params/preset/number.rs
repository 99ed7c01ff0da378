//! Numbers as a person would write them.

/// The number of the fewest digits near `value` for which `same` holds; `value` where there is none.
///
/// A knob's position and the value it stands for are joined by powers, so a value read back from a knob is 2.9999998 where 3 was
/// meant: of all the numbers that turn the knob to the same position, this is the one to write down.
pub(super) fn shortest(value: f32, same: impl Fn(f32) -> bool) -> f32 {
    /// Digits that tell every `f32` from every other.
    const MOST_DIGITS: usize = 9;
    let rounded = |digits: usize| format!("{value:.*e}", digits - 1).parse().ok();
    (1..=MOST_DIGITS)
        .filter_map(rounded)
        .find(|candidate| same(*candidate))
        .unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shortest_number_that_is_the_same_is_found() {
        let near = |value: f32| move |candidate: f32| (candidate - value).abs() < 1e-5;
        assert_eq!(shortest(2.999_999_8, near(3.0)), 3.0);
        assert_eq!(shortest(-0.123_456_7, near(-0.123_456_7)), -0.12346);
        assert_eq!(shortest(0.1, |candidate| candidate == 0.1), 0.1);
        assert_eq!(shortest(7.3, |_| false), 7.3);
        assert!(shortest(f32::NAN, |_| false).is_nan());
    }
}
