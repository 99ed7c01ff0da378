//! Which rows a transform reads.

use super::{MAX_PARAMETERS, MAX_RADIUS, MapSize, TransformKind};

/// Places are computed in various ways; a row more is always enough.
const ROUNDING: f64 = 1.0;

impl TransformKind {
    /// The first row of a map of `size` that rows `first..` of the transformed map read.
    pub fn first_row_read(
        self,
        first: usize,
        parameters: [f32; MAX_PARAMETERS],
        amount: f32,
        size: MapSize,
    ) -> usize {
        if amount.is_nan() || amount <= 0.0 {
            return first;
        }
        let (_, centre) = size.centre();
        let from = |place: f64| first.min((place.floor() - ROUNDING).max(0.0) as usize);
        match self {
            Self::Ablate
            | Self::Invert
            | Self::ScalarMultiply
            | Self::BinaryThresh
            | Self::FlipHorizontal => first,
            Self::FlipVertical => 0,
            Self::Translate => {
                let shift = f64::from(parameters[1].clamp(-1.0, 1.0)) * size.rows as f64;
                if shift > 0.0 {
                    from(first as f64 - shift)
                } else {
                    first
                }
            }
            Self::Scale => {
                let scale = parameters[0];
                if scale.is_nan() || scale == 1.0 {
                    return first;
                }
                let [least, most] = super::scale::LIMITS;
                let step = 1.0 / f64::from(scale).clamp(least, most);
                from(centre + (first as f64 - centre) * step)
            }
            Self::Rotate => {
                let degrees = f64::from(parameters[0]) % 360.0;
                if degrees == 0.0 || degrees.is_nan() {
                    return first;
                }
                let (sin, cos) = degrees.to_radians().sin_cos();
                let (aside, _) = size.centre();
                let last = size.rows.saturating_sub(1) as f64;
                let down = [first as f64, last].map(|row| cos * (row - centre));
                from(centre + down[0].min(down[1]) - sin.abs() * aside)
            }
            Self::Erode | Self::Dilate => {
                // Not a number is no radius.
                let radius = parameters[0].clamp(0.0, MAX_RADIUS as f32).ceil();
                first.saturating_sub(radius as usize)
            }
        }
    }

    /// Whether what it does to a row depends on where in the map the row lies.
    pub(crate) fn knows_its_row(self, parameters: [f32; MAX_PARAMETERS]) -> bool {
        match self {
            Self::FlipVertical | Self::Scale | Self::Rotate => true,
            Self::Translate => parameters[1] != 0.0,
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Maps, Scratch};
    use super::*;

    const SIZE: MapSize = MapSize {
        rows: 23,
        columns: 17,
    };

    fn map(seed: usize) -> Vec<f32> {
        let count = SIZE.rows * SIZE.columns;
        (0..count)
            .map(|n| ((n * 37 + seed * 101) % 97) as f32 / 97.0 - 0.4)
            .collect()
    }

    /// Rows before the first one read may hold anything.
    #[test]
    fn no_row_before_the_first_one_read_has_a_say() {
        let values = [
            -1.0, -0.4, -0.03, 0.0, 0.02, 0.3, 0.5, 1.0, 1.7, 2.5, 40.0, 170.0,
        ];
        let mut shorter = 0;
        for kind in TransformKind::ALL {
            for parameter in values.into_iter().chain([f32::NAN]) {
                for first in 0..SIZE.rows {
                    let parameters = [parameter, parameter];
                    let from = kind.first_row_read(first, parameters, 0.7, SIZE);
                    assert!(from <= first);
                    let mut expected = map(0);
                    let mut found = map(1);
                    let shared = from * SIZE.columns;
                    found[shared..].copy_from_slice(&expected[shared..]);
                    for map in [&mut expected, &mut found] {
                        let maps = Maps::single(map, SIZE);
                        kind.apply(maps, parameters, 0.7, &mut Scratch::new());
                    }
                    let rows = first * SIZE.columns..;
                    // Not-a-number is equal to none.
                    let mut pairs = expected[rows.clone()].iter().zip(&found[rows]);
                    assert!(
                        pairs.all(|(a, b)| a == b || (a.is_nan() && b.is_nan())),
                        "{kind:?} {parameter} {first}"
                    );
                    shorter += usize::from(from > 0);
                }
            }
        }
        assert!(shorter > 1_500, "{shorter}");
    }
}
