//! The difference's gain, and how far it may go.

use multiversion::multiversion;

use crate::clamp::ClampNan;

/// The quietest gain of the difference voice, in dB.
pub const MIN_GAIN_DB: f32 = -60.0;
/// The loudest gain of the difference voice unless set, in dB: strong bends of the last layers would otherwise
/// raise a loop by 20 dB and more.
pub const MAX_GAIN_DB: f32 = 12.0;
/// The highest ceiling, in dB.
pub const HIGHEST_CEILING_DB: f32 = 24.0;
/// The loudest magnitude of the model's voice, in dB relative to a full-scale sine.
pub const MAX_MODEL_DB: f32 = 6.0;
/// The largest share of the linked magnitude a channel can have. It is reached by a stereo
/// signal in one channel, linked by [`link_magnitudes`](super::link_magnitudes).
pub const MAX_CHANNEL_SHARE: f32 = std::f32::consts::SQRT_2;

/// The quietest and the loudest gain of the difference, in dB.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GainLimits {
    /// −60…0 dB.
    pub floor_db: f32,
    /// 0…24 dB.
    pub ceiling_db: f32,
}

impl Default for GainLimits {
    fn default() -> Self {
        Self {
            floor_db: MIN_GAIN_DB,
            ceiling_db: MAX_GAIN_DB,
        }
    }
}

impl GainLimits {
    /// Floor and ceiling inside their ranges; what is not a number is 0 dB at the ceiling and the lowest floor.
    pub fn in_range(self) -> (f32, f32) {
        (
            self.floor_db.clamp_nan(MIN_GAIN_DB, 0.0),
            self.ceiling_db.clamp_nan(0.0, HIGHEST_CEILING_DB),
        )
    }
}

/// The gain of the difference voice in dB, `bent − clean`, clamped to the limits and exactly
/// 0 dB where both are equal or either is not finite.
#[multiversion(targets("x86_64+avx2"))]
pub fn difference_db(clean_db: &[f32], bent_db: &[f32], limits: GainLimits, gain_db: &mut [f32]) {
    let (floor, ceiling) = limits.in_range();
    for ((gain, clean), bent) in gain_db.iter_mut().zip(clean_db).zip(bent_db) {
        let difference = bent - clean;
        let limited = difference.max(floor).min(ceiling);
        *gain = if difference.is_finite() { limited } else { 0.0 };
    }
}
