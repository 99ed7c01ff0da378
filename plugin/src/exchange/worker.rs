//! The worker's end of a stream. Pool threads.

use std::sync::Arc;

use netbend_dsp::StftGeometry;
use ringbuf::traits::{Consumer as _, Producer as _};
use ringbuf::{HeapCons, HeapProd};

use super::boxes::{Frame, Hop};
use super::progress::Progress;
use crate::stream::waveform::WaveformStream;
use crate::threads::pool_thread::PoolThread;

/// The worker's end.
pub struct WorkerEnd {
    pub(super) frames: HeapCons<Box<Frame>>,
    pub(super) empty_frames: HeapProd<Box<Frame>>,
    pub(super) hops: HeapProd<Box<Hop>>,
    pub(super) empty_hops: HeapCons<Box<Hop>>,
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
    /// Hops between a frame's completion and the start of the output it completes.
    pub delay_hops: usize,
    /// What a stream of a waveform model was opened with; its frames carry samples.
    pub waveform: Option<WaveformStream>,
}

impl WorkerEnd {
    /// The next frame, if it has come.
    pub fn receive(&mut self, _: &PoolThread) -> Option<Box<Frame>> {
        self.frames.try_pop()
    }

    /// Gives back a used frame: the thread that ends an instance does, too.
    pub fn give_back(&mut self, frame: Box<Frame>) {
        let _ = self.empty_frames.try_push(frame);
    }

    /// An empty hop to fill, or `None` while the audio thread holds them all.
    pub fn empty_hop(&mut self, _: &PoolThread) -> Option<Box<Hop>> {
        self.empty_hops.try_pop()
    }

    /// Sends a hop of sound.
    pub fn send(&mut self, hop: Box<Hop>, _: &PoolThread) {
        let _ = self.hops.try_push(hop);
    }
}
