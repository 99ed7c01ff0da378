//! Where energy rises fast. Audio thread.
//!
//! Energy is summed over blocks of a millisecond. An onset is a block far louder than every one of the past few: loud and quiet
//! strokes are told by what was there before them, and noise, tones and their beats rise too little in so short a time.

use crate::number::{cut, nearest_f32};

/// Length of a block, in seconds.
const BLOCK_SECONDS: f32 = 1e-3;
/// Its least length in samples: noise in fewer would rise by chance.
const LEAST_SAMPLES: usize = 16;
/// How much louder an onset is than the past: 6 dB, and a little less, so that every onset that
/// [`detect_onsets`](crate::metrics::detect_onsets) finds in two of these blocks is one.
const RISE: f32 = 3.9;
/// Blocks just before that do not count as past: the stroke may have begun in them.
const LEFT_OUT: usize = 2;
/// Blocks of the past.
const PAST: usize = 12;
/// Mean energy of a sample below which nothing is an onset: differences of −90 dBFS.
const LEAST_ENERGY: f32 = 1e-9;
/// Blocks from one onset to the next at least.
const SPACING: usize = 10;

/// Takes energies, sample by sample. Blocks of any size give the same onsets.
#[derive(Debug)]
pub struct OnsetDetector {
    block_samples: usize,
    /// Energy of the block that comes in, and its samples so far.
    energy: f32,
    position: usize,
    /// The last blocks, oldest first.
    blocks: [f32; LEFT_OUT + PAST],
    /// Blocks since the last onset, up to [`SPACING`].
    since: usize,
}

impl OnsetDetector {
    /// For a sample rate in hertz; it has heard nothing.
    pub fn new(sample_rate: f32) -> Self {
        let block_samples = cut::<usize>((sample_rate * BLOCK_SECONDS).round()).max(LEAST_SAMPLES);
        Self {
            block_samples,
            energy: 0.0,
            position: 0,
            blocks: [0.0; LEFT_OUT + PAST],
            since: SPACING,
        }
    }

    /// Forgets everything heard.
    ///
    /// # Real-time safety
    /// Never allocates, locks or panics.
    pub fn reset(&mut self) {
        self.energy = 0.0;
        self.position = 0;
        self.blocks = [0.0; LEFT_OUT + PAST];
        self.since = SPACING;
    }

    /// Samples from where an onset may have begun to where it is told: its block and those left out.
    pub(super) fn delay_samples(&self) -> usize {
        (1 + LEFT_OUT) * self.block_samples
    }

    /// Samples from one onset to the next at least.
    pub(super) fn spacing_samples(&self) -> usize {
        SPACING * self.block_samples
    }

    /// The next sample's energy. Returns whether with it an onset is told, which began up to
    /// three milliseconds ago.
    ///
    /// # Real-time safety
    /// Never allocates, locks or panics.
    pub fn push(&mut self, energy: f32) -> bool {
        self.energy += energy;
        self.position += 1;
        if self.position < self.block_samples {
            return false;
        }
        let energy = if self.energy.is_finite() {
            self.energy
        } else {
            f32::MAX
        };
        (self.energy, self.position) = (0.0, 0);
        let past = self.blocks[..PAST].iter().copied().fold(0.0, f32::max);
        self.blocks.rotate_left(1);
        self.blocks[LEFT_OUT + PAST - 1] = energy;
        self.since = (self.since + 1).min(SPACING);
        let loud = energy > LEAST_ENERGY * nearest_f32(self.block_samples);
        if loud && energy > RISE * past && self.since == SPACING {
            self.since = 0;
            return true;
        }
        false
    }
}
