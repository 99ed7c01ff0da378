//! The batches of a stride: the items it is decoded at, parted by what the decoder's weights are. Worker
//! thread.
//!
//! Latents and bends differ from item to item of one batch, weights only from run to run. So items with
//! equal weights are decoded together; the clean item and every other one whose weights are as they were
//! loaded are one batch of the decoder with constant weights.

use netbend_models::bend::BendFrame;
use netbend_models::program::{Program, ProgramBuilder};
use netbend_models::weights::{BendableWeights, WeightFrame};
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

/// What one stride wants decoded: prepared, [run](run), perhaps together with other streams', and then read. Keeps its memory.
#[derive(Debug)]
pub(super) struct Batches {
    programs: ProgramBuilder,
    /// The weights as this stream bends them.
    weights: BendableWeights,
    /// The first frame of the window that is wanted.
    first_frame: usize,
    /// The batch of each item; 0 is that of unbent weights.
    batch_of: Vec<usize>,
    /// Those of this stride come first.
    batches: Vec<Batch>,
    /// All weight bends of one item.
    frames: Vec<WeightFrame>,
}

/// Items with equal weights.
#[derive(Debug, Default)]
struct Batch {
    /// None where the weights are as they were loaded.
    weights: Vec<WeightFrame>,
    program: Program,
    /// `[item, latent_size]`.
    latents: Vec<f32>,
    /// `[item, frames from the first wanted on, bins]`.
    decoded: Vec<f32>,
}

impl Batches {
    pub(super) fn new(programs: ProgramBuilder, weights: BendableWeights) -> Self {
        Self {
            programs,
            weights,
            first_frame: 0,
            batch_of: Vec::new(),
            batches: Vec::new(),
            frames: Vec::new(),
        }
    }

    pub(super) fn programs(&mut self) -> &mut ProgramBuilder {
        &mut self.programs
    }

    /// Prepares to decode the latents `[1 + states, latent_size]`, those of the clean item and of the states, to the frames of the window
    /// from `first_frame` on.
    pub(super) fn prepare(
        &mut self,
        latents: &[f32],
        states: &[Moment],
        fixed: &FixedBends,
        first_frame: usize,
    ) {
        self.first_frame = first_frame;
        let count = self.part(states, fixed);
        let size = latents.len() / self.batch_of.len();
        for place in 0..count {
            if self.batches.len() == place {
                self.batches.push(Batch::default());
            }
            self.write_program(place, states, fixed);
            let batch = &mut self.batches[place];
            batch.program = self.programs.program().clone();
            batch.latents.clear();
            let items = latents.chunks_exact(size).zip(&self.batch_of);
            for (latent, _) in items.filter(|(_, of)| **of == place) {
                batch.latents.extend_from_slice(latent);
            }
            batch.weights.clear();
            let first = self.batch_of.iter().position(|of| *of == place);
            let state = first.and_then(|item| states.get(item.checked_sub(1)?));
            if let (true, Some(state)) = (place > 0, state) {
                add_weights(&mut batch.weights, state, fixed);
            }
        }
        self.batches.truncate(count);
    }

    /// Items that are decoded.
    pub(super) fn items(&self) -> usize {
        self.batch_of.len()
    }

    /// Writes what was decoded to `windows`, `[1 + states, frames from the first wanted on, bins]`.
    pub(super) fn read(&self, windows: &mut Vec<f32>) {
        let total: usize = self.batches.iter().map(|batch| batch.decoded.len()).sum();
        let len = total / self.batch_of.len().max(1);
        windows.resize(total, 0.0);
        if len == 0 {
            return;
        }
        for (place, batch) in self.batches.iter().enumerate() {
            let items = windows.chunks_exact_mut(len).zip(&self.batch_of);
            let items = items.filter(|(_, of)| **of == place);
            for ((window, _), decoded) in items.zip(batch.decoded.chunks_exact(len)) {
                window.copy_from_slice(decoded);
            }
        }
    }

    /// Gives every item its batch. Returns their number.
    fn part(&mut self, states: &[Moment], fixed: &FixedBends) -> usize {
        self.batch_of.clear();
        self.batch_of.push(0); // the clean item
        let mut batches = 1;
        for (place, state) in states.iter().enumerate() {
            self.frames.clear();
            add_weights(&mut self.frames, state, fixed);
            let batch = if self.weights.would_change(&self.frames) {
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

/// Decodes what one stride or several want, all with the model of `bender`. Items of unbent weights of which the same frames are wanted
/// are decoded together, whosever they are.
///
/// # Errors
/// What inference reports.
pub(super) fn run(strides: &mut [&mut Batches], bender: &mut Bender) -> Result<(), ModelError> {
    for stride in strides.iter_mut() {
        for batch in stride.batches.iter_mut().skip(1) {
            stride.weights.set(&batch.weights);
            let weights = Some(&stride.weights);
            let (latents, program) = (&batch.latents, &batch.program);
            bender.decode_from(
                stride.first_frame,
                weights,
                latents,
                program,
                &mut batch.decoded,
            )?;
        }
    }
    let mut rest = strides;
    while let Some(first) = rest.first().map(|stride| stride.first_frame) {
        rest.sort_by_key(|stride| stride.first_frame != first);
        let alike = rest.partition_point(|stride| stride.first_frame == first);
        let (together, others) = rest.split_at_mut(alike);
        run_together(first, together, bender)?;
        rest = others;
    }
    Ok(())
}

/// Decodes the items of unbent weights of several strides as one batch.
fn run_together(
    first_frame: usize,
    strides: &mut [&mut Batches],
    bender: &mut Bender,
) -> Result<(), ModelError> {
    if let [stride] = strides {
        let Some(batch) = stride.batches.first_mut() else {
            return Ok(());
        };
        let (latents, program) = (&batch.latents, &batch.program);
        return bender.decode_from(first_frame, None, latents, program, &mut batch.decoded);
    }
    let size = bender.manifest().latent_size;
    let (mut latents, mut program) = (Vec::new(), Program::new());
    for batch in strides.iter().filter_map(|stride| stride.batches.first()) {
        program.append(&batch.program, latents.len() / size);
        latents.extend_from_slice(&batch.latents);
    }
    let mut decoded = Vec::new();
    bender.decode_from(first_frame, None, &latents, &program, &mut decoded)?;
    let per_item = decoded.len() / (latents.len() / size).max(1);
    let mut rest = decoded.as_slice();
    for batch in strides
        .iter_mut()
        .filter_map(|stride| stride.batches.first_mut())
    {
        let (own, others) = rest.split_at(batch.latents.len() / size * per_item);
        batch.decoded.clear();
        batch.decoded.extend_from_slice(own);
        rest = others;
    }
    Ok(())
}

fn add_weights(weights: &mut Vec<WeightFrame>, state: &Moment, fixed: &FixedBends) {
    weights.extend_from_slice(&state.weights);
    weights.extend_from_slice(&fixed.weights);
}
