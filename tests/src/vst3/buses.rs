//! Buses: what flows in and out, in how many channels, and which of them are on.

use vst3::Steinberg::Vst::{
    self, BusDirections_, BusInfo_::BusFlags_, IAudioProcessorTrait, IComponentTrait, MediaTypes_,
    SpeakerArr, SpeakerArrangement,
};
use vst3::Steinberg::kResultOk;

use super::Plugin;
use super::params::utf16;

/// Which way a bus goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Into the plugin.
    Input,
    /// Out of it.
    Output,
}

/// The speakers of a bus, one bit each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arrangement(pub u64);

/// A bus as the plugin presents it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BusInfo {
    /// The name shown to users.
    pub name: String,
    /// Its channels.
    pub channels: i32,
    /// Whether it is the main bus rather than an auxiliary one.
    pub main: bool,
    /// Whether a host is to turn it on of its own accord.
    pub default_active: bool,
}

impl Direction {
    fn number(self) -> i32 {
        (match self {
            Self::Input => BusDirections_::kInput,
            Self::Output => BusDirections_::kOutput,
        }) as i32
    }
}

impl Arrangement {
    /// No channel.
    pub const EMPTY: Self = Self(SpeakerArr::kEmpty);
    /// One channel.
    pub const MONO: Self = Self(SpeakerArr::kMono);
    /// Left and right.
    pub const STEREO: Self = Self(SpeakerArr::kStereo);
    /// Five channels and one for low frequencies.
    pub const SURROUND: Self = Self(SpeakerArr::k51);

    /// One channel or two.
    ///
    /// # Panics
    /// If there are others.
    pub fn of(channels: usize) -> Self {
        match channels {
            0 => Self::EMPTY,
            1 => Self::MONO,
            2 => Self::STEREO,
            _ => panic!("no arrangement for {channels} channels"),
        }
    }

    /// How many channels it has.
    pub fn channels(self) -> i32 {
        self.0.count_ones() as i32
    }
}

impl Plugin {
    /// Asks for arrangements of all buses. Returns whether the plugin said that it took them.
    pub fn set_arrangements(&mut self, inputs: &[Arrangement], outputs: &[Arrangement]) -> bool {
        let raw = |buses: &[Arrangement]| -> Vec<SpeakerArrangement> {
            buses.iter().map(|arrangement| arrangement.0).collect()
        };
        let (mut inputs, mut outputs) = (raw(inputs), raw(outputs));
        // SAFETY: the arrays are as long as said.
        let result = unsafe {
            self.processor.setBusArrangements(
                inputs.as_mut_ptr(),
                inputs.len() as i32,
                outputs.as_mut_ptr(),
                outputs.len() as i32,
            )
        };
        result == kResultOk
    }

    /// The arrangement of a bus; `None` if there is no such bus.
    pub fn arrangement(&self, direction: Direction, bus: i32) -> Option<Arrangement> {
        let mut arrangement = 0;
        // SAFETY: the plugin writes one number.
        let result = unsafe {
            self.processor
                .getBusArrangement(direction.number(), bus, &mut arrangement)
        };
        (result == kResultOk).then_some(Arrangement(arrangement))
    }

    /// The arrangements of all inputs and of all outputs.
    pub fn arrangements(&self) -> (Vec<Arrangement>, Vec<Arrangement>) {
        let all = |direction| {
            (0..self.bus_count(direction))
                .filter_map(|bus| self.arrangement(direction, bus))
                .collect()
        };
        (all(Direction::Input), all(Direction::Output))
    }

    /// How many audio buses go this way.
    pub fn bus_count(&self, direction: Direction) -> i32 {
        // SAFETY: the component lives as long as this instance.
        unsafe {
            self.component
                .getBusCount(MediaTypes_::kAudio as i32, direction.number())
        }
    }

    /// What the plugin says about a bus; `None` if there is no such bus.
    pub fn bus(&self, direction: Direction, bus: i32) -> Option<BusInfo> {
        // A number of another kind on Windows.
        #[allow(clippy::unnecessary_cast)]
        const DEFAULT_ACTIVE: u32 = BusFlags_::kDefaultActive as u32;
        // SAFETY: all zeros are a value of this structure, and the plugin fills it.
        let (result, info) = unsafe {
            let mut info: Vst::BusInfo = std::mem::zeroed();
            let media = MediaTypes_::kAudio as i32;
            let result = self
                .component
                .getBusInfo(media, direction.number(), bus, &mut info);
            (result, info)
        };
        (result == kResultOk).then(|| BusInfo {
            name: utf16(&info.name),
            channels: info.channelCount,
            main: info.busType == 0,
            default_active: info.flags & DEFAULT_ACTIVE != 0,
        })
    }

    /// Turns a bus on or off. Returns whether the plugin said yes. Hosts do this while the plugin is inactive.
    pub fn activate_bus(&mut self, direction: Direction, bus: i32, on: bool) -> bool {
        // SAFETY: the component lives as long as this instance.
        let result = unsafe {
            self.component.activateBus(
                MediaTypes_::kAudio as i32,
                direction.number(),
                bus,
                u8::from(on),
            )
        };
        result == kResultOk
    }
}
