//! The playing half of a plugin, for another thread.

use vst3::ComPtr;
use vst3::Steinberg::Vst::IAudioProcessor;

use super::block::{Block, process};
use super::{Changes, Mode, Plugin};
use crate::bus::Bus;
use crate::host::HostError;
use crate::notes::Note;
use crate::sounding::{Change, Sounding};

/// What plays. Meanwhile the plugin is not to be set up, activated or deactivated.
pub struct Half {
    processor: ComPtr<IAudioProcessor>,
    sample_rate: f64,
    played: i64,
}

// SAFETY: the format has the processor called on a thread of its own; what is counted is counted with atomics.
unsafe impl Send for Half {}

impl Plugin {
    /// The playing half of a plugin that is active.
    pub fn lend(&mut self) -> Option<Half> {
        self.is_active().then(|| Half {
            processor: self.processor.clone(),
            sample_rate: self.sample_rate(),
            played: self.played,
        })
    }
}

impl Sounding for Half {
    fn play_notes(
        &mut self,
        input: [&mut [f32]; 2],
        output: [&mut [f32]; 2],
        changes: &[Change],
        notes: &[Note],
    ) -> Result<(), HostError> {
        let samples = input[0].len();
        let buses = vec![Bus::of(input), Bus::empty()];
        let mut block = Block::new(Mode::Realtime, samples, buses, Bus::of(output));
        let mut list = Changes::none();
        for change in changes {
            list.push(change.offset as i32, change.param, change.value);
        }
        block.changes = Some(list);
        block.notes = notes.to_vec();
        let processed = process(&self.processor, self.sample_rate, self.played, block);
        self.played += samples as i64;
        processed
    }
}
