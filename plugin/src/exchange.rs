//! What travels between the audio thread and the worker: frames one way, hops of sound the other.
//!
//! Both directions are single-producer single-consumer rings of boxes. Every box is made when the
//! stream is opened and goes round in a circle (filled, consumed, returned empty), so neither thread
//! ever allocates or frees one while sound is running.

use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use netbend_dsp::{Complex, StftGeometry};
use ringbuf::traits::{Consumer as _, Producer as _, Split as _};
use ringbuf::{HeapCons, HeapProd, HeapRb};

use crate::stream::controls::Controls;
use crate::threads::wake_up::Bell;

/// How long a host that renders offline sleeps at most between two looks for what it waits for.
const OFFLINE_POLL: Duration = Duration::from_millis(1);

/// Channels a stream has at most.
pub const MAX_CHANNELS: usize = 2;

/// A frame on its way to the worker.
#[derive(Debug)]
pub struct Frame {
    /// Which run of the stream it belongs to; a reset begins a new one.
    pub epoch: u32,
    /// Number of the frame since the run began.
    pub index: i64,
    /// The parameters at the frame's centre.
    pub controls: Controls,
    /// `[channel][bin]`.
    pub spectra: [Vec<Complex<f32>>; MAX_CHANNELS],
    /// Whether all of them are zero, as they came.
    pub silent: bool,
    /// The sidechain's linked magnitude per bin, of the same samples in time; see
    /// [`sidechain_magnitudes`](Self::sidechain_magnitudes).
    pub sidechain: Vec<f32>,
    /// Whether the sidechain is silent, whatever stands in [`sidechain`](Self::sidechain).
    pub sidechain_silent: bool,
}

impl Frame {
    /// The sidechain's linked magnitude per bin; nothing where it is silent.
    pub fn sidechain_magnitudes(&self) -> &[f32] {
        if self.sidechain_silent {
            &[]
        } else {
            &self.sidechain
        }
    }
}

/// One hop of bent sound on its way back.
#[derive(Debug)]
pub struct Hop {
    /// The run it belongs to.
    pub epoch: u32,
    /// The frame that completed it.
    pub index: i64,
    /// `[channel][sample]`.
    pub samples: [Vec<f32>; MAX_CHANNELS],
}

/// How far each side has come in the current run, readable by the other.
#[derive(Debug, Default)]
pub struct Progress {
    /// The run the audio thread is in.
    epoch: AtomicU32,
    /// Hop the audio thread is playing.
    audio_hop: AtomicI64,
    /// The run and frame up to which the worker is done, packed.
    done: AtomicI64,
    /// Whether the host renders offline: then the audio thread waits for the worker.
    offline: AtomicBool,
    /// Wakes the worker.
    worker: OnceLock<Arc<Bell>>,
    /// Wakes the audio thread that waits.
    audio: Bell,
}

impl Progress {
    /// The run the audio thread is in.
    pub fn epoch(&self) -> u32 {
        self.epoch.load(Ordering::Acquire)
    }

    /// Begins a run: the audio thread is at its first hop.
    pub fn begin_epoch(&self, epoch: u32) {
        self.audio_hop.store(0, Ordering::Relaxed);
        self.epoch.store(epoch, Ordering::Release);
    }

    /// Hop the audio thread is playing.
    pub fn audio_hop(&self) -> i64 {
        self.audio_hop.load(Ordering::Relaxed)
    }

    /// See [`audio_hop`](Self::audio_hop).
    pub fn set_audio_hop(&self, hop: i64) {
        self.audio_hop.store(hop, Ordering::Relaxed);
    }

    /// Whether the audio side waits for the worker, so that nothing can come late.
    pub fn is_offline(&self) -> bool {
        self.offline.load(Ordering::Relaxed)
    }

    /// See [`is_offline`](Self::is_offline).
    pub fn set_offline(&self, offline: bool) {
        self.offline.store(offline, Ordering::Relaxed);
    }

    /// Whether the worker is done with frame `index` of run `epoch`: its hop was sent or never will be.
    pub fn is_done(&self, epoch: u32, index: i64) -> bool {
        let done = self.done.load(Ordering::Acquire);
        (done >> 40) as u32 & 0xff_ffff == epoch & 0xff_ffff && (done & 0xff_ffff_ffff) > index
    }

    /// Says that every frame up to and including `index` of run `epoch` is done with.
    pub fn set_done(&self, epoch: u32, index: i64) {
        let packed = i64::from(epoch & 0xff_ffff) << 40 | (index + 1).clamp(0, 0xff_ffff_ffff);
        self.done.store(packed, Ordering::Release);
        if self.is_offline() {
            self.audio.ring();
        }
    }

    /// Whom to wake where the host renders offline. Not for the audio thread.
    pub(crate) fn set_bell(&self, worker: Arc<Bell>) {
        // A stream has one worker: the first stays.
        let _ = self.worker.set(worker);
    }

    /// Wakes the worker.
    ///
    /// # Real-time safety
    /// Takes a lock: for an audio thread whose host renders offline.
    pub fn wake_worker(&self) {
        if let Some(worker) = self.worker.get() {
            worker.ring();
        }
    }

    /// Waits until the worker has done something, or for a moment.
    ///
    /// # Real-time safety
    /// For an audio thread whose host renders offline.
    pub fn wait_for_worker(&self) {
        self.wake_worker();
        self.audio.wait(OFFLINE_POLL);
    }
}

/// The audio thread's end.
pub struct AudioEnd {
    frames: HeapProd<Box<Frame>>,
    empty_frames: HeapCons<Box<Frame>>,
    hops: HeapCons<Box<Hop>>,
    empty_hops: HeapProd<Box<Hop>>,
    /// Shared with the worker.
    pub progress: Arc<Progress>,
    /// Frames the worker holds back for the next window.
    pub overlap_frames: usize,
}

/// The worker's end.
pub struct WorkerEnd {
    frames: HeapCons<Box<Frame>>,
    empty_frames: HeapProd<Box<Frame>>,
    hops: HeapProd<Box<Hop>>,
    empty_hops: HeapCons<Box<Hop>>,
    /// Shared with the audio thread.
    pub progress: Arc<Progress>,
    /// Geometry of the frames.
    pub geometry: StftGeometry,
    /// Channels in use.
    pub channels: usize,
    /// Frames between two inferences.
    pub stride_frames: usize,
    /// Frames held back for the next window.
    pub overlap_frames: usize,
}

/// Opens a stream: makes the rings and fills them with empty boxes. Not for the audio thread.
pub fn open(
    geometry: StftGeometry,
    channels: usize,
    stride_frames: usize,
    overlap_frames: usize,
) -> (AudioEnd, WorkerEnd) {
    // Collecting, computing, what is held back, and a stride to spare, for the worker that is late.
    let capacity = 3 * stride_frames + overlap_frames + 8;
    let (frames_in, frames_out) = HeapRb::new(capacity).split();
    let (mut empty_frames_in, empty_frames_out) = HeapRb::new(capacity).split();
    let (hops_in, hops_out) = HeapRb::new(capacity).split();
    let (mut empty_hops_in, empty_hops_out) = HeapRb::new(capacity).split();
    let used = |channel: usize, len: usize| if channel < channels { len } else { 0 };
    for _ in 0..capacity {
        // The rings are empty and as long as the loop: these pushes cannot fail.
        let _ = empty_frames_in.try_push(Box::new(Frame {
            epoch: 0,
            index: 0,
            controls: Controls::default(),
            spectra: std::array::from_fn(|c| vec![Complex::default(); used(c, geometry.bins())]),
            silent: true,
            sidechain: vec![0.0; geometry.bins()],
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
    };
    (audio, worker)
}

impl AudioEnd {
    /// An empty frame to fill, or `None` while the worker holds them all.
    ///
    /// # Real-time safety
    /// Like every method here: wait-free, never allocates or frees.
    pub fn empty_frame(&mut self) -> Option<Box<Frame>> {
        self.empty_frames.try_pop()
    }

    /// Sends a filled frame.
    pub fn send(&mut self, frame: Box<Frame>) {
        // There are as many places as boxes; should one be left over all the same, leaking it is the
        // only way not to free memory here.
        if let Err(frame) = self.frames.try_push(frame) {
            std::mem::forget(frame);
        }
    }

    /// The next hop of sound, if it has come.
    pub fn receive(&mut self) -> Option<Box<Hop>> {
        self.hops.try_pop()
    }

    /// The epoch and index of the next hop, if it has come.
    pub fn peek(&self) -> Option<(u32, i64)> {
        self.hops.try_peek().map(|hop| (hop.epoch, hop.index))
    }

    /// Gives back a played hop.
    pub fn give_back(&mut self, hop: Box<Hop>) {
        if let Err(hop) = self.empty_hops.try_push(hop) {
            std::mem::forget(hop);
        }
    }
}

impl WorkerEnd {
    /// The next frame, if it has come.
    pub fn receive(&mut self) -> Option<Box<Frame>> {
        self.frames.try_pop()
    }

    /// Gives back a used frame.
    pub fn give_back(&mut self, frame: Box<Frame>) {
        let _ = self.empty_frames.try_push(frame);
    }

    /// An empty hop to fill, or `None` while the audio thread holds them all.
    pub fn empty_hop(&mut self) -> Option<Box<Hop>> {
        self.empty_hops.try_pop()
    }

    /// Sends a hop of sound.
    pub fn send(&mut self, hop: Box<Hop>) {
        let _ = self.hops.try_push(hop);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_of_an_earlier_run_does_not_count() {
        let progress = Progress::default();
        assert!(!progress.is_done(0, 0));
        progress.set_done(3, 9);
        assert!(progress.is_done(3, 9));
        assert!(!progress.is_done(3, 10));
        assert!(!progress.is_done(4, 0));
        progress.set_done(4, -1);
        assert!(!progress.is_done(4, 0));
        assert!(progress.is_done(4, -1));
    }
}
