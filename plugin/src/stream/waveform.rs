//! The stream of a waveform model: how its blocks lie in the hops of the host, and how late its sound is. Any thread.
//!
//! Samples are collected to a block, at the model's rate, and a block's worth of time is left to compute it. What goes in is `network_samples` old when
//! it comes out of the network (its own latency and that of the resamplers); the rest of the latency is collecting, computing, and two hops, since the
//! ends of blocks fall between those of hops.

use netbend_dsp::StftGeometry;
use netbend_dsp::number::{cut, nearest_f64};
use netbend_models::WaveformFormat;

use super::latency::WINDOW_HOPS;

/// Taps of the filter that changes the rate, on either side of a sample.
pub(crate) const TAPS: usize = 128;

/// What a stream of a waveform model is opened with.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WaveformStream {
    /// The model's.
    pub format: WaveformFormat,
    /// Samples per second of the host.
    pub sample_rate: f32,
    /// Samples of the host between what goes into the network and what comes out.
    pub network_samples: usize,
    /// Hops that are as long as a block, or just longer.
    pub block_hops: usize,
    /// Hops between input and output.
    pub latency_hops: usize,
}

impl WaveformStream {
    /// The stream of a model on hops of that geometry.
    pub fn new(format: WaveformFormat, geometry: StftGeometry) -> Self {
        let ratio = f64::from(geometry.sample_rate) / f64::from(format.sample_rate);
        let hop = nearest_f64(geometry.hop_samples);
        let own = nearest_f64(format.latency) * ratio;
        let network = match resamples(format, geometry.sample_rate) {
            true => own + resampling_samples(ratio),
            false => own,
        };
        let block = nearest_f64(format.block) * ratio;
        let block_hops = (block / hop).ceil();
        // Collecting, computing, and the hops that ends of blocks fall into.
        let late = network + block + (block_hops + 2.0) * hop;
        Self {
            format,
            sample_rate: geometry.sample_rate,
            network_samples: cut::<usize>(network.round()),
            block_hops: cut::<usize>(block_hops).max(1),
            latency_hops: cut::<usize>((late / hop).ceil()).max(WINDOW_HOPS),
        }
    }

    /// Whether the host's rate is another than the model's.
    pub fn resamples(&self) -> bool {
        resamples(self.format, self.sample_rate)
    }

    /// Samples of the host for one of the model.
    pub fn ratio(&self) -> f64 {
        f64::from(self.sample_rate) / f64::from(self.format.sample_rate)
    }
}

fn resamples(format: WaveformFormat, rate: f32) -> bool {
    f64::from(format.sample_rate) != f64::from(rate)
}

/// Samples of the host by which both changes of rate delay: one at the host's rate, one at the model's. A filter begins a sample of the rate that
/// comes out after its middle.
fn resampling_samples(ratio: f64) -> f64 {
    nearest_f64(TAPS - 1) * (1.0 + ratio)
}
