//! Bends of a waveform model's layers: maps `[row, feature, step]` of a block, without an axis of frequency.
//!
//! Transforms that work value by value do what they do elsewhere, and those of frequency act along the selected features: `flip-h` turns
//! their order over, `translate` rolls it by x of their number. `flip-v` turns the steps of a block over, where it has [`LEAST_STEPS`] or more.
//! `translate` makes them late by y of a time, where what came [`Before`] is known. All others have no meaning here and leave the maps alone.

mod window;

pub use window::Before;

use netbend_dsp::number::{cut, nearest_f32};

use crate::bends::LATENT_LAYER;
use crate::bends::transform::{MapSize, Maps, Scratch, TransformKind};
use crate::node::activity;
use crate::node::program::{Entry, Program};
pub(crate) use window::delay;
use window::{Window, late};

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
/// Where something is shifted in time, what came before is bent as well, as the entries are now: so they follow one another as they do elsewhere. What
/// has not come yet is 0.
///
/// # Real-time safety
/// Of a pool thread: allocates where features change places or time.
pub fn apply(
    layer: usize,
    words: &[f32],
    [rows, features, steps]: [usize; 3],
    before: Before<'_>,
    maps: &mut [f32],
    scratch: &mut Scratch,
) {
    let size = features * steps;
    if rows == 0 || size == 0 || maps.len() < rows * size {
        return;
    }
    let maps = &mut maps[..rows * size];
    let meant = |entry: &Entry<'_>| {
        let acts = match layer {
            LATENT_LAYER => entry.transform.acts_on_latent(),
            _ => acts_on_sequences(entry.transform, steps),
        };
        entry.layer == layer && entry.item == 0 && entry.amount > 0.0 && acts
    };
    let whole = match before.blocks.is_empty() {
        true => 0,
        false => before.whole,
    };
    let is_late = |entry: Entry<'_>| delay(&entry, whole) != 0.0;
    if Program::entries(words).filter(meant).any(is_late) {
        let mut window = Window::new(before, maps, steps);
        for entry in Program::entries(words).filter(meant) {
            for maps in window.values.chunks_exact_mut(features * window.steps) {
                bend(&entry, maps, [window.steps, steps], whole, scratch);
            }
        }
        window.end(maps, steps);
    } else {
        for entry in Program::entries(words).filter(meant) {
            for maps in maps.chunks_exact_mut(size) {
                bend(&entry, maps, [steps, steps], whole, scratch);
            }
        }
    }
    let watches = Program::watches(words);
    activity::picture(layer, watches, [1, features, steps, 1], steps, maps);
}

/// Bends maps of so many steps, of blocks of so many; a shift of 1 is `whole` of them late.
fn bend(
    entry: &Entry<'_>,
    maps: &mut [f32],
    [steps, block]: [usize; 2],
    whole: usize,
    scratch: &mut Scratch,
) {
    let amount = entry.amount.min(1.0);
    match entry.transform {
        TransformKind::FlipHorizontal => {
            let count = nearest_f32(entry.features.len());
            rearrange(entry.features, maps, (steps, 0.0), amount, |place| {
                count - 1.0 - place
            });
        }
        TransformKind::FlipVertical => {
            let every = maps.chunks_exact_mut(steps).enumerate();
            let is_selected = |number: usize| entry.features.contains(&nearest_f32(number));
            for (_, map) in every.filter(|(number, _)| is_selected(*number)) {
                for map in map.chunks_exact_mut(block) {
                    let was = map.to_vec();
                    for (value, turned) in map.iter_mut().zip(was.iter().rev()) {
                        *value = mixed(*value, *turned, amount);
                    }
                }
            }
        }
        TransformKind::Translate => {
            let [x, _] = entry.parameters;
            let shift = if x.is_finite() {
                x.clamp(-1.0, 1.0)
            } else {
                0.0
            };
            let shift = shift * nearest_f32(entry.features.len());
            let delay = delay(entry, whole);
            if shift != 0.0 || delay != 0.0 {
                rearrange(entry.features, maps, (steps, delay), amount, |place| {
                    place - shift
                });
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

/// `x + amount·(f − x)`, exactly `f` at amount 1.
fn mixed(x: f32, f: f32, amount: f32) -> f32 {
    if amount >= 1.0 {
        f
    } else {
        x + amount * (f - x)
    }
}

/// Gives each of the selected features what lies at another place among them, going round, read linearly between two, and so many steps later.
fn rearrange(
    features: &[f32],
    maps: &mut [f32],
    (steps, delay): (usize, f64),
    amount: f32,
    source: impl Fn(f32) -> f32,
) {
    let map = |feature: f32| {
        let start = cut::<usize>(feature).saturating_mul(steps);
        start..start.saturating_add(steps)
    };
    let mut before: Vec<f32> = Vec::with_capacity(features.len() * steps);
    for map in features
        .iter()
        .filter_map(|&feature| maps.get(map(feature)))
    {
        match delay == 0.0 {
            true => before.extend_from_slice(map),
            false => before.extend(late(map, delay)),
        }
    }
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
            *value = mixed(*value, moved, amount);
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
            Before::default(),
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

    /// Blocks of a ramp: feature `f` at step `t` of all is `t + 1000 f`, in two rows.
    fn ramp(block: usize, steps: usize) -> Vec<f32> {
        let line = |line: usize| {
            let feature = line % 2;
            (0..steps).map(move |step| (block * steps + step + 1_000 * feature) as f32)
        };
        (0..4).flat_map(line).collect()
    }

    fn shifted(program: &Program, blocks: usize) -> Vec<f32> {
        let (steps, whole) = (8, 20);
        let past: Vec<f32> = (0..blocks).flat_map(|block| ramp(block, steps)).collect();
        let mut maps = ramp(blocks, steps);
        let before = Before {
            blocks: &past,
            whole,
        };
        let mut scratch = Scratch::new();
        apply(
            3,
            program.words(),
            [2, 2, steps],
            before,
            &mut maps,
            &mut scratch,
        );
        let (first, second) = maps.split_at(2 * steps);
        assert_eq!(first, second, "both rows alike");
        first.to_vec()
    }

    #[test]
    fn maps_are_late_by_what_came_before() {
        let over = |blocks: usize, entries: &[(TransformKind, [f32; 2], f32, &[f32])]| {
            let mut program = Program::new();
            for &(transform, parameters, amount, features) in entries {
                program.push(&Entry {
                    layer: 3,
                    item: 0,
                    transform,
                    amount,
                    parameters,
                    features,
                });
            }
            shifted(&program, blocks)
        };
        let of = |entries: &[_]| over(3, entries);
        let (translate, both) = (TransformKind::Translate, [0.0, 1.0]);
        let now: Vec<f32> = ramp(3, 8)[..16].to_vec();
        let less = |by: f32| now.iter().map(move |x| x - by).collect::<Vec<_>>();
        assert_eq!(of(&[]), now);
        // A share of 20 steps, whole or not, and mixed with what is not late.
        assert_eq!(of(&[(translate, [0.0, 0.5], 1.0, &both)]), less(10.0));
        assert_eq!(of(&[(translate, [0.0, 1.0], 1.0, &both)]), less(20.0));
        assert_eq!(of(&[(translate, [0.0, 0.0125], 1.0, &both)]), less(0.25));
        assert_eq!(of(&[(translate, [0.0, 0.5], 0.5, &both)]), less(5.0));
        let nearly = of(&[(translate, [0.0, 0.500_01], 1.0, &both)]);
        assert_eq!(nearly, less(10.0), "what is nearly whole is");
        // Only what is selected, and features change places as well.
        let one = of(&[(translate, [0.0, 0.5], 1.0, &[1.0])]);
        assert_eq!(one, [&now[..8], &less(10.0)[8..]].concat());
        let turned = of(&[(translate, [0.5, 0.5], 1.0, &both)]);
        assert_eq!(turned, [&less(10.0)[8..], &less(10.0)[..8]].concat());
        // One after the other, whatever lies between, before what there is as well.
        let twice = (translate, [0.0, 0.25], 1.0, &both[..]);
        assert_eq!(of(&[twice, twice]), less(10.0));
        let invert = (TransformKind::Invert, [0.0; 2], 1.0, &both[..]);
        let expected: Vec<f32> = less(5.0).iter().map(|x| 1.0 - x).collect();
        assert_eq!(of(&[twice, invert]), expected);
        assert_eq!(of(&[invert, twice]), expected);
        // What has not come yet, and what came before all, is 0.
        let soon = of(&[(translate, [0.0, -0.1], 1.0, &[0.0])]);
        assert_eq!(soon[..8], [26.0, 27.0, 28.0, 29.0, 30.0, 31.0, 0.0, 0.0]);
        let most = (translate, [0.0, 1.0], 1.0, &both[..]);
        assert_eq!(of(&[most, most])[..8], [0.0; 8]);
        // Numbers that are none shift nothing, and so does no past.
        assert_eq!(of(&[(translate, [0.0, f32::NAN], 1.0, &both)]), now);
        let without = over(0, &[(translate, [0.0, 0.5], 1.0, &both)]);
        assert_eq!(without, ramp(0, 8)[..16]);
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
