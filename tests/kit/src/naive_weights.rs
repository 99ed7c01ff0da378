//! Weight bends as the formulas are written: one point at a time, in double precision, with a division per
//! point for the mask.

use std::hint::black_box;

use netbend_models::bends::weights::noise::{DEVIATION, Noise};
use netbend_models::bends::weights::{WeightFrame, WeightTransform};

/// Point `index` of `values` (a whole tensor, numbered and with the deviation given) bent by `bend`, of
/// which it takes the points with `⌊k·n/m⌋ = index` for some k < m.
pub fn point(
    bend: &WeightFrame,
    sigma: f64,
    values: &[impl Copy + Into<f64>],
    index: usize,
) -> f64 {
    let n = values.len();
    let at = |index: usize| values[index].into();
    let m = (n as f64 * f64::from(bend.share) + 1e-5).floor() as usize;
    let k = (index * m).div_ceil(n);
    if k >= m || k * n / m != index {
        return at(index);
    }
    let (w, a) = (at(index), f64::from(bend.amount));
    let mixed = |other: f64| (1.0 - a.abs()) * w + a.abs() * other;
    match bend.transform {
        WeightTransform::Offset => w + a * sigma,
        WeightTransform::Randomise => {
            let noise = Noise::new(bend.seed, bend.layer).at(index as u32);
            mixed(sigma * f64::from(noise) / DEVIATION)
        }
        WeightTransform::Invert => mixed(-w),
        WeightTransform::Multiply => (1.0 + a) * w,
        WeightTransform::Roll => {
            let places = (a * n as f64).round() as i64;
            at((index as i64 - places).rem_euclid(n as i64) as usize)
        }
        WeightTransform::Flip => mixed(at(n - 1 - index)),
    }
}

/// What a first attempt at weight bending would do for every change: all points, one by one.
#[inline(never)]
pub fn scalar_loop(bend: &WeightFrame, sigma: f64, original: &[f32], bent: &mut [f32]) {
    for index in 0..original.len() {
        bent[index] = black_box(point(bend, sigma, original, index) as f32);
    }
}
