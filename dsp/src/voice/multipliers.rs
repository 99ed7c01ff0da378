//! Rows of gains and magnitudes, and what bins are multiplied by. Compiled for any processor and for AVX2 with the same bits from both;
//! nothing here allocates or panics.

use multiversion::multiversion;

use super::{HIGHEST_CEILING_DB, MAX_CHANNEL_SHARE, MAX_MODEL_DB, MIN_GAIN_DB};
use crate::Complex;
use crate::clamp::ClampNan;
use crate::decibel::db_to_amplitude;

/// Magnitudes below this have no phase worth keeping and count as silence (−300 dB).
pub(super) const SILENCE: f32 = 1e-15;

/// Gains from dB, times `share`.
#[multiversion(targets("x86_64+avx2"))]
pub(super) fn set_gains(gains: &mut [f32], gain_db: &[f32], share: f32) {
    for (gain, db) in gains.iter_mut().zip(gain_db) {
        *gain = share * bounded_gain(*db);
    }
}

/// Magnitudes of the model from dB, times `share`.
#[multiversion(targets("x86_64+avx2"))]
pub(super) fn set_model(magnitudes: &mut [f32], model_db: &[f32], share: f32) {
    for (magnitude, db) in magnitudes.iter_mut().zip(model_db) {
        *magnitude = share * model_amplitude(*db);
    }
}

/// Linked magnitudes that can be divided by.
#[multiversion(targets("x86_64+avx2"))]
pub(super) fn set_mid(own: &mut [f32], mid: &[f32]) {
    for (own, mid) in own.iter_mut().zip(mid) {
        *own = usable_mid(*mid);
    }
}

/// Multiplies bins by gains.
#[multiversion(targets("x86_64+avx2"))]
pub(super) fn apply_gains(channel: &mut [Complex<f32>], gains: &[f32]) {
    for (x, gain) in channel.iter_mut().zip(gains) {
        *x *= *gain;
    }
}

/// Multiplies bins by gains and what the model adds to them.
#[multiversion(targets("x86_64+avx2"))]
pub(super) fn apply_both(channel: &mut [Complex<f32>], gains: &[f32], model: &[f32], mid: &[f32]) {
    let parts = gains.iter().zip(model).zip(mid);
    for (x, ((gain, model), mid)) in channel.iter_mut().zip(parts) {
        *x *= gain + model_multiplier(*model, *x, *mid);
    }
}

/// What gives `x` the model's magnitude and the share it has of `mid`: `v·D·|X/mid|` over `|X|`.
/// A vanishing mid leaves the channel its largest share; silence has no phase to give.
#[inline(always)]
pub(super) fn model_multiplier(model: f32, x: Complex<f32>, mid: f32) -> f32 {
    // Not `norm`, whose `hypot` takes most of a frame's time. What it is there for, powers beyond an `f32`, does not come
    // from samples within ±120 dBFS; such a bin is silence, like one below −300 dB.
    let power = x.norm_sqr();
    let own = power.sqrt();
    let share = (own / usable_mid(mid)).min(MAX_CHANNEL_SHARE);
    let multiplier = model * share / own;
    if (SILENCE * SILENCE..f32::INFINITY).contains(&power) {
        multiplier
    } else {
        0.0
    }
}

/// A linked magnitude, at least as large as silence; silence where it is not finite.
#[inline(always)]
fn usable_mid(mid: f32) -> f32 {
    if mid < f32::INFINITY {
        mid.max(SILENCE)
    } else {
        SILENCE
    }
}

/// A linear gain from dB, inside the widest range; NaN is 0 dB.
#[inline(always)]
pub(super) fn bounded_gain(db: f32) -> f32 {
    let db = if db.is_nan() { 0.0 } else { db };
    db_to_amplitude(db.clamp_nan(MIN_GAIN_DB, HIGHEST_CEILING_DB))
}

/// A linear magnitude from dB; NaN is silence.
#[inline(always)]
fn model_amplitude(db: f32) -> f32 {
    let amplitude = db_to_amplitude(db.min(MAX_MODEL_DB));
    if db.is_nan() { 0.0 } else { amplitude }
}
