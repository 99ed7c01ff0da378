//! Stride after stride of the drum loop as the worker meets it, at the level of the crates: windows for the encoder, latents for the decoder,
//! spectra to be voiced.

use anyhow::{Context as _, Result};
use netbend_dsp::Complex;
use netbend_dsp::number::{nearest_f64, signed};
use netbend_dsp::spectrogram::analyze;
use netbend_dsp::voice::link_magnitudes;
use netbend_models::node::program::Program;
use netbend_models::run::bender::EncoderHistory;
use netbend_models::{Bender, Manifest};

use netbend::offline::{History, StreamShape};
use netbend_bench::scenario::{RATE, Scenario};

/// Seconds of drums, gone through again and again.
const SECONDS: f32 = 8.0;

/// A stream cut into strides.
pub(super) struct Strides {
    pub(super) shape: StreamShape,
    /// First frame of the window that a stride reads: the last one emitted before it.
    pub(super) first_frame: usize,
    /// What the bent item runs.
    pub(super) bent: Program,
    /// The same as item 1 of a pair, item 0 being clean.
    pub(super) pair: Program,
    history: History,
    encoder: EncoderHistory,
    /// `[frame][channel][bin]`, and their linked magnitudes.
    spectra: Vec<[Vec<Complex<f32>>; 2]>,
    linked: Vec<Vec<f32>>,
    level_db: f32,
    /// Frames heard.
    heard: usize,
}

impl Strides {
    /// A stream of the scenario's sound for a model, its first window full.
    pub(super) fn new(scenario: &Scenario, shape: StreamShape, bender: &Bender) -> Result<Self> {
        let manifest = bender.manifest();
        let [left, right] =
            Scenario::drums(SECONDS).map(|channel| analyze(&channel, shape.geometry));
        let (left, right) = (left?, right?);
        let spectra: Vec<_> = left
            .rows()
            .into_iter()
            .zip(right.rows())
            .map(|(left, right)| [left.to_vec(), right.to_vec()])
            .collect();
        let linked = spectra
            .iter()
            .map(|[left, right]| {
                let mut mid = vec![0.0; left.len()];
                link_magnitudes(left, right, &mut mid);
                mid
            })
            .collect();
        let program = |item| {
            let mut builder = bender.program_builder();
            builder.clear();
            for (place, bend) in scenario.bends().iter().enumerate() {
                builder.add(item, place as u64, bend);
            }
            builder.program().clone()
        };
        let read = shape.stride_frames + shape.overlap_frames;
        let mut strides = Self {
            shape,
            first_frame: first_frame(manifest, read),
            bent: program(0),
            pair: program(1),
            history: History::new(manifest),
            encoder: EncoderHistory::new(shape.stride_frames),
            spectra,
            linked,
            level_db: 0.0,
            heard: 0,
        };
        while strides.heard <= manifest.last_seen_frame {
            strides.advance()?;
        }
        Ok(strides)
    }

    /// Hears the next stride. What the encoder kept is forgotten where the level has moved.
    pub(super) fn advance(&mut self) -> Result<()> {
        for _ in 0..self.shape.stride_frames {
            let place = self.heard % self.linked.len();
            let frame = self.linked.get(place).context("no sound")?;
            self.history.push(frame);
            self.heard += 1;
        }
        let level_db = self.history.update_level();
        if level_db != std::mem::replace(&mut self.level_db, level_db) {
            self.encoder.forget();
        }
        Ok(())
    }

    /// The window as the network sees it now.
    pub(super) fn window(&mut self) -> Vec<f32> {
        self.history.window(self.level_db).to_vec()
    }

    /// Encodes the window, sharing with the stride before what can be.
    pub(super) fn encode(
        &mut self,
        bender: &mut Bender,
        window: &[f32],
        latents: &mut Vec<f32>,
    ) -> Result<()> {
        let newest = signed(self.heard) - 1;
        Ok(bender.encode_stream(&mut self.encoder, newest, window, latents)?)
    }

    /// The spectra of the stride heard last.
    pub(super) fn spectra(&self) -> Vec<[Vec<Complex<f32>>; 2]> {
        let first = self.heard - self.shape.stride_frames;
        let places = first..self.heard;
        places
            .map(|frame| self.spectra[frame % self.spectra.len()].clone())
            .collect()
    }

    /// Strides in a second of sound.
    pub(super) fn per_second(&self) -> f64 {
        f64::from(RATE) / nearest_f64(self.shape.geometry.hop_samples * self.shape.stride_frames)
    }
}

fn first_frame(manifest: &Manifest, read: usize) -> usize {
    manifest.last_seen_frame.saturating_sub(read)
}
