//! The shape of a stream: how long its frames are and how many are bent at a time. Any thread.
//!
//! A function of the model, the host's rate and the latency mode, in one place, so that plugin and command line open
//! the same stream and latency is reported as it is.

use netbend_dsp::{DspError, StftGeometry};
use netbend_models::{Manifest, ModelFormat};

use crate::error::Error;
use crate::stream::latency::{LatencyMode, WINDOW_HOPS, delay_hops};
use crate::stream::waveform::WaveformStream;

/// What a stream is opened with.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StreamShape {
    /// Frames as long as the model's own, as far as the rate allows.
    pub geometry: StftGeometry,
    /// Frames between two inferences: the mode's, or as many as the model's window holds.
    pub stride_frames: usize,
    /// Frames held back to be predicted again by the next window: a quarter of Studio's stride, none in other modes.
    pub overlap_frames: usize,
    /// The mode. It changes nothing for a waveform model, whose blocks are as long as they are.
    pub mode: LatencyMode,
    /// What more there is to a stream of a waveform model.
    pub waveform: Option<WaveformStream>,
}

impl StreamShape {
    /// The shape for a model with this format.
    ///
    /// # Errors
    /// [`DspError`] where no frame fits the sample rate.
    pub fn new(format: ModelFormat, sample_rate: f32, mode: LatencyMode) -> Result<Self, DspError> {
        let geometry = geometry(format, sample_rate)?;
        let waveform = format
            .waveform
            .map(|format| WaveformStream::new(format, geometry));
        let (stride_frames, overlap_frames) = match &waveform {
            Some(stream) => (stream.block_hops, 0),
            None => stride_that_fits(mode, format.last_seen_frame),
        };
        Ok(Self {
            geometry,
            stride_frames,
            overlap_frames,
            mode,
            waveform,
        })
    }

    /// Hops between a frame's completion and the start of the output it completes.
    pub fn delay_hops(&self) -> usize {
        match &self.waveform {
            Some(stream) => stream.latency_hops.saturating_sub(WINDOW_HOPS),
            None => delay_hops(self.stride_frames, self.overlap_frames),
        }
    }

    /// Samples between input and output.
    pub fn latency_samples(&self) -> usize {
        self.geometry.fft_size + self.delay_hops() * self.geometry.hop_samples
    }
}

/// Frames between two inferences in every mode, for a model whose encoder sees frames up to `last_seen_frame`.
pub fn strides(last_seen_frame: usize) -> impl Iterator<Item = usize> {
    LatencyMode::ALL
        .into_iter()
        .map(move |mode| stride_that_fits(mode, last_seen_frame).0)
}

/// Whether a model can run on a stream of this geometry, stride and overlap.
///
/// # Errors
/// What it needs, what there is and what to do.
pub fn check(
    manifest: &Manifest,
    stream: StftGeometry,
    stride_frames: usize,
    overlap_frames: usize,
) -> Result<(), Error> {
    let format = ModelFormat::from(manifest);
    let wanted = geometry(format, stream.sample_rate)?;
    if wanted != stream {
        return Err(Error::FrameSize {
            name: manifest.name.clone(),
            needed: wanted.fft_size,
            rate: stream.sample_rate,
            opened: stream.fft_size,
        });
    }
    if stride_frames + overlap_frames > manifest.last_seen_frame {
        return Err(Error::Stride {
            name: manifest.name.clone(),
            seen: manifest.last_seen_frame + 1,
            opened: stride_frames + overlap_frames,
        });
    }
    Ok(())
}

fn geometry(format: ModelFormat, sample_rate: f32) -> Result<StftGeometry, DspError> {
    StftGeometry::for_model(sample_rate, format.fft_size, format.sample_rate)
}

/// The mode's stride and overlap, both halved until the window reaches back to the frame before them: a stride is joined to the one before at
/// that frame.
fn stride_that_fits(mode: LatencyMode, last_seen_frame: usize) -> (usize, usize) {
    let (mut stride, mut overlap) = (mode.stride_frames(), mode.overlap_frames());
    while stride + overlap > last_seen_frame.max(1) {
        (stride, overlap) = (stride / 2, overlap / 2);
    }
    (stride, overlap)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn format(fft_size: usize, last_seen_frame: usize) -> ModelFormat {
        ModelFormat {
            sample_rate: 44_100,
            fft_size,
            last_seen_frame,
            waveform: None,
        }
    }

    #[test]
    fn strides_are_shortened_to_what_the_window_holds() {
        let strides = |last| {
            LatencyMode::ALL.map(|mode| {
                let shape = StreamShape::new(format(512, last), 48_000.0, mode).unwrap();
                assert_eq!(shape.geometry.fft_size, 512);
                let (stride, overlap) = (shape.stride_frames, shape.overlap_frames);
                assert_eq!(shape.latency_samples(), 512 + (2 * stride + overlap) * 128);
                (stride, overlap)
            })
        };
        assert_eq!(strides(124), [(2, 0), (4, 0), (16, 0), (64, 16)]);
        assert_eq!(strides(80), [(2, 0), (4, 0), (16, 0), (64, 16)]);
        assert_eq!(strides(79), [(2, 0), (4, 0), (16, 0), (32, 8)]);
        assert_eq!(strides(31), [(2, 0), (4, 0), (16, 0), (16, 4)]);
        assert_eq!(strides(7), [(2, 0), (4, 0), (4, 0), (4, 1)]);
        assert_eq!(strides(1), [(1, 0), (1, 0), (1, 0), (1, 0)]);
    }

    #[test]
    fn the_usual_models_have_the_usual_streams() {
        for rate in [8_000.0, 22_050.0, 44_100.0, 48_000.0, 96_000.0, 192_000.0] {
            for mode in LatencyMode::ALL {
                let shape = StreamShape::new(ModelFormat::default(), rate, mode).unwrap();
                let usual = StftGeometry::for_sample_rate(rate).unwrap();
                assert_eq!(shape.geometry, usual);
                assert_eq!(shape.stride_frames, mode.stride_frames());
                assert_eq!(shape.overlap_frames, mode.overlap_frames());
            }
        }
    }
}
