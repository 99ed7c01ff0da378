//! Opening a stream. Not for the audio thread.

use std::sync::Arc;

use netbend_dsp::Complex;
use ringbuf::HeapRb;
use ringbuf::traits::{Producer as _, Split as _};

use super::audio::AudioEnd;
use super::boxes::{Frame, Hop};
use super::progress::Progress;
use super::worker::WorkerEnd;
use crate::stream::controls::Controls;
use crate::stream::shape::StreamShape;

/// Opens a stream: makes the rings and fills them with empty boxes. Not for the audio thread.
pub fn open(shape: StreamShape, channels: usize) -> (AudioEnd, WorkerEnd) {
    let StreamShape {
        geometry,
        stride_frames,
        overlap_frames,
        waveform,
        ..
    } = shape;
    // Collecting, computing, what is held back, and a stride to spare, for the worker that is late.
    let capacity = 3 * stride_frames + overlap_frames + 8;
    let (frames_in, frames_out) = HeapRb::new(capacity).split();
    let (mut empty_frames_in, empty_frames_out) = HeapRb::new(capacity).split();
    let (hops_in, hops_out) = HeapRb::new(capacity).split();
    let (mut empty_hops_in, empty_hops_out) = HeapRb::new(capacity).split();
    let used = |channel: usize, len: usize| if channel < channels { len } else { 0 };
    // A stream carries spectra or samples.
    let (bins, samples) = match waveform {
        Some(_) => (0, geometry.hop_samples),
        None => (geometry.bins(), 0),
    };
    for _ in 0..capacity {
        // The rings are empty and as long as the loop: these pushes cannot fail.
        let _ = empty_frames_in.try_push(Box::new(Frame {
            epoch: 0,
            index: 0,
            controls: Controls::default(),
            spectra: std::array::from_fn(|c| vec![Complex::default(); used(c, bins)]),
            samples: std::array::from_fn(|c| vec![0.0; used(c, samples)]),
            sidechain_samples: std::array::from_fn(|c| vec![0.0; used(c, samples)]),
            silent: true,
            sidechain: vec![0.0; bins],
            sidechain_silent: true,
        }));
        let _ = empty_hops_in.try_push(Box::new(Hop {
            epoch: 0,
            index: 0,
            samples: std::array::from_fn(|c| vec![0.0; used(c, geometry.hop_samples)]),
        }));
    }
    let progress = Arc::new(Progress::default());
    let audio = AudioEnd {
        frames: frames_in,
        empty_frames: empty_frames_out,
        hops: hops_out,
        empty_hops: empty_hops_in,
        progress: Arc::clone(&progress),
        overlap_frames,
        delay_hops: shape.delay_hops(),
        carries_samples: waveform.is_some(),
    };
    let worker = WorkerEnd {
        frames: frames_out,
        empty_frames: empty_frames_in,
        hops: hops_in,
        empty_hops: empty_hops_out,
        progress,
        geometry,
        channels,
        stride_frames,
        overlap_frames,
        delay_hops: shape.delay_hops(),
        waveform,
    };
    (audio, worker)
}
