//! Bends of a waveform model's layers: maps `[row, feature, step]` of a block, without an axis of frequency.
//!
//! Transforms that work value by value do what they do elsewhere, and those of frequency act along the selected features: `flip-h` turns
//! their order over, `translate` rolls it by x of their number. `flip-v` turns the steps of a block over, where it has [`LEAST_STEPS`] or more. All
//! others have no meaning here and leave the maps alone.

use netbend_dsp::number::{cut, nearest_f32};

use crate::bends::LATENT_LAYER;
use crate::bends::transform::{MapSize, Maps, Scratch, TransformKind};
use crate::node::activity;
use crate::node::program::{Entry, Program};

/// Steps of a block that have a time to be turned over.
pub const LEAST_STEPS: usize = 32;

/// Whether a transform has a meaning for a layer whose blocks have so many steps.
pub fn acts_on_sequences(transform: TransformKind, steps: usize) -> bool {
    match transform {
        TransformKind::Ablate
        | TransformKind::Invert
        | TransformKind::ScalarMultiply
        | TransformKind::BinaryThresh
        | TransformKind::FlipHorizontal
        | TransformKind::Translate => true,
        TransformKind::FlipVertical => steps >= LEAST_STEPS,
        TransformKind::Scale
        | TransformKind::Rotate
        | TransformKind::Erode
        | TransformKind::Dilate => false,
    }
}

/// Applies the entries of `layer` for item 0 to every row of `maps`, shaped `[row, feature, step]`. Then the pictures are taken that watches ask
/// for, of the first row.
///
/// # Real-time safety
/// Of a pool thread: allocates where features change places.
pub fn apply(
    layer: usize,
    words: &[f32],
    [rows, features, steps]: [usize; 3],
    maps: &mut [f32],
    scratch: &mut Scratch,
) {
    let size = features * steps;
    if rows == 0 || size == 0 || maps.len() < rows * size {
        return;
    }
    let meant = |entry: &Entry<'_>| {
        let acts = match layer {
            LATENT_LAYER => entry.transform.acts_on_latent(),
            _ => acts_on_sequences(entry.transform, steps),
        };
        entry.layer == layer && entry.item == 0 && entry.amount > 0.0 && acts
    };
    for entry in Program::entries(words).filter(meant) {
        for maps in maps.chunks_exact_mut(size).take(rows) {
            bend(&entry, maps, steps, scratch);
        }
    }
    let watches = Program::watches(words);
    activity::picture(layer, watches, [1, features, steps, 1], steps, maps);
}

fn bend(entry: &Entry<'_>, maps: &mut [f32], steps: usize, scratch: &mut Scratch) {
    let amount = entry.amount.min(1.0);
    match entry.transform {
        TransformKind::FlipHorizontal => {
            let count = nearest_f32(entry.features.len());
            rearrange(entry.features, maps, steps, amount, |place| {
                count - 1.0 - place
            });
        }
        TransformKind::Translate => {
            let [x, _] = entry.parameters;
            let shift = if x.is_finite() {
                x.clamp(-1.0, 1.0)
            } else {
                0.0
            };
            let shift = shift * nearest_f32(entry.features.len());
            if shift != 0.0 {
                rearrange(entry.features, maps, steps, amount, |place| place - shift);
            }
        }
        transform => {
            let map = MapSize {
                rows: steps,
                columns: 1,
            };
            let maps = Maps::new(maps, map, entry.features);
            transform.apply(maps, entry.parameters, amount, scratch);
        }
    }
}

/// Gives each of the selected features what lies at another place among them, going round, read linearly between two.
fn rearrange(
    features: &[f32],
    maps: &mut [f32],
    steps: usize,
    amount: f32,
    source: impl Fn(f32) -> f32,
) {
    let map = |feature: f32| {
        let start = cut::<usize>(feature).saturating_mul(steps);
        start..start.saturating_add(steps)
    };
    let before: Vec<f32> = features
        .iter()
        .filter_map(|&feature| maps.get(map(feature)))
        .flatten()
        .copied()
        .collect();
    let count = features.len();
    if before.len() != count * steps {
        return; // A feature that is not there.
    }
    for (place, &feature) in features.iter().enumerate() {
        let from = source(nearest_f32(place)).rem_euclid(nearest_f32(count));
        let lower = cut::<usize>(from.floor()).min(count - 1);
        let share = from - from.floor();
        let read = |place: usize| &before[place * steps..(place + 1) * steps];
        let (lower, upper) = (read(lower), read((lower + 1) % count));
        let Some(to) = maps.get_mut(map(feature)) else {
            continue;
        };
        for ((value, lower), upper) in to.iter_mut().zip(lower).zip(upper) {
            let moved = lower + share * (upper - lower);
            *value += amount * (moved - *value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bent(
        transform: TransformKind,
        parameters: [f32; 2],
        amount: f32,
        features: &[f32],
    ) -> Vec<f32> {
        let (count, steps) = (4, 32);
        let mut maps: Vec<f32> = (0..2 * count * steps)
            .map(|n| (n / steps % count) as f32 * 100.0 + (n % steps) as f32)
            .collect();
        let mut program = Program::new();
        program.push(&Entry {
            layer: 3,
            item: 0,
            transform,
            amount,
            parameters,
            features,
        });
        apply(
            3,
            program.words(),
            [2, count, steps],
            &mut maps,
            &mut Scratch::new(),
        );
        let (first, second) = maps.split_at(count * steps);
        assert_eq!(first, second, "both rows alike");
        first.to_vec()
    }

    fn firsts(maps: &[f32]) -> Vec<f32> {
        maps.chunks(32).map(|map| map[0]).collect()
    }

    const ALL: &[f32] = &[0.0, 1.0, 2.0, 3.0];

    #[test]
    fn features_change_places() {
        let flipped = bent(TransformKind::FlipHorizontal, [0.0; 2], 1.0, ALL);
        assert_eq!(firsts(&flipped), [300.0, 200.0, 100.0, 0.0]);
        let some = bent(TransformKind::FlipHorizontal, [0.0; 2], 1.0, &[0.0, 2.0]);
        assert_eq!(firsts(&some), [200.0, 100.0, 0.0, 300.0]);
        let half = bent(TransformKind::FlipHorizontal, [0.0; 2], 0.5, ALL);
        assert_eq!(firsts(&half), [150.0, 150.0, 150.0, 150.0]);
        let rolled = bent(TransformKind::Translate, [0.25, 0.0], 1.0, ALL);
        assert_eq!(firsts(&rolled), [300.0, 0.0, 100.0, 200.0]);
        let between = bent(TransformKind::Translate, [0.125, 0.0], 1.0, ALL);
        assert_eq!(firsts(&between), [150.0, 50.0, 150.0, 250.0]);
        let still = bent(TransformKind::Translate, [0.0, 0.7], 1.0, ALL);
        assert_eq!(firsts(&still), [0.0, 100.0, 200.0, 300.0]);
    }

    #[test]
    fn values_and_time_are_bent_and_what_has_no_meaning_is_left() {
        let ablated = bent(TransformKind::Ablate, [0.0; 2], 1.0, &[1.0]);
        assert_eq!(firsts(&ablated), [0.0, 0.0, 200.0, 300.0]);
        let turned = bent(TransformKind::FlipVertical, [0.0; 2], 1.0, &[1.0]);
        assert_eq!(firsts(&turned), [0.0, 131.0, 200.0, 300.0]);
        let untouched = bent(TransformKind::Ablate, [0.0; 2], 0.0, ALL);
        for nothing in [
            TransformKind::Rotate,
            TransformKind::Scale,
            TransformKind::Dilate,
        ] {
            assert_eq!(bent(nothing, [0.7, 0.7], 1.0, ALL), untouched);
        }
        assert_eq!(
            bent(TransformKind::FlipHorizontal, [0.0; 2], 1.0, &[1.0, 9.0]),
            untouched
        );
    }
}
