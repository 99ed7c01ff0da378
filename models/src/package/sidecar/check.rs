//! What a sidecar must satisfy before its model is looked at.

use std::fmt::Display;
use std::ops::RangeInclusive;

use serde_saphyr::Spanned;

use super::{Layout, Sidecar};
use crate::error::ModelError;
use crate::package::manifest::{FORMAT, FRAMES, NO_LEVEL, WINDOW_PEAK};

impl Sidecar {
    /// Holds what is said to its bounds.
    ///
    /// # Errors
    /// [`ModelError::Sidecar`] at the first line that is wrong.
    pub(super) fn check(&self) -> Result<(), ModelError> {
        let root = &self.root;
        if let Some(format) = &root.netbend
            && format.value != u64::from(FORMAT)
        {
            let message = format!(
                "format {} found; expected {FORMAT}; update Netbend",
                format.value
            );
            return Err(self.error(format, message));
        }
        if let Some(name) = &root.name {
            let odd = |c: char| !(c.is_alphanumeric() || "-_ ".contains(c));
            if name.value.is_empty() || name.value.contains(odd) {
                let message = format!(
                    "name `{}` found; expected letters, digits, `-`, `_` or spaces",
                    name.value
                );
                return Err(self.error(name, message));
            }
        }
        self.within("sample_rate", &root.sample_rate, 8_000..=192_000)?;
        let fft = &root.fft_size;
        if !(64..=16_384).contains(&fft.value) || !fft.value.is_power_of_two() {
            let message = format!(
                "fft_size {} found; expected a power of two, 64 to 16384",
                fft.value
            );
            return Err(self.error(fft, message));
        }
        if let Some(hop) = &root.hop
            && hop.value * 4 != fft.value
        {
            let message = format!(
                "hop {} found; Netbend runs models whose hop is a quarter of the FFT, {} here",
                hop.value,
                fft.value / 4
            );
            return Err(self.error(hop, message));
        }
        if let Some(frames) = &root.frames {
            let range = *FRAMES.start() as u64..=*FRAMES.end() as u64;
            self.within("frames", frames, range)?;
        }
        if let Some(bins) = &root.bins {
            self.within("bins", bins, 2..=fft.value / 2 + 1)?;
        }
        if let Some(layout) = &root.layout
            && Layout::from_name(&layout.value).is_none()
        {
            let message = format!(
                "layout `{}` found; expected time-frequency or frequency-time",
                layout.value
            );
            return Err(self.error(layout, message));
        }
        self.check_scale()
    }

    fn check_scale(&self) -> Result<(), ModelError> {
        let root = &self.root;
        let scale = self.decibels();
        let finite = [scale.floor_db, scale.reference_db, scale.ceiling_db]
            .iter()
            .all(|db| db.is_finite());
        let rising = scale.floor_db < scale.reference_db && scale.reference_db <= scale.ceiling_db;
        if !finite || !rising {
            let message = format!(
                "floor_db {}, reference_db {}, ceiling_db {} found; expected floor < reference ≤ ceiling",
                scale.floor_db, scale.reference_db, scale.ceiling_db
            );
            return Err(self.error(&root.decibels, message));
        }
        if let Some(level) = &root.level
            && ![NO_LEVEL, WINDOW_PEAK].contains(&level.value.as_str())
        {
            let message = format!(
                "level `{}` found; expected {NO_LEVEL} or {WINDOW_PEAK}",
                level.value
            );
            return Err(self.error(level, message));
        }
        if let Some(step) = &root.level_step_db
            && !(0.1..=60.0).contains(&step.value)
        {
            let message = format!("level_step_db {} found; expected 0.1 to 60", step.value);
            return Err(self.error(step, message));
        }
        Ok(())
    }

    /// Holds a number to its range.
    pub(super) fn within<T: PartialOrd + Display>(
        &self,
        key: &str,
        found: &Spanned<T>,
        expected: RangeInclusive<T>,
    ) -> Result<(), ModelError> {
        if expected.contains(&found.value) {
            return Ok(());
        }
        let (least, most) = expected.into_inner();
        Err(self.error(
            found,
            format!("{key} {} found; expected {least} to {most}", found.value),
        ))
    }
}
