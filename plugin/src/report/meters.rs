//! Peaks of what went in and out since somebody looked.

use std::sync::atomic::{AtomicU32, Ordering};

/// Filled by the audio thread, emptied by whoever shows it.
#[derive(Debug, Default)]
pub struct Meters {
    input: AtomicU32,
    output: AtomicU32,
    reduction: AtomicU32,
}

/// Peaks over a time. Linear, from 0.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Peaks {
    /// Of the input, delayed to the output it belongs to.
    pub input: f32,
    /// Of the output.
    pub output: f32,
    /// How far the ceiling turned the output down, in decibels, from 0.
    pub reduction_db: f32,
}

impl Meters {
    /// Adds what was heard of a hop.
    ///
    /// # Real-time safety
    /// Atomic operations only.
    pub(crate) fn raise(&self, peaks: Peaks) {
        let slots = [
            (&self.input, peaks.input),
            (&self.output, peaks.output),
            (&self.reduction, peaks.reduction_db),
        ];
        for (slot, value) in slots {
            // Numbers from 0 on are in the order of their bits.
            let value = if value > 0.0 { value } else { 0.0 };
            slot.fetch_max(value.to_bits(), Ordering::Relaxed);
        }
    }

    /// What came since the last call.
    pub fn take(&self) -> Peaks {
        let take = |slot: &AtomicU32| f32::from_bits(slot.swap(0, Ordering::Relaxed));
        Peaks {
            input: take(&self.input),
            output: take(&self.output),
            reduction_db: take(&self.reduction),
        }
    }
}

/// A peak as decibels, at least −90.
pub fn decibels(peak: f32) -> f32 {
    const LEAST: f32 = 3.2e-5;
    20.0 * peak.max(LEAST).log10()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn peaks_are_the_highest_since_somebody_looked() {
        let meters = Meters::default();
        for (input, output) in [(0.25, 0.5), (0.75, f32::NAN), (0.5, -1.0)] {
            meters.raise(Peaks {
                input,
                output,
                reduction_db: 0.0,
            });
        }
        let peaks = meters.take();
        assert_eq!((peaks.input, peaks.output), (0.75, 0.5));
        assert_eq!(meters.take(), Peaks::default());
        assert!(decibels(0.0) < -89.0 && decibels(1.0) == 0.0);
    }
}
