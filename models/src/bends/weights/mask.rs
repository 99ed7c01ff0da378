//! Evenly spaced points of a flattened tensor.

use crate::bends::selection::share_count;

/// The `count` evenly spaced ones of `points` points: those with the indices `⌊k·points/count⌋`, k from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mask {
    points: usize,
    count: usize,
}

impl Mask {
    /// The share, 0–1, of so many points: `⌊points·share⌋` of them.
    pub fn of_share(points: usize, share: f32) -> Self {
        Self {
            points,
            count: share_count(points, share),
        }
    }

    /// How many points it picks.
    pub fn count(self) -> usize {
        self.count
    }

    /// The mask that picks every point of the tensor.
    pub fn whole(self) -> Self {
        Self {
            count: self.points,
            ..self
        }
    }

    /// Whether it picks so many fourths of the points or more.
    pub fn reaches_fourths(self, fourths: usize) -> bool {
        self.count >= self.points / 4 * fourths
    }

    /// Whether it picks every point.
    pub fn is_whole(self) -> bool {
        self.count == self.points
    }

    /// The indices, ascending.
    pub fn indices(self) -> Indices {
        Indices::steps(self.points, self.count, 0)
    }

    /// The indices it does not pick, ascending. They are evenly spaced too: `⌈(k + 1)·points/rest⌉ − 1`.
    pub fn others(self) -> Indices {
        Indices::steps(
            self.points,
            self.points - self.count,
            self.points.saturating_sub(1),
        )
    }
}

/// Iterator over indices. Goes by sums alone, for a division per point would be half the work.
#[derive(Debug, Clone)]
pub struct Indices {
    left: usize,
    index: usize,
    /// What the division that gave `index` left over.
    rest: usize,
    step: usize,
    step_rest: usize,
    count: usize,
}

impl Indices {
    /// `⌊(k·points + start)/count⌋` for every k below `count`.
    fn steps(points: usize, count: usize, start: usize) -> Self {
        // No points are never divided by their number.
        let divisor = count.max(1);
        Self {
            left: count,
            index: start / divisor,
            rest: start % divisor,
            step: points / divisor,
            step_rest: points % divisor,
            count: divisor,
        }
    }
}

impl Iterator for Indices {
    type Item = usize;

    #[inline(always)]
    fn next(&mut self) -> Option<usize> {
        self.left = self.left.checked_sub(1)?;
        let index = self.index;
        self.rest += self.step_rest;
        let carry = usize::from(self.rest >= self.count);
        self.rest -= carry * self.count;
        self.index += self.step + carry;
        Some(index)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_indices_are_the_floors_of_even_steps() {
        for points in [1, 2, 7, 100, 101, 1_000] {
            for count in 0..=points {
                let mask = Mask { points, count };
                let expected: Vec<usize> = (0..count).map(|k| k * points / count).collect();
                let indices: Vec<usize> = mask.indices().collect();
                assert_eq!(indices, expected, "{count} of {points}");
                assert!(indices.windows(2).all(|pair| pair[0] < pair[1]));
                assert!(indices.iter().all(|&index| index < points));
                let others: Vec<usize> = (0..points).filter(|n| !indices.contains(n)).collect();
                assert_eq!(
                    mask.others().collect::<Vec<_>>(),
                    others,
                    "{count} of {points}"
                );
            }
        }
    }

    #[test]
    fn a_share_is_cut_to_whole_points() {
        for (points, share, expected) in [
            (200, 0.01, 2),
            (199, 0.01, 1),
            (99, 0.01, 0),
            (10, 0.0, 0),
            (10, 1.0, 10),
            (10, f32::NAN, 0),
            (10, 9.0, 10),
        ] {
            let mask = Mask::of_share(points, share);
            assert_eq!(mask.count(), expected, "{share} of {points}");
            assert_eq!(mask.indices().count(), expected);
        }
        assert!(Mask::of_share(10, 1.0).is_whole());
        assert!(!Mask::of_share(10, 0.99).is_whole());
    }
}
