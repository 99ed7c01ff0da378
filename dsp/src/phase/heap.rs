//! Heap integration of phase gradients over one frame. Pool thread.
//!
//! Sources: Z. Průša, P. Søndergaard, "Real-time spectrogram inversion using phase gradient heap integration", DAFx-16,
//! algorithm 1; Z. Průša, N. Holighaus, "Phase vocoder done right", EUSIPCO 2017, algorithm 1. Phases spread from the loudest
//! bin whose phase is known, first those of the frame before, to its neighbours: forwards in time, up and down in frequency.

use std::collections::BinaryHeap;
use std::f32::consts::PI;

use crate::elementary::principal;
use crate::number::{low_bits, nearest_f32};
use crate::random::Random;

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
    /// Bins of this frame whose phase is known and may lead on, each at most once: never more than there are bins. Magnitude, frame and
    /// bin in one number, so that entries compare as numbers.
    heap: BinaryHeap<u64>,
    /// Bins of the frame before, the loudest last. All of them are known from the start, so that they are sorted once rather than
    /// kept in the heap; never more than there are bins.
    before: Vec<u64>,
    #[cfg(test)]
    most: usize,
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
        let table = (0..4 * bins + 1).map(|_| nearest_f32(random.bipolar()) * PI);
        Self {
            heap: BinaryHeap::with_capacity(bins),
            before: Vec::with_capacity(bins),
            #[cfg(test)]
            most: 0,
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
            let Some(entry) = self.next_entry() else {
                let Some(bin) = self.loudest_open(field.magnitude) else {
                    break;
                };
                self.close(bin, start(bin), field.magnitude, phase);
                open -= 1;
                continue;
            };
            let bin = low_bits::<usize>(BIN_MASK - (entry & BIN_MASK));
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
        self.before.clear();
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
                self.before.push(entry(field.previous[bin], bin) | PREVIOUS);
            }
        }
        self.before.sort_unstable();
        open
    }

    /// The loudest entry of both frames.
    fn next_entry(&mut self) -> Option<u64> {
        if self.heap.peek() > self.before.last() {
            self.heap.pop()
        } else {
            self.before.pop()
        }
    }

    fn close(&mut self, bin: usize, reached: f32, magnitude: &[f32], phase: &mut [f32]) {
        // Kept near zero, where an f32 is fine enough.
        phase[bin] = principal(reached);
        self.open[bin] = false;
        // Who has no open neighbour leads nowhere.
        let below = bin > 0 && self.open[bin - 1];
        if below || self.open.get(bin + 1) == Some(&true) {
            self.heap.push(entry(magnitude[bin], bin));
            #[cfg(test)]
            {
                self.most = self.most.max(self.heap.len());
            }
        }
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

#[cfg(test)]
mod tests {
    use std::f32::consts::TAU;

    use super::*;

    const BINS: usize = 5;

    fn integrate(previous: [f32; BINS], magnitude: [f32; BINS]) -> [f32; BINS] {
        let field = Field {
            previous: &previous,
            magnitude: &magnitude,
            previous_phase: &[0.1, 0.2, 0.3, 0.4, 0.5],
            advance: &[1.0; BINS],
            slope: &[0.25, 0.75, 0.25, 0.25, 0.25],
        };
        let mut phase = [9.0; BINS];
        let mut integrator = HeapIntegrator::new(BINS);
        integrator.integrate(&field, |bin| bin as f32, &mut phase);
        assert!(phase.iter().all(|p| p.abs() <= PI + 1e-6));
        phase
    }

    fn assert_near(found: [f32; BINS], expected: [f32; BINS]) {
        for (a, b) in found.iter().zip(&expected) {
            assert!((a - b).abs() < 1e-6, "{found:?}, expected {expected:?}");
        }
    }

    #[test]
    fn phases_come_from_the_frame_before_where_it_is_the_loudest() {
        assert_near(
            integrate([9.0; BINS], [1.0; BINS]),
            [1.1, 1.2, 1.3, 1.4, 1.5],
        );
    }

    #[test]
    fn phases_spread_over_frequency_from_the_loudest_bin() {
        // Bin 1 leads, from the frame before; everything else is louder now than before.
        let found = integrate([0.1, 5.0, 0.1, 0.1, 0.1], [4.0, 4.0, 4.0, 4.0, 4.0]);
        assert_near(found, [0.7, 1.2, 1.7, 1.95, 2.2]);
    }

    #[test]
    fn a_part_that_nothing_leads_to_starts_at_its_loudest_bin() {
        let found = integrate([0.0; BINS], [1.0, 3.0, 0.0, 1.0, 2.0]);
        assert_near(
            [found[0], found[1], 0.0, found[3], found[4]],
            [0.5, 1.0, 0.0, 3.75 - TAU, 4.0 - TAU],
        );
    }

    #[test]
    fn bins_below_the_tolerance_get_a_phase_that_changes() {
        let mut integrator = HeapIntegrator::new(BINS);
        let silence = [0.0; BINS];
        let field = Field {
            previous: &silence,
            magnitude: &silence,
            previous_phase: &silence,
            advance: &silence,
            slope: &silence,
        };
        let mut phases = [[0.0; BINS]; 3];
        for phase in &mut phases[..2] {
            integrator.integrate(&field, |_| 0.0, phase);
        }
        integrator.reset();
        integrator.integrate(&field, |_| 0.0, &mut phases[2]);
        assert_ne!(phases[0], phases[1]);
        assert_eq!(phases[0], phases[2]);
    }

    /// As long as nothing grows, nothing is allocated.
    #[test]
    fn neither_frame_has_more_entries_than_bins_whatever_the_magnitudes() {
        const BINS: usize = 513;
        let mut integrator = HeapIntegrator::new(BINS);
        let capacities = |i: &HeapIntegrator| (i.heap.capacity(), i.before.capacity());
        let before = capacities(&integrator);
        let mut random = Random::new(7);
        let mut phase = [0.0; BINS];
        let (mut previous, mut magnitude) = ([0.0_f32; BINS], [0.0_f32; BINS]);
        let flat = [0.3; BINS];
        for round in 0..200 {
            for bin in 0..BINS {
                // Equal, rising, falling, alternating and random ones, with and without a frame before.
                let wild = random.unit() as f32;
                let kinds = [1.0, bin as f32, (BINS - bin) as f32, (bin % 2) as f32, wild];
                magnitude[bin] = kinds[round % 5];
                previous[bin] = kinds[round / 5 % 5] * ((round / 25 % 3) as f32);
            }
            let field = Field {
                previous: &previous,
                magnitude: &magnitude,
                previous_phase: &flat,
                advance: &flat,
                slope: &flat,
            };
            integrator.integrate(&field, |_| 0.0, &mut phase);
            assert!(integrator.most <= BINS, "{} entries", integrator.most);
            assert_eq!(capacities(&integrator), before);
        }
        assert!(
            integrator.most > 8,
            "{} entries prove little",
            integrator.most
        );
    }
}
