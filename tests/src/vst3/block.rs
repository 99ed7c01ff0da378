//! One block, as freely made up as the format allows.

use vst3::Steinberg::Vst::{
    AudioBusBuffers, AudioBusBuffers__type0, IAudioProcessor, IAudioProcessorTrait, IEventList,
    IParameterChanges, ProcessContext, ProcessContext_::StatesAndFlags_, ProcessData,
    SymbolicSampleSizes_,
};
use vst3::Steinberg::kResultOk;
use vst3::{ComPtr, ComWrapper};

use super::changes::List;
use super::events::Events;
use super::{Changes, Mode, Plugin};
use crate::bus::Bus;
use crate::guard::inside;
use crate::host::HostError;
use crate::notes::Note;

/// The buses of a block that go one way.
#[derive(Clone, Debug)]
pub enum Buses<'a> {
    /// No array, although there are said to be this many.
    Null(usize),
    /// These, be they more or fewer than the plugin has.
    Of(Vec<Bus<'a>>),
}

/// What a host hands over for one block.
#[derive(Clone, Debug)]
pub struct Block<'a> {
    /// How many samples there are.
    pub samples: usize,
    /// What the block says of itself, whatever was set up.
    pub mode: Mode,
    /// What goes in.
    pub inputs: Buses<'a>,
    /// What comes out.
    pub outputs: Buses<'a>,
    /// Parameter changes; `None` for no list at all.
    pub changes: Option<Changes>,
    /// Notes, their samples counted from the block's start; without any there is no list.
    pub notes: Vec<Note>,
    /// Whether the plugin is told where in the project it is.
    pub context: bool,
}

/// A bus as the plugin sees it.
fn raw(bus: &mut Bus<'_>) -> AudioBusBuffers {
    AudioBusBuffers {
        numChannels: bus.channels() as i32,
        silenceFlags: 0,
        __field0: AudioBusBuffers__type0 {
            channelBuffers32: bus.array(),
        },
    }
}

impl Buses<'_> {
    /// As the plugin sees them: their number, and what they are.
    fn raw(&mut self) -> (usize, Vec<AudioBusBuffers>) {
        match self {
            Self::Null(count) => (*count, Vec::new()),
            Self::Of(buses) => (buses.len(), buses.iter_mut().map(raw).collect()),
        }
    }

    fn samples(&self) -> usize {
        let buses = match self {
            Self::Null(_) => &[][..],
            Self::Of(buses) => &buses[..],
        };
        buses.iter().map(Bus::samples).min().unwrap_or(usize::MAX)
    }
}

impl<'a> Block<'a> {
    /// A block of the mode that the plugin is set up for, without parameter changes.
    pub fn new(mode: Mode, samples: usize, inputs: Vec<Bus<'a>>, output: Bus<'a>) -> Self {
        Self {
            samples,
            mode,
            inputs: Buses::Of(inputs),
            outputs: Buses::Of(vec![output]),
            changes: Some(Changes::none()),
            notes: Vec::new(),
            context: true,
        }
    }
}

impl Plugin {
    /// Processes one block. Does not serve the plugin's requests: see [`Plugin::pump`].
    ///
    /// # Errors
    /// [`HostError::Refused`] if the plugin fails.
    ///
    /// # Panics
    /// If a channel has fewer samples than the block.
    pub fn process(&mut self, block: Block<'_>) -> Result<(), HostError> {
        let samples = block.samples;
        let processed = process(&self.processor, self.sample_rate(), self.played, block);
        self.played += samples as i64;
        processed
    }
}

/// Processes one block, `played` samples after the beginning of the project: see [`Plugin::process`].
pub(super) fn process(
    processor: &ComPtr<IAudioProcessor>,
    sample_rate: f64,
    played: i64,
    mut block: Block<'_>,
) -> Result<(), HostError> {
    let room = block.inputs.samples().min(block.outputs.samples());
    assert!(block.samples <= room, "{} of {room} samples", block.samples);
    let address = |buses: &mut Vec<AudioBusBuffers>| match buses.len() {
        0 => std::ptr::null_mut(),
        _ => buses.as_mut_ptr(),
    };
    let (input_count, mut inputs) = block.inputs.raw();
    let (output_count, mut outputs) = block.outputs.raw();
    let given = block.changes.as_ref().and_then(Changes::list);
    let taken = Changes::none().list();
    let list = |list: &Option<ComWrapper<List>>| {
        let reference = list
            .as_ref()
            .and_then(ComWrapper::as_com_ref::<IParameterChanges>);
        reference.map_or(std::ptr::null_mut(), |list| list.as_ptr())
    };
    let notes = Events::list(&block.notes);
    let notes = notes
        .as_ref()
        .and_then(ComWrapper::as_com_ref::<IEventList>);
    let mut context = context(sample_rate, played);
    let mut data = ProcessData {
        processMode: block.mode.number(),
        symbolicSampleSize: SymbolicSampleSizes_::kSample32 as i32,
        numSamples: block.samples as i32,
        numInputs: input_count as i32,
        numOutputs: output_count as i32,
        inputs: address(&mut inputs),
        outputs: address(&mut outputs),
        inputParameterChanges: list(&given),
        outputParameterChanges: list(&taken),
        inputEvents: notes.map_or(std::ptr::null_mut(), |notes| notes.as_ptr()),
        outputEvents: std::ptr::null_mut(),
        processContext: if block.context {
            &mut context
        } else {
            std::ptr::null_mut()
        },
    };
    // SAFETY: all addresses are null or those of what lives in this function or is borrowed by the
    // block, and no channel is shorter than the block.
    let result = inside(|| unsafe { processor.process(&mut data) });
    if result == kResultOk {
        Ok(())
    } else {
        Err(HostError::Refused {
            action: "process",
            reason: format!("result {result}"),
        })
    }
}

/// Where in the project we are: it plays from its beginning.
fn context(sample_rate: f64, played: i64) -> ProcessContext {
    // SAFETY: all zeros are a value of this structure.
    let mut context: ProcessContext = unsafe { std::mem::zeroed() };
    // A number of another kind on Windows.
    #[allow(clippy::unnecessary_cast)]
    let playing = StatesAndFlags_::kPlaying as u32;
    context.state = playing;
    context.sampleRate = sample_rate;
    context.projectTimeSamples = played;
    context
}
