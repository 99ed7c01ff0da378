//! The formulas, applied to the points a mask picks.
//!
//! A point's value is the same whichever loop computes it (no products are fused with sums), so that the
//! masks' shares, the vector width and what was bent before leave no trace in any bit.

use multiversion::multiversion;

use super::mask::Mask;
use super::noise::{DEVIATION, Noise};
use super::stage::Stage;
use super::{LARGEST, WeightLayer, WeightTransform};

/// `f(w)` of one stage for one tensor.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Formula {
    /// `gain·w + offset`.
    Affine { gain: f32, offset: f32 },
    /// `keep·w + gain·noise`.
    Noise { keep: f32, gain: f32, noise: Noise },
    /// The point `shift` places before, round and round.
    Roll { shift: usize },
    /// `keep·w + gain·` the point as far from the end.
    Flip { keep: f32, gain: f32 },
}

impl Formula {
    pub(crate) fn of(stage: &Stage, layer: &WeightLayer) -> Self {
        let amount = f64::from(stage.amount);
        // Mixes go no further than all the way.
        let mix = amount.abs().min(1.0);
        let sigma = f64::from(layer.deviation);
        match stage.transform {
            WeightTransform::Offset => Self::Affine {
                gain: 1.0,
                offset: (amount * sigma) as f32,
            },
            WeightTransform::Randomise => Self::Noise {
                keep: (1.0 - mix) as f32,
                gain: (mix * sigma / DEVIATION) as f32,
                noise: Noise::new(stage.seed, layer.number as u16),
            },
            WeightTransform::Invert => Self::Affine {
                gain: (1.0 - 2.0 * mix) as f32,
                offset: 0.0,
            },
            WeightTransform::Multiply => Self::Affine {
                gain: (1.0 + amount) as f32,
                offset: 0.0,
            },
            WeightTransform::Roll => {
                let points = layer.points().max(1);
                let places = (amount * points as f64).round();
                Self::Roll {
                    shift: places.rem_euclid(points as f64) as usize % points,
                }
            }
            WeightTransform::Flip => Self::Flip {
                keep: (1.0 - mix) as f32,
                gain: mix as f32,
            },
        }
    }

    /// Writes `f(source)` to the points of `target` that `mask` picks; the others are those of `source`, or
    /// become it.
    pub(crate) fn write(self, mask: Mask, source: &[f32], target: &mut [f32]) {
        if mask.reaches_fourths(3) && !mask.is_whole() {
            // Whole vectors, and then the fewer points back, take less than the more points one by one.
            self.write(mask.whole(), source, target);
            for index in mask.others() {
                target[index] = source[index];
            }
            return;
        }
        match self {
            Self::Affine { gain, offset } => write_affine(mask, source, target, gain, offset),
            Self::Noise { keep, gain, noise } => {
                write_noise(mask, source, target, keep, gain, noise);
            }
            Self::Roll { shift } => write_roll(mask, source, target, shift),
            Self::Flip { keep, gain } => write_flip(mask, source, target, keep, gain),
        }
    }

    /// Replaces the points of `values` that `mask` picks by those of `f(values)`. `scratch` grows to their
    /// number where points come from elsewhere.
    pub(crate) fn rewrite(self, mask: Mask, values: &mut [f32], scratch: &mut Vec<f32>) {
        match self {
            Self::Affine { gain, offset } => rewrite_affine(mask, values, gain, offset),
            Self::Noise { keep, gain, noise } => rewrite_noise(mask, values, keep, gain, noise),
            Self::Roll { shift } => {
                let last = values.len();
                rewrite_from(mask, values, scratch, |values, index| {
                    let from = index + last - shift;
                    values[if from >= last { from - last } else { from }]
                });
            }
            Self::Flip { keep, gain } => {
                let last = values.len().saturating_sub(1);
                rewrite_from(mask, values, scratch, |values, index| {
                    mixed(keep, values[index], gain, values[last - index])
                });
            }
        }
    }
}

/// Makes the points of `target` that `mask` picks those of `source`, and maybe others too.
pub(crate) fn restore(mask: Mask, source: &[f32], target: &mut [f32]) {
    if mask.reaches_fourths(1) {
        target.copy_from_slice(source);
    } else {
        for index in mask.indices() {
            target[index] = source[index];
        }
    }
}

#[inline(always)]
fn mixed(keep: f32, value: f32, gain: f32, other: f32) -> f32 {
    (keep * value + gain * other).clamp(-LARGEST, LARGEST)
}

#[inline(always)]
fn affine(value: f32, gain: f32, offset: f32) -> f32 {
    (gain * value + offset).clamp(-LARGEST, LARGEST)
}

#[inline(always)]
fn write_each(mask: Mask, source: &[f32], target: &mut [f32], value: impl Fn(f32, u32) -> f32) {
    if mask.is_whole() {
        for (index, (target, &source)) in target.iter_mut().zip(source).enumerate() {
            *target = value(source, index as u32);
        }
    } else {
        for index in mask.indices() {
            target[index] = value(source[index], index as u32);
        }
    }
}

#[inline(always)]
fn rewrite_each(mask: Mask, values: &mut [f32], value: impl Fn(f32, u32) -> f32) {
    if mask.is_whole() {
        for (index, x) in values.iter_mut().enumerate() {
            *x = value(*x, index as u32);
        }
    } else {
        for index in mask.indices() {
            values[index] = value(values[index], index as u32);
        }
    }
}

#[multiversion(targets("x86_64+avx2"))]
fn write_affine(mask: Mask, source: &[f32], target: &mut [f32], gain: f32, offset: f32) {
    write_each(mask, source, target, |x, _| affine(x, gain, offset));
}

#[multiversion(targets("x86_64+avx2"))]
fn rewrite_affine(mask: Mask, values: &mut [f32], gain: f32, offset: f32) {
    rewrite_each(mask, values, |x, _| affine(x, gain, offset));
}

#[multiversion(targets("x86_64+avx2"))]
fn write_noise(mask: Mask, source: &[f32], target: &mut [f32], keep: f32, gain: f32, noise: Noise) {
    if mask.is_whole() {
        write_each(mask, source, target, |x, index| {
            mixed(keep, x, gain, noise.at(index) as f32)
        });
    } else {
        draw_each(mask, noise, |index, drawn| {
            target[index] = mixed(keep, source[index], gain, drawn);
        });
    }
}

#[multiversion(targets("x86_64+avx2"))]
fn rewrite_noise(mask: Mask, values: &mut [f32], keep: f32, gain: f32, noise: Noise) {
    if mask.is_whole() {
        rewrite_each(mask, values, |x, index| {
            mixed(keep, x, gain, noise.at(index) as f32)
        });
    } else {
        draw_each(mask, noise, |index, drawn| {
            values[index] = mixed(keep, values[index], gain, drawn);
        });
    }
}

/// Calls `place` with every index and its noise. Draws a block at a time: the hash is most of the work, and
/// in a loop of its own it fills whole vectors.
#[inline(always)]
fn draw_each(mask: Mask, noise: Noise, mut place: impl FnMut(usize, f32)) {
    const BLOCK: usize = 256;
    let (mut block, mut drawn) = ([0_u32; BLOCK], [0.0; BLOCK]);
    let mut indices = mask.indices();
    let mut left = mask.count();
    while left > 0 {
        let count = left.min(BLOCK);
        for (known, index) in block[..count].iter_mut().zip(&mut indices) {
            *known = index as u32;
        }
        for (drawn, &index) in drawn.iter_mut().zip(&block) {
            *drawn = noise.at(index) as f32;
        }
        for (&index, &drawn) in block[..count].iter().zip(&drawn) {
            place(index as usize, drawn);
        }
        left -= count;
    }
}

fn write_roll(mask: Mask, source: &[f32], target: &mut [f32], shift: usize) {
    let last = source.len();
    if mask.is_whole() {
        let (head, tail) = source.split_at(last - shift);
        target[..shift].copy_from_slice(tail);
        target[shift..].copy_from_slice(head);
    } else {
        for index in mask.indices() {
            let from = index + last - shift;
            target[index] = source[if from >= last { from - last } else { from }];
        }
    }
}

#[multiversion(targets("x86_64+avx2"))]
fn write_flip(mask: Mask, source: &[f32], target: &mut [f32], keep: f32, gain: f32) {
    if mask.is_whole() {
        let others = source.iter().rev();
        for ((target, &value), &other) in target.iter_mut().zip(source).zip(others) {
            *target = mixed(keep, value, gain, other);
        }
    } else {
        let last = source.len().saturating_sub(1);
        for index in mask.indices() {
            target[index] = mixed(keep, source[index], gain, source[last - index]);
        }
    }
}

/// As [`rewrite_each`], where a point needs others that may be replaced before it.
fn rewrite_from(
    mask: Mask,
    values: &mut [f32],
    scratch: &mut Vec<f32>,
    value: impl Fn(&[f32], usize) -> f32,
) {
    scratch.clear();
    scratch.extend(mask.indices().map(|index| value(values, index)));
    for (index, &x) in mask.indices().zip(scratch.iter()) {
        values[index] = x;
    }
}
