//! Audio buffers as the plugin wants them, whatever the host passes. Audio thread, but for [`Buses::new`].
//!
//! Hosts leave buses out, pass null arrays, null channels, fewer or more channels than were agreed on, and blocks longer than
//! announced. Here, an input that is missing is silence, an output that is missing goes nowhere, an output too many is silent, and a
//! long block is cut. A sidechain has as many channels as the plugin has: one channel stands for both, two are
//! heard as their mean.

/// The most channels of a bus.
pub(super) const CHANNELS: usize = 2;

/// A bus as the host passes it: an array of channels, which may be null, as may each channel.
#[derive(Clone, Copy)]
pub(super) struct HostBus {
    channels: *const *mut f32,
    count: usize,
}

impl HostBus {
    /// A bus that the host does not pass.
    pub(super) const MISSING: Self = Self {
        channels: std::ptr::null(),
        count: 0,
    };

    /// # Safety
    /// Unless null, `channels` is an array of `count` pointers, each null or to as many samples as the block has, for as long as
    /// the block is processed.
    pub(super) unsafe fn new(channels: *const *mut f32, count: usize) -> Self {
        if channels.is_null() {
            Self::MISSING
        } else {
            Self { channels, count }
        }
    }

    /// The samples of a channel; `None` where it is missing.
    fn channel(self, index: usize) -> Option<*mut f32> {
        if index >= self.count {
            return None;
        }
        // SAFETY: see `new`.
        let channel = unsafe { *self.channels.add(index) };
        (!channel.is_null()).then_some(channel)
    }
}

/// Silences an output bus that the plugin does not have.
///
/// # Safety
/// `bus` is as [`HostBus::new`] wants it, of a block of `samples`.
pub(super) unsafe fn silence(bus: HostBus, samples: usize) {
    for index in 0..bus.count {
        if let Some(channel) = bus.channel(index) {
            // SAFETY: the caller's promise.
            unsafe { std::slice::from_raw_parts_mut(channel, samples) }.fill(0.0);
        }
    }
}

/// One block's buses.
#[derive(Clone, Copy)]
pub(super) struct HostBlock {
    pub(super) input: HostBus,
    pub(super) sidechain: HostBus,
    pub(super) output: HostBus,
    pub(super) samples: usize,
}

/// Channels for the plugin, all there; those of `input` and `sidechain` are to be read only.
pub(super) struct Channels {
    pub(super) input: [*mut f32; CHANNELS],
    pub(super) sidechain: [*mut f32; CHANNELS],
    pub(super) output: [*mut f32; CHANNELS],
}

/// Memory for what hosts leave out.
pub(super) struct Buses {
    channels: usize,
    /// Only ever read.
    silence: Box<[f32]>,
    /// What goes nowhere.
    discarded: [Box<[f32]>; CHANNELS],
    /// A sidechain of two channels for a plugin of one.
    mean: Box<[f32]>,
}

// The samples of one block are an aligned array that only its own thread touches.
impl Buses {
    /// For a plugin of `channels` channels and pieces of up to `longest` samples. Allocates.
    pub(super) fn new(channels: usize, longest: usize) -> Self {
        let samples = || vec![0.0; longest.max(1)].into_boxed_slice();
        Self {
            channels: channels.clamp(1, CHANNELS),
            silence: samples(),
            discarded: [samples(), samples()],
            mean: samples(),
        }
    }

    /// The longest piece of a block there is memory for, in samples.
    pub(super) fn longest(&self) -> usize {
        self.silence.len()
    }

    /// The samples `from..from + count` of every channel of `block`.
    ///
    /// # Safety
    /// The piece lies within the block and is no longer than [`longest`](Self::longest). What is returned is good until the
    /// next call, and while the block is.
    ///
    /// # Real-time safety
    /// Never allocates, locks, waits or panics.
    pub(super) unsafe fn piece(
        &mut self,
        block: &HostBlock,
        from: usize,
        count: usize,
    ) -> Channels {
        debug_assert!(count <= self.longest() && from + count <= block.samples);
        let silence = self.silence.as_mut_ptr();
        // SAFETY: the caller's promise.
        let at = |channel: *mut f32| unsafe { channel.add(from) };
        let input = std::array::from_fn(|index| block.input.channel(index).map_or(silence, at));
        let [first, second] = std::array::from_fn(|index| block.sidechain.channel(index).map(at));
        let sidechain = match (self.channels, first, second) {
            (1, Some(left), Some(right)) => {
                // SAFETY: both have at least `count` samples from here on.
                let (left, right) = unsafe {
                    (
                        std::slice::from_raw_parts(left, count),
                        std::slice::from_raw_parts(right, count),
                    )
                };
                for ((mean, left), right) in self.mean.iter_mut().zip(left).zip(right) {
                    *mean = 0.5 * (left + right);
                }
                [self.mean.as_mut_ptr(), silence]
            }
            // One channel that stands alone is heard on both sides; of two, one may be missing.
            (_, Some(only), None) if block.sidechain.count == 1 => [only, only],
            _ => [first.unwrap_or(silence), second.unwrap_or(silence)],
        };
        let output = std::array::from_fn(|index| {
            let own = self.discarded[index].as_mut_ptr();
            block.output.channel(index).map_or(own, at)
        });
        for index in self.channels..block.output.count {
            if let Some(channel) = block.output.channel(index) {
                // SAFETY: it has at least `count` samples from here on.
                unsafe { std::slice::from_raw_parts_mut(at(channel), count) }.fill(0.0);
            }
        }
        Channels {
            input,
            sidechain,
            output,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bus(channels: &mut [*mut f32]) -> HostBus {
        // SAFETY: the array outlives the bus in every test.
        unsafe { HostBus::new(channels.as_ptr(), channels.len()) }
    }

    fn read(channel: *mut f32, count: usize) -> Vec<f32> {
        // SAFETY: every channel of these tests has `count` samples.
        unsafe { std::slice::from_raw_parts(channel, count) }.to_vec()
    }

    #[test]
    fn what_is_missing_is_silent_and_goes_nowhere() {
        let mut buses = Buses::new(2, 4);
        let mut left = [1.0, 2.0, 3.0, 4.0];
        let mut pointers = vec![left.as_mut_ptr(), std::ptr::null_mut()];
        for input in [HostBus::MISSING, bus(&mut pointers)] {
            let block = HostBlock {
                input,
                sidechain: HostBus::MISSING,
                output: HostBus::MISSING,
                samples: 4,
            };
            // SAFETY: the piece lies within the block.
            let channels = unsafe { buses.piece(&block, 1, 3) };
            let expected = if input.count == 0 {
                vec![0.0; 3]
            } else {
                vec![2.0, 3.0, 4.0]
            };
            assert_eq!(read(channels.input[0], 3), expected);
            assert_eq!(read(channels.input[1], 3), [0.0; 3]);
            assert_eq!(read(channels.sidechain[0], 3), [0.0; 3]);
            // SAFETY: an output has three samples.
            unsafe { std::slice::from_raw_parts_mut(channels.output[1], 3) }.fill(9.0);
            assert_ne!(channels.output[0], channels.output[1]);
            assert_eq!(read(channels.input[1], 3), [0.0; 3]);
        }
    }

    #[test]
    fn outputs_beyond_the_layout_are_silent() {
        let mut buses = Buses::new(1, 2);
        let (mut first, mut second) = ([7.0; 2], [7.0; 2]);
        let mut pointers = vec![
            first.as_mut_ptr(),
            second.as_mut_ptr(),
            std::ptr::null_mut(),
        ];
        let block = HostBlock {
            input: HostBus::MISSING,
            sidechain: HostBus::MISSING,
            output: bus(&mut pointers),
            samples: 2,
        };
        // SAFETY: the piece lies within the block.
        unsafe { buses.piece(&block, 0, 2) };
        assert_eq!((first, second), ([7.0; 2], [0.0; 2]));
    }

    #[test]
    fn a_sidechain_takes_the_plugins_channels() {
        let (mut left, mut right) = ([1.0, 2.0], [3.0, -4.0]);
        let mut both = vec![left.as_mut_ptr(), right.as_mut_ptr()];
        let mut one = vec![left.as_mut_ptr()];
        let block = |sidechain| HostBlock {
            input: HostBus::MISSING,
            sidechain,
            output: HostBus::MISSING,
            samples: 2,
        };
        // SAFETY: every piece lies within its block.
        unsafe {
            let mono = Buses::new(1, 2).piece(&block(bus(&mut one)), 0, 2);
            assert_eq!(read(mono.sidechain[0], 2), [1.0, 2.0]);
            let mut buses = Buses::new(1, 2);
            let mean = buses.piece(&block(bus(&mut both)), 0, 2);
            assert_eq!(read(mean.sidechain[0], 2), [2.0, -1.0]);
            let mut buses = Buses::new(2, 2);
            let spread = buses.piece(&block(bus(&mut one)), 0, 2);
            assert_eq!(read(spread.sidechain[0], 2), [1.0, 2.0]);
            assert_eq!(read(spread.sidechain[1], 2), [1.0, 2.0]);
        }
    }
}
