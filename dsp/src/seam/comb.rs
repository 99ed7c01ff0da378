//! Takes out what repeats with the stride. Pool thread.
//!
//! What a network says of a frame depends on where in the window the frame lies, so a steady sound gets a gain that repeats with the
//! stride: a tremolo of 0.1 to 1 dB at 2.7 to 43 Hz. At each place `p` in the stride and each bin, the mean over the last strides is
//! `m(p)`; adding `mean(m) − m(p)` to the frames there is a notch at the stride's rate and at all its harmonics. The memory is finite and
//! its sums are integers, so the same strides give the same bits whatever came before them.

use multiversion::multiversion;

use crate::DspError;
use crate::clamp::ClampNan;
use crate::error::check_size;
use crate::number::{cut, nearest_f32, signed};

/// The largest correction, in dB.
pub const MAX_CORRECTION_DB: f32 = 6.0;

/// The largest value that counts, in dB: beyond the range of any voice.
const MAX_VALUE_DB: f32 = 200.0;
/// Steps per dB. [`MAX_VALUE_DB`] times this times [`MAX_STRIDES`] fits an `i32`.
const STEPS_PER_DB: f32 = 65_536.0;
/// The most strides remembered.
const MAX_STRIDES: usize = 160;

/// A notch at the stride's rate, per bin of one quantity in dB.
pub struct StrideComb {
    bins: usize,
    stride_frames: usize,
    /// Strides it remembers.
    strides: usize,
    /// `[stride][frame][bin]`, a ring: those and the one that is written.
    recent: Vec<i32>,
    /// The stride that is written.
    next: usize,
    /// Strides that count.
    count: usize,
    /// Over the strides that count, `[frame][bin]`.
    sums: Vec<i32>,
    /// Over the stride, per bin.
    totals: Vec<i64>,
    /// Their mean, and how much of the correction is wanted by now.
    means: Vec<(f32, f32)>,
    /// Whether any of the correction is wanted in this stride.
    wanted: bool,
    /// `[frame][bin]`
    correction_db: Vec<f32>,
    /// Frames of this stride so far.
    frame: usize,
}

impl StrideComb {
    /// A comb for frames of `bins` bins in strides of `stride_frames`, which remembers `memory_frames` frames, in whole strides.
    ///
    /// # Errors
    /// [`DspError::Size`] if `bins` is 0 or above 8193, or `stride_frames` 0 or above 1024.
    pub fn new(bins: usize, stride_frames: usize, memory_frames: usize) -> Result<Self, DspError> {
        check_size("bins", bins, 1, crate::geometry::MAX_FFT_SIZE / 2 + 1)?;
        check_size("stride_frames", stride_frames, 1, 1_024)?;
        let strides = (memory_frames / stride_frames).clamp(2, MAX_STRIDES);
        let stride = bins * stride_frames;
        Ok(Self {
            bins,
            stride_frames,
            strides,
            recent: vec![0; stride * (strides + 1)],
            next: 0,
            count: 0,
            sums: vec![0; stride],
            totals: vec![0; bins],
            means: vec![(0.0, 0.0); bins],
            wanted: false,
            correction_db: vec![0.0; stride],
            frame: 0,
        })
    }

    /// Begins a stride. `share` is how much of the correction is wanted, per bin, 0–1. It grows in as strides come.
    ///
    /// # Real-time safety
    /// Never allocates, locks or panics.
    pub fn begin_stride(&mut self, share: &[f32]) {
        self.frame = 0;
        // Most sounds stand still nowhere: then there is nothing to correct.
        self.wanted = self.count > 0 && share.iter().any(|share| *share > 0.0);
        if !self.wanted {
            return;
        }
        let frames = signed(self.stride_frames);
        self.totals.fill(0);
        for sums in self.sums.chunks_exact(self.bins) {
            for (total, sum) in self.totals.iter_mut().zip(sums) {
                *total += i64::from(*sum);
            }
        }
        let shares = share.iter().copied().chain(std::iter::repeat(0.0));
        let grown = nearest_f32(self.count) / nearest_f32(self.strides);
        for ((mean, share), total) in self.means.iter_mut().zip(shares).zip(&self.totals) {
            *mean = (
                nearest_f32(total / frames),
                share.clamp_nan(0.0, 1.0) * grown,
            );
        }
        let step_db = 1.0 / (nearest_f32(self.count) * STEPS_PER_DB);
        let frames = self.correction_db.chunks_exact_mut(self.bins);
        for (corrections, sums) in frames.zip(self.sums.chunks_exact(self.bins)) {
            for ((correction, sum), (mean, share)) in
                corrections.iter_mut().zip(sums).zip(&self.means)
            {
                let db = (mean - nearest_f32(*sum)) * step_db;
                *correction = share * db.clamp(-MAX_CORRECTION_DB, MAX_CORRECTION_DB);
            }
        }
    }

    /// Learns the stride's next frame, in dB, and corrects it if `corrects`.
    ///
    /// # Real-time safety
    /// Never allocates, locks or panics.
    pub fn apply(&mut self, frame_db: &mut [f32], corrects: bool) {
        if self.frame < self.stride_frames {
            let place = self.frame * self.bins;
            let start = self.next * self.sums.len() + place;
            let learnt = &mut self.recent[start..start + self.bins];
            learn(learnt, frame_db);
            if corrects && self.wanted {
                let correction = &self.correction_db[place..place + self.bins];
                for (db, correction) in frame_db.iter_mut().zip(correction) {
                    *db += correction;
                }
            }
        }
        self.frame = self.frame.saturating_add(1);
    }

    /// Ends a stride. It counts from now on, unless it was not whole: then nothing does.
    ///
    /// # Real-time safety
    /// Never allocates, locks or panics.
    pub fn end_stride(&mut self) {
        if self.frame != self.stride_frames {
            self.forget();
            return;
        }
        let stride = self.sums.len();
        let newest = &self.recent[self.next * stride..][..stride];
        for (sum, value) in self.sums.iter_mut().zip(newest) {
            *sum = sum.wrapping_add(*value);
        }
        self.next = (self.next + 1) % (self.strides + 1);
        self.count += 1;
        if self.count > self.strides {
            // The next stride is written where the oldest lies.
            self.count = self.strides;
            let oldest = &self.recent[self.next * stride..][..stride];
            for (sum, value) in self.sums.iter_mut().zip(oldest) {
                *sum = sum.wrapping_sub(*value);
            }
        }
        self.frame = 0;
    }

    /// Forgets all strides.
    ///
    /// # Real-time safety
    /// Never allocates, locks or panics.
    pub fn forget(&mut self) {
        self.count = 0;
        self.wanted = false;
        self.sums.fill(0);
        self.frame = 0;
    }
}

#[multiversion(targets("x86_64+avx2"))]
fn learn(learnt: &mut [i32], frame_db: &[f32]) {
    for (learnt, db) in learnt.iter_mut().zip(frame_db) {
        *learnt = cut::<i32>(db.clamp_nan(-MAX_VALUE_DB, MAX_VALUE_DB) * STEPS_PER_DB);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BINS: usize = 3;
    const STRIDE: usize = 4;
    const STRIDES: usize = 8;

    fn comb() -> StrideComb {
        StrideComb::new(BINS, STRIDE, STRIDE * STRIDES).unwrap()
    }

    /// Plays strides whose frames are what `value` says of stride and place; returns the last.
    fn played(
        comb: &mut StrideComb,
        strides: usize,
        value: impl Fn(usize, usize) -> f32,
    ) -> Vec<f32> {
        let mut last = Vec::new();
        for stride in 0..strides {
            last.clear();
            comb.begin_stride(&[1.0, 0.5, 0.0]);
            for place in 0..STRIDE {
                let mut frame = [value(stride, place); BINS];
                comb.apply(&mut frame, true);
                last.extend(frame);
            }
            comb.end_stride();
        }
        last
    }

    fn pattern(place: usize) -> f32 {
        [-2.5, 0.5, 1.0, 3.0][place]
    }

    #[test]
    fn what_repeats_with_the_stride_is_gone_as_far_as_it_is_wanted() {
        let heard = played(&mut comb(), STRIDES + 2, |_, place| pattern(place) - 7.0);
        for (place, frame) in heard.chunks(BINS).enumerate() {
            let own = pattern(place) - 7.0;
            assert!((frame[0] + 6.5).abs() < 1e-4, "{frame:?}");
            assert!((frame[1] - (own - 6.5) / 2.0).abs() < 1e-4, "{frame:?}");
            assert_eq!(frame[2], own);
        }
    }

    #[test]
    fn it_grows_in() {
        let apart = |strides| {
            let heard = played(&mut comb(), strides, |_, place| pattern(place));
            heard[3 * BINS] - heard[0]
        };
        assert_eq!(apart(1), 5.5);
        assert!((apart(1 + STRIDES / 2) - 2.75).abs() < 1e-3);
        assert!(apart(1 + STRIDES).abs() < 1e-3);
    }

    #[test]
    fn zeros_stay_zeros_to_the_bit() {
        let heard = played(&mut comb(), 20, |_, _| 0.0);
        assert!(heard.iter().all(|db| db.to_bits() == 0));
    }

    #[test]
    fn a_finite_memory_ends_in_the_same_bits_whatever_came_before() {
        let value = |stride: usize, place: usize| ((stride * 31 + place * 17) % 29) as f32 * 0.37;
        let plain = played(&mut comb(), STRIDES + 1, value);
        let mut other = comb();
        played(&mut other, 33, |stride, place| {
            value(stride + 5, place) * 1.7 - 60.0
        });
        assert_eq!(plain, played(&mut other, STRIDES + 1, value));
    }

    #[test]
    fn a_sound_that_moves_is_hardly_touched_and_never_by_more_than_the_limit() {
        let loud = |stride: usize, _: usize| {
            if stride.is_multiple_of(3) {
                12.0
            } else {
                -60.0
            }
        };
        let heard = played(&mut comb(), 31, loud);
        assert!(heard.iter().all(|db| (db - 12.0).abs() < 1e-3));
        let heard = played(
            &mut comb(),
            31,
            |_, place| if place == 2 { 100.0 } else { 0.0 },
        );
        assert!((heard[2 * BINS] - 94.0).abs() < 1e-3 && (heard[0] - 6.0).abs() < 1e-3);
    }

    #[test]
    fn nothing_is_left_of_what_is_forgotten_or_of_a_stride_that_was_cut_short() {
        for cut_short in [false, true] {
            let mut comb = comb();
            played(&mut comb, 20, |_, place| pattern(place));
            if cut_short {
                comb.begin_stride(&[1.0; BINS]);
                comb.apply(&mut [0.0; BINS], true);
                comb.end_stride();
            } else {
                comb.forget();
            }
            let heard = played(&mut comb, 1, |_, place| pattern(place));
            assert_eq!(heard[3 * BINS], 3.0);
        }
    }

    #[test]
    fn nonsense_stays_where_it_is() {
        let mut comb = comb();
        played(&mut comb, 20, |_, _| f32::NAN);
        let heard = played(&mut comb, 1, |_, place| pattern(place));
        assert!(heard.iter().all(|db| db.is_finite()));
    }
}
