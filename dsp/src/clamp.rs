//! Clamping of what may be not-a-number.

/// Clamping that turns NaN into the lower end and never panics.
pub(crate) trait ClampNan {
    fn clamp_nan(self, min: f32, max: f32) -> f32;
}

impl ClampNan for f32 {
    #[inline(always)]
    fn clamp_nan(self, min: f32, max: f32) -> f32 {
        self.max(min).min(max)
    }
}
