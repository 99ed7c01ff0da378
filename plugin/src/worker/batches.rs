//! The batches of a stride: the items it is decoded at, parted by what the decoder's weights are. Worker
//! thread.
//!
//! Latents and bends differ from item to item of one batch, weights only from run to run. So items with
//! equal weights are decoded together; the clean item and every other one whose weights are as they were
//! loaded are one batch of the decoder with constant weights.

use netbend_models::bend::BendFrame;
use netbend_models::program::ProgramBuilder;
use netbend_models::weights::WeightFrame;
use netbend_models::{Bender, ModelError};

use super::knots::Moment;

/// Bends that run beside the slots, whatever those do.
#[derive(Debug, Clone, Default)]
pub(super) struct FixedBends {
    /// Each with the number its random draw is keyed by.
    pub(super) bends: Vec<(u64, BendFrame)>,
    /// Applied after the slots'.
    pub(super) weights: Vec<WeightFrame>,
}

impl FixedBends {
    /// Whether there is none.
    pub(super) fn is_empty(&self) -> bool {
        self.bends.is_empty() && !self.weights.iter().any(WeightFrame::is_active)
    }
}

/// Decodes the items of stride after stride; keeps its memory.
#[derive(Debug)]
pub(super) struct Batches {
    programs: ProgramBuilder,
    /// The batch of each item; 0 is that of unbent weights.
    batch_of: Vec<usize>,
    /// All weight bends of one item.
    weights: Vec<WeightFrame>,
    /// Latents and windows of one batch.
    latents: Vec<f32>,
    decoded: Vec<f32>,
}

impl Batches {
    pub(super) fn new(programs: ProgramBuilder) -> Self {
        Self {
            programs,
            batch_of: Vec::new(),
            weights: Vec::new(),
            latents: Vec::new(),
            decoded: Vec::new(),
        }
    }

    pub(super) fn programs(&mut self) -> &mut ProgramBuilder {
        &mut self.programs
    }

    /// Decodes the latents `[1 + states, latent_size]`, those of the clean item and of the states, to
    /// windows `[1 + states, frames, bins]`.
    ///
    /// # Errors
    /// What inference reports.
    pub(super) fn decode(
        &mut self,
        latents: &[f32],
        states: &[Moment],
        fixed: &FixedBends,
        bender: &mut Bender,
        windows: &mut Vec<f32>,
    ) -> Result<(), ModelError> {
        let batches = self.part(states, fixed, bender);
        if batches == 1 {
            self.write_program(0, states, fixed);
            return bender.decode(latents, self.programs.program(), windows);
        }
        let (size, window_len) = (bender.manifest().latent_size, bender.window_len());
        windows.resize(self.batch_of.len() * window_len, 0.0);
        for batch in 0..batches {
            self.write_program(batch, states, fixed);
            self.latents.clear();
            let items = latents.chunks_exact(size).zip(&self.batch_of);
            for (latent, _) in items.filter(|(_, of)| **of == batch) {
                self.latents.extend_from_slice(latent);
            }
            self.weights.clear();
            let first = self.batch_of.iter().position(|of| *of == batch);
            if let Some(state) = first.and_then(|item| states.get(item.checked_sub(1)?)) {
                add_weights(&mut self.weights, state, fixed);
            }
            let (latents, program) = (&self.latents, self.programs.program());
            if batch == 0 {
                bender.decode(latents, program, &mut self.decoded)?;
            } else {
                bender.decode_weighted(&self.weights, latents, program, &mut self.decoded)?;
            }
            let items = windows.chunks_exact_mut(window_len).zip(&self.batch_of);
            let items = items.filter(|(_, of)| **of == batch);
            for ((window, _), decoded) in items.zip(self.decoded.chunks_exact(window_len)) {
                window.copy_from_slice(decoded);
            }
        }
        Ok(())
    }

    /// Gives every item its batch. Returns their number.
    fn part(&mut self, states: &[Moment], fixed: &FixedBends, bender: &Bender) -> usize {
        self.batch_of.clear();
        self.batch_of.push(0); // the clean item
        let mut batches = 1;
        for (place, state) in states.iter().enumerate() {
            self.weights.clear();
            add_weights(&mut self.weights, state, fixed);
            let batch = if bender.bends_weights(&self.weights) {
                let mut before = states[..place].iter();
                match before.position(|other| other.same_weights(state)) {
                    Some(other) => self.batch_of[other + 1],
                    None => {
                        batches += 1;
                        batches - 1
                    }
                }
            } else {
                0
            };
            self.batch_of.push(batch);
        }
        batches
    }

    /// The bends of a batch's items, numbered as they are within it.
    fn write_program(&mut self, batch: usize, states: &[Moment], fixed: &FixedBends) {
        self.programs.clear();
        let items = self.batch_of.iter().enumerate();
        let items = items.filter(|(_, of)| **of == batch);
        for (place, (item, _)) in items.enumerate() {
            let Some(moment) = item.checked_sub(1).and_then(|item| states.get(item)) else {
                continue;
            };
            for (number, state) in (0..).zip(&moment.slots) {
                self.programs.add(place, number, state);
            }
            for (number, state) in &fixed.bends {
                self.programs.add(place, *number, state);
            }
        }
    }
}

fn add_weights(weights: &mut Vec<WeightFrame>, state: &Moment, fixed: &FixedBends) {
    weights.extend_from_slice(&state.weights);
    weights.extend_from_slice(&fixed.weights);
}
