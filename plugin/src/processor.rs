//! The audio thread: samples in, frames to the worker, bent hops back, mixed with the aligned dry.
//!
//! The same processor runs in the plugin and in the command line, so a render is a bounce.
//!
//! # Sidechain
//! A second sound of the same channels may come beside the input, in step with it to the sample. The encoder hears
//! it in place of the input where the controls say so. It is analysed as long as there is sound in it, so that a switch
//! finds a whole window; where the port is not connected it costs nothing.
//!
//! # Sleep
//! A window of exact silence is not transformed. The worker, too, does no more than count the frames of it.
//!
//! # Real-time safety
//! [`LiveProcessor`], [`OfflineProcessor`] and [`Processor::reset`] never allocate, lock, log or panic. A [`LiveProcessor`] never waits
//! either: its blocks go through a [`LiveEnd`], which cannot. Those of an [`OfflineProcessor`] go through an [`OfflineEnd`], which waits for the
//! worker in place of falling back to the dry signal; it is for a host that says that it renders offline.
//!
//! # Time
//! Hop `h` is input samples `[h·hop, (h + 1)·hop)`; frame `h` ends with it. While hop `h` comes in, the
//! hop that frame `h − 1 − delay_hops` completed goes out. Both start on the same sample, so the
//! latency is a whole number of hops, and blocks of any size give the same samples.

mod ceiling;
mod ear;
mod ears;
mod hops;
mod output;
mod pace;

use std::sync::Arc;

use netbend_dsp::{DspError, StftGeometry};

use crate::exchange::{AudioEnd, LiveEnd, MAX_CHANNELS, OfflineEnd};
use crate::report::status::Status;
use crate::stream::source::ControlSource;
use hops::HopProcessor;

/// One stream of audio through the engine.
pub struct Processor {
    exchange: AudioEnd,
    hops: HopProcessor,
}

impl Processor {
    /// A processor over an opened stream. Not for the audio thread.
    ///
    /// # Errors
    /// [`DspError`] where the geometry cannot be processed.
    pub fn new(
        geometry: StftGeometry,
        channels: usize,
        stride_frames: usize,
        exchange: AudioEnd,
        status: Arc<Status>,
    ) -> Result<Self, DspError> {
        let channels = channels.clamp(1, MAX_CHANNELS);
        let hops = HopProcessor::new(geometry, channels, stride_frames, &exchange, status)?;
        Ok(Self { exchange, hops })
    }

    /// Samples between input and output.
    pub fn latency_samples(&self) -> usize {
        self.hops.latency_samples()
    }

    /// Samples that go on after the input has ended: what is on its way, and the last frame's length.
    pub fn tail_samples(&self) -> usize {
        self.hops.tail_samples()
    }

    /// Forgets everything heard so far.
    pub fn reset(&mut self) {
        let (run, playing) = self.hops.reset();
        self.exchange.begin_run(run, playing);
    }

    /// For the next blocks of a host that plays in real time.
    pub fn live(&mut self) -> LiveProcessor<'_> {
        LiveProcessor {
            end: self.exchange.live(),
            hops: &mut self.hops,
        }
    }

    /// For the next blocks of a host that renders offline.
    pub fn offline(&mut self) -> OfflineProcessor<'_> {
        OfflineProcessor {
            end: self.exchange.offline(),
            hops: &mut self.hops,
        }
    }
}

/// The samples of a block: as many as its shortest channel has.
fn samples(channels: &[&mut [f32]]) -> usize {
    let lengths = channels.iter().map(|channel| channel.len());
    lengths.min().unwrap_or(0)
}

/// Processes blocks that come in real time: what has not come from the worker is done without.
pub struct LiveProcessor<'a> {
    end: LiveEnd<'a>,
    hops: &'a mut HopProcessor,
}

impl LiveProcessor<'_> {
    /// Processes a block in place. `controls` hears what comes in, and is asked once per hop for the values that hold at the
    /// hop's end, given as the number of the block's samples that lie before it. There is no sidechain.
    pub fn process(&mut self, channels: &mut [&mut [f32]], controls: impl ControlSource) {
        self.process_with_sidechain::<&[f32]>(channels, &[], controls);
    }

    /// As [`process`](Self::process), with the sidechain's samples of the same time, `[channel][sample]`. Channels and
    /// samples that it lacks are silent.
    pub fn process_with_sidechain<S: AsRef<[f32]>>(
        &mut self,
        channels: &mut [&mut [f32]],
        sidechain: &[S],
        controls: impl ControlSource,
    ) {
        let samples = samples(channels);
        self.hops.follow_pace(samples);
        self.hops
            .process(&mut self.end, samples, channels, sidechain, controls);
    }
}

/// Processes blocks of a host that renders offline: what has not come from the worker is waited for.
pub struct OfflineProcessor<'a> {
    end: OfflineEnd<'a>,
    hops: &'a mut HopProcessor,
}

impl OfflineProcessor<'_> {
    /// As [`LiveProcessor::process`].
    pub fn process(&mut self, channels: &mut [&mut [f32]], controls: impl ControlSource) {
        self.process_with_sidechain::<&[f32]>(channels, &[], controls);
    }

    /// As [`LiveProcessor::process_with_sidechain`].
    pub fn process_with_sidechain<S: AsRef<[f32]>>(
        &mut self,
        channels: &mut [&mut [f32]],
        sidechain: &[S],
        controls: impl ControlSource,
    ) {
        let samples = samples(channels);
        self.hops
            .process(&mut self.end, samples, channels, sidechain, controls);
    }
}
