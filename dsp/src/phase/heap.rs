//! Heap integration of phase gradients over one frame. Worker thread.
//!
//! Sources: Z. Průša, P. Søndergaard, "Real-time spectrogram inversion using phase gradient heap integration", DAFx-16,
//! algorithm 1; Z. Průša, N. Holighaus, "Phase vocoder done right", EUSIPCO 2017, algorithm 1. Phases spread from the loudest
//! bin whose phase is known, first those of the frame before, to its neighbours: forwards in time, up and down in frequency.

use std::collections::BinaryHeap;
use std::f32::consts::{PI, TAU};

use crate::signal::Random;

/// Bins this far below the loudest of both frames (−120 dB) have no phase worth integrating.
pub const TOLERANCE: f32 = 1e-6;

/// The seed of the phases below the tolerance.
const SEED: u64 = 0x7068_6173;

/// Bits of a heap entry below the magnitude's: one that says which frame, and the bin.
const MAGNITUDE_SHIFT: u32 = 32;
const PREVIOUS: u64 = 1 << 31;
const BIN_MASK: u64 = PREVIOUS - 1;

/// One frame to integrate, one value per bin in each.
pub(super) struct Field<'a> {
    /// Magnitudes of the frame before and of this one; finite and not negative.
    pub(super) previous: &'a [f32],
    pub(super) magnitude: &'a [f32],
    /// Phases of the frame before, in rad.
    pub(super) previous_phase: &'a [f32],
    /// The phase's advance from the frame before to this one, in rad.
    pub(super) advance: &'a [f32],
    /// The phase's slope over frequency in this frame, in rad per bin.
    pub(super) slope: &'a [f32],
}

/// The heap and what it needs, for frames of one size.
pub(super) struct HeapIntegrator {
    /// Magnitude, frame and bin in one number, so that entries compare as numbers; of fixed capacity.
    heap: BinaryHeap<u64>,
    open: Vec<bool>,
    /// Random phases in ±π for bins below the tolerance, read round and round.
    table: Vec<f32>,
    next_random: usize,
}

impl HeapIntegrator {
    /// An integrator for `bins` bins.
    pub(super) fn new(bins: usize) -> Self {
        let mut random = Random::new(SEED);
        // No multiple of the bins: a bin's phase should not repeat from frame to frame.
        let table = (0..4 * bins + 1).map(|_| random.bipolar() as f32 * PI);
        Self {
            // Either frame's bins enter once.
            heap: BinaryHeap::with_capacity(2 * bins),
            open: vec![false; bins],
            table: table.collect(),
            next_random: 0,
        }
    }

    /// Starts the table of random phases again.
    pub(super) fn reset(&mut self) {
        self.next_random = 0;
    }

    /// Writes this frame's phases, in rad. Parts of the spectrum that nothing in the frame before leads to take the phase
    /// `start(bin)` at their loudest bin and grow from there.
    ///
    /// # Real-time safety
    /// Never allocates, locks or panics, if all slices have the integrator's length.
    pub(super) fn integrate(
        &mut self,
        field: &Field<'_>,
        start: impl Fn(usize) -> f32,
        phase: &mut [f32],
    ) {
        let mut open = self.open(field, phase);
        while open > 0 {
            let Some(entry) = self.heap.pop() else {
                let Some(bin) = self.loudest_open(field.magnitude) else {
                    break;
                };
                self.close(bin, start(bin), field.magnitude, phase);
                open -= 1;
                continue;
            };
            let bin = (BIN_MASK - (entry & BIN_MASK)) as usize;
            if entry & PREVIOUS != 0 {
                if self.open[bin] {
                    let reached = field.previous_phase[bin] + field.advance[bin];
                    self.close(bin, reached, field.magnitude, phase);
                    open -= 1;
                }
                continue;
            }
            if bin + 1 < self.open.len() && self.open[bin + 1] {
                let step = 0.5 * (field.slope[bin] + field.slope[bin + 1]);
                self.close(bin + 1, phase[bin] + step, field.magnitude, phase);
                open -= 1;
            }
            if bin > 0 && self.open[bin - 1] {
                let step = 0.5 * (field.slope[bin] + field.slope[bin - 1]);
                self.close(bin - 1, phase[bin] - step, field.magnitude, phase);
                open -= 1;
            }
        }
        self.heap.clear();
    }

    /// Opens the bins above the tolerance, gives the others random phases, and fills the heap with the frame before.
    /// Returns how many are open.
    fn open(&mut self, field: &Field<'_>, phase: &mut [f32]) -> usize {
        let both = field.previous.iter().chain(field.magnitude);
        let tolerance = TOLERANCE * both.fold(0.0, |loudest: f32, &m| loudest.max(m));
        self.heap.clear();
        let mut open = 0;
        for bin in 0..self.open.len() {
            self.open[bin] = field.magnitude[bin] > tolerance;
            if !self.open[bin] {
                phase[bin] = self.table[self.next_random];
                self.next_random = (self.next_random + 1) % self.table.len();
                continue;
            }
            open += 1;
            if field.previous[bin] > tolerance {
                self.heap.push(entry(field.previous[bin], bin) | PREVIOUS);
            }
        }
        open
    }

    fn close(&mut self, bin: usize, reached: f32, magnitude: &[f32], phase: &mut [f32]) {
        // Kept near zero, where an f32 is fine enough.
        phase[bin] = reached - TAU * (reached / TAU).round();
        self.open[bin] = false;
        self.heap.push(entry(magnitude[bin], bin));
    }

    fn loudest_open(&self, magnitude: &[f32]) -> Option<usize> {
        let bins = (0..self.open.len()).filter(|&bin| self.open[bin]);
        bins.max_by(|&a, &b| magnitude[a].total_cmp(&magnitude[b]))
    }
}

/// Louder bins are greater; among equals, lower ones. Bits of floats that are not negative are in the floats' order.
fn entry(magnitude: f32, bin: usize) -> u64 {
    u64::from(magnitude.to_bits()) << MAGNITUDE_SHIFT | (BIN_MASK - bin as u64)
}
