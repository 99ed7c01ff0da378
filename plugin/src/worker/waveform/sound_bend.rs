//! Bends of the layer that is the sound itself. Pool threads.
//!
//! Nothing comes after them that would smooth a step, so they go from what they were in the block before to what they are now over a whole block.

use netbend_dsp::number::nearest_f32;
use netbend_models::bends::transform::Scratch;
use netbend_models::node::operator::sequence::{self, Before};
use netbend_models::node::program::Program;
use netbend_models::waveform::past::Past;

/// What the bends were in the block before.
#[derive(Default)]
pub(super) struct SoundBend {
    /// `None` before the first block.
    before: Option<Program>,
    scratch: Scratch,
}

impl SoundBend {
    /// Bends a block `[channel, sample]` by the entries of `program` for layer `layer`. `past` is what the sound was before.
    pub(super) fn bend(
        &mut self,
        (layer, program): (usize, &Program),
        channels: usize,
        past: &mut Option<Past>,
        sound: &mut [f32],
    ) {
        let unbent = sound.to_vec();
        let length = sound.len() / channels.max(1);
        let shape = [1, channels, length];
        let earlier = past.as_ref().map_or(Before::default(), Past::before);
        let mut bend = |program: &Program, sound: &mut [f32]| {
            let words = program.words();
            sequence::apply(layer, words, shape, earlier, sound, &mut self.scratch);
        };
        bend(program, sound);
        if let Some(before) = self.before.as_ref().filter(|before| *before != program) {
            let mut was = unbent.clone();
            bend(before, &mut was);
            fade(&was, sound, length);
        }
        if let Some(past) = past {
            past.push(&unbent);
        }
    }

    /// The block is over: these were its bends.
    pub(super) fn end_block(&mut self, program: &Program) {
        match &mut self.before {
            Some(before) => before.clone_from(program),
            None => self.before = Some(program.clone()),
        }
    }

    /// Begins anew.
    pub(super) fn reset(&mut self) {
        self.before = None;
    }
}

/// Goes from `was` to `sound` over a block of so many samples, channel by channel.
fn fade(was: &[f32], sound: &mut [f32], length: usize) {
    let channels = sound.chunks_exact_mut(length.max(1));
    for (sound, was) in channels.zip(was.chunks_exact(length.max(1))) {
        for (n, (now, was)) in sound.iter_mut().zip(was).enumerate() {
            let share = nearest_f32(n) / nearest_f32(length);
            *now = was + share * (*now - was);
        }
    }
}
