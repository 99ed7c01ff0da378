//! The batches of a stride: the items it is decoded at, parted by what the decoder's weights are. Worker
//! thread.
//!
//! Latents and bends differ from item to item of one batch, weights only from run to run. So items with
//! equal weights are decoded together; the clean item and every other one whose weights are as they were
//! loaded are one batch of the decoder with constant weights.

use std::sync::atomic::{AtomicU32, Ordering};

use netbend_dsp::number::cut;
use netbend_models::bends::BendFrame;
use netbend_models::bends::weights::WeightFrame;
use netbend_models::node::activity::{self, Activity, Watch};
use netbend_models::node::program::{Program, ProgramBuilder};
use netbend_models::run::weights::BendableWeights;
use netbend_models::{Bender, ModelError};

use super::moment::Moment;
use crate::report::maps::Maps;
use crate::threads::pool_thread::PoolThread;

/// Numbers of streams whose items are watched.
static NEXT_NUMBER: AtomicU32 = AtomicU32::new(0);
const LARGEST_NUMBER: u32 = 1 << 24;

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

    /// Whether the draw of one of them drifts.
    pub(super) fn drift(&self) -> bool {
        let mut bends = self.bends.iter();
        bends.any(|(_, bend)| !bend.target.drift.is_still())
    }
}

/// One of the things a stride is decoded at.
#[derive(Debug, Clone, Copy)]
pub(super) struct Item<'a> {
    /// Its controls; none for the clean item, which nothing bends.
    pub(super) state: Option<&'a Moment>,
    /// What is decoded.
    pub(super) latent: &'a [f32],
}

/// What an item was decoded to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct DecodedItem<'a> {
    /// `[frame, bin]` in network units.
    pub(crate) rows: &'a [f32],
    /// The frame of the window that comes first.
    pub(crate) first_frame: usize,
}

impl<'a> DecodedItem<'a> {
    /// Frame `frame` of the window, of `bins` bins; empty where it was not decoded.
    pub(super) fn row(&self, frame: usize, bins: usize) -> &'a [f32] {
        let row = |frame: usize| self.rows.get(frame * bins..(frame + 1) * bins);
        let place = frame.checked_sub(self.first_frame);
        place.and_then(row).unwrap_or(&[])
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
    /// What pictures of this stream's items bear.
    number: u32,
    /// The pictures of the item that was watched.
    activity: Vec<Activity>,
    /// The features that are bent of it, by layer.
    bent: Vec<(usize, Vec<usize>)>,
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
            number: NEXT_NUMBER.fetch_add(1, Ordering::Relaxed) % LARGEST_NUMBER,
            activity: Vec::new(),
            bent: Vec::new(),
        }
    }

    /// Another one that bends alike.
    pub(super) fn sibling(&self) -> Self {
        Self::new(self.programs.clone(), self.weights.clone())
    }

    pub(super) fn programs(&mut self) -> &mut ProgramBuilder {
        &mut self.programs
    }

    /// Prepares to decode `items` to the frames of the window from `first_frame` on.
    pub(super) fn prepare(&mut self, items: &[Item<'_>], fixed: &FixedBends, first_frame: usize) {
        self.first_frame = first_frame;
        let count = self.part(items, fixed);
        for place in 0..count {
            if self.batches.len() == place {
                self.batches.push(Batch::default());
            }
            self.write_program(place, items, fixed);
            let batch = &mut self.batches[place];
            batch.program = self.programs.program().clone();
            batch.latents.clear();
            let own = items.iter().zip(&self.batch_of);
            for (item, _) in own.filter(|(_, of)| **of == place) {
                batch.latents.extend_from_slice(item.latent);
            }
            batch.weights.clear();
            let first = self.batch_of.iter().position(|of| *of == place);
            let state = first.and_then(|item| items.get(item)?.state);
            if let (true, Some(state)) = (place > 0, state) {
                add_weights(&mut batch.weights, state, fixed);
            }
        }
        self.batches.truncate(count);
    }

    /// Has pictures taken of item `item`, which was prepared.
    pub(super) fn watch(&mut self, item: usize, watch: Watch) {
        let Some(&of) = self.batch_of.get(item) else {
            return;
        };
        let before = self.batch_of.iter().take(item);
        let place = before.filter(|other| **other == of).count();
        if let Some(batch) = self.batches.get_mut(of) {
            let entries = Program::entries(batch.program.words());
            let own = entries.filter(|entry| entry.item == place && entry.amount > 0.0);
            let bent = own.map(|entry| {
                let features = entry.features.iter().map(|&number| cut(number));
                (entry.layer, features.collect())
            });
            self.bent.clear();
            self.bent.extend(bent);
            batch.program.watch(Watch {
                number: self.number,
                item: place,
                ..watch
            });
        }
    }

    /// Shows the pictures that were taken since this was called last.
    pub(super) fn show(&mut self, maps: &Maps) {
        maps.push(&self.activity, &self.bent);
        self.activity.clear();
    }

    /// Items that are decoded.
    pub(super) fn items(&self) -> usize {
        self.batch_of.len()
    }

    /// The first frame of the window that is wanted.
    #[cfg(test)]
    pub(super) fn first_frame(&self) -> usize {
        self.first_frame
    }

    /// What item `item` was decoded to: `[frames from the first wanted on, bins]`.
    pub(super) fn decoded(&self, item: usize) -> DecodedItem<'_> {
        let rows = || {
            let of = *self.batch_of.get(item)?;
            let alike = |until: usize| {
                let all = self.batch_of.iter().take(until);
                all.filter(|other| **other == of).count()
            };
            let decoded = &self.batches.get(of)?.decoded;
            let len = decoded.len() / alike(usize::MAX).max(1);
            decoded.get(alike(item) * len..)?.get(..len)
        };
        DecodedItem {
            rows: rows().unwrap_or(&[]),
            first_frame: self.first_frame,
        }
    }

    /// Gives back the memory of what was decoded.
    pub(super) fn release(&mut self) {
        self.batch_of.clear();
        self.batches = Vec::new();
    }

    /// Gives every item its batch. Returns their number.
    fn part(&mut self, items: &[Item<'_>], fixed: &FixedBends) -> usize {
        self.batch_of.clear();
        let mut batches = 1;
        for (place, item) in items.iter().enumerate() {
            let batch = match item.state {
                Some(state) if self.bends_weights(state, fixed) => {
                    let mut before = items[..place].iter();
                    let alike = |other: &Item<'_>| {
                        let other = other.state;
                        other.is_some_and(|other| other.same_weights(state))
                    };
                    match before.position(alike) {
                        Some(other) => self.batch_of[other],
                        None => {
                            batches += 1;
                            batches - 1
                        }
                    }
                }
                _ => 0,
            };
            self.batch_of.push(batch);
        }
        batches
    }

    fn bends_weights(&mut self, state: &Moment, fixed: &FixedBends) -> bool {
        self.frames.clear();
        add_weights(&mut self.frames, state, fixed);
        self.weights.would_change(&self.frames)
    }

    /// The bends of a batch's items, numbered as they are within it.
    fn write_program(&mut self, batch: usize, items: &[Item<'_>], fixed: &FixedBends) {
        self.programs.clear();
        let own = items.iter().zip(&self.batch_of);
        let own = own.filter(|(_, of)| **of == batch);
        for (place, (item, _)) in own.enumerate() {
            let Some(moment) = item.state else {
                continue;
            };
            for (number, state) in (0..).zip(&moment.slots) {
                self.programs.add(place, number, state);
            }
            for (number, state) in &fixed.bends {
                let mut state = *state;
                state.target.drift = state.target.drift.after(moment.drift_seconds);
                self.programs.add(place, *number, &state);
            }
            // Faders come last, as at a desk.
            self.programs.add_mix(place, &moment.parts);
        }
    }
}

/// Decodes what one stride or several want, all with the model of `bender`. Items of unbent weights of which the same frames are wanted
/// are decoded together, whosever they are.
///
/// # Errors
/// What inference reports.
pub(super) fn run(
    strides: &mut [&mut Batches],
    bender: &mut Bender,
    thread: &PoolThread,
) -> Result<(), ModelError> {
    // What a failed decode has left is nobody's.
    drop(activity::take());
    let ran = decode(strides, bender, thread);
    for taken in activity::take() {
        let own = |stride: &&mut &mut Batches| stride.number == taken.number;
        if let Some(stride) = strides.iter_mut().find(own) {
            stride.activity.push(taken);
        }
    }
    ran
}

fn decode(
    strides: &mut [&mut Batches],
    bender: &mut Bender,
    _: &PoolThread,
) -> Result<(), ModelError> {
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
        if latents.is_empty() {
            return Ok(());
        }
        return bender.decode_from(first_frame, None, latents, program, &mut batch.decoded);
    }
    let size = bender.manifest().latent_size;
    let (mut latents, mut program) = (Vec::new(), Program::new());
    for batch in strides.iter().filter_map(|stride| stride.batches.first()) {
        program.append(&batch.program, latents.len() / size);
        latents.extend_from_slice(&batch.latents);
    }
    if latents.is_empty() {
        return Ok(());
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
