//! Fast Griffin-Lim over a whole signal. Offline only: allocates.

use ndarray::{Array2, Zip};

use super::MOMENTUM;
use crate::phase::safe::with_magnitude;
use crate::spectrogram::{analyze, synthesize};
use crate::{Complex, DspError, StftGeometry};

/// The signal of `len` samples whose magnitudes come close to `target`'s, `[frame, bin]`,
/// starting from `target`'s phases (a real target starts from zero phase).
///
/// # Errors
/// See [`StftGeometry::check`].
pub fn griffin_lim_offline(
    target: &Array2<Complex<f32>>,
    geometry: StftGeometry,
    len: usize,
    iterations: usize,
) -> Result<Vec<f32>, DspError> {
    let mut projected = target.clone();
    let mut previous: Option<Array2<Complex<f32>>> = None;
    for _ in 0..iterations {
        let consistent = analyze(&synthesize(&projected, geometry, len)?, geometry)?;
        match &previous {
            Some(previous) => Zip::from(&mut projected)
                .and(target)
                .and(&consistent)
                .and(previous)
                .for_each(|out, x, &t, &before| {
                    *out = with_magnitude(t + (t - before) * MOMENTUM, x.norm());
                }),
            None => Zip::from(&mut projected)
                .and(target)
                .and(&consistent)
                .for_each(|out, x, &t| *out = with_magnitude(t, x.norm())),
        }
        previous = Some(consistent);
    }
    synthesize(&projected, geometry, len)
}
