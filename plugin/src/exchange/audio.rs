//! The audio side's end of a stream: live, where nothing waits, or offline, where the host waits for the worker. Audio thread.
//!
//! Which of them a block is processed with is the host's to say, and one type or the other from there on: a [`LiveEnd`] has nothing that could
//! wait or lock.
//!
//! ```
//! fn offline(end: &mut netbend::offline::OfflineEnd<'_>) {
//!     end.wait_for_worker();
//! }
//! ```
//!
//! ```compile_fail
//! fn live(end: &mut netbend::offline::LiveEnd<'_>) {
//!     end.wait_for_worker();
//! }
//! ```

use std::sync::Arc;

use ringbuf::traits::{Consumer as _, Producer as _};
use ringbuf::{HeapCons, HeapProd};

use super::boxes::{Frame, Hop};
use super::progress::Progress;

/// The audio side's end.
///
/// # Real-time safety
/// Everything here but what [`OfflineEnd`] does is wait-free and never allocates or frees.
pub struct AudioEnd {
    pub(super) frames: HeapProd<Box<Frame>>,
    pub(super) empty_frames: HeapCons<Box<Frame>>,
    pub(super) hops: HeapCons<Box<Hop>>,
    pub(super) empty_hops: HeapProd<Box<Hop>>,
    /// Shared with the worker.
    pub(crate) progress: Arc<Progress>,
    /// Frames the worker holds back for the next window.
    pub overlap_frames: usize,
    /// Hops between a frame's completion and the start of the output it completes.
    pub delay_hops: usize,
    /// Whether frames carry samples in place of spectra.
    pub carries_samples: bool,
}

impl AudioEnd {
    /// Begins run `epoch`, at whose first hop the audio side is now. `playing` is the hop of the run before that was played last.
    pub(crate) fn begin_run(&mut self, epoch: u32, playing: Option<Box<Hop>>) {
        if let Some(hop) = playing {
            self.give_back(hop);
        }
        self.progress.begin_epoch(epoch);
    }

    /// The end of a host that plays in real time.
    pub fn live(&mut self) -> LiveEnd<'_> {
        LiveEnd { end: self }
    }

    /// The end of a host that renders offline.
    pub fn offline(&mut self) -> OfflineEnd<'_> {
        OfflineEnd { end: self }
    }

    /// The hop that frame `index` of run `epoch` completes, if it has come, dropping what is older.
    fn take_hop(&mut self, epoch: u32, index: i64) -> Option<Box<Hop>> {
        while let Some(next) = self.hops.try_peek() {
            let of_run = next.epoch == epoch;
            if of_run && next.index > index {
                return None;
            }
            let hop = self.hops.try_pop()?;
            if of_run && hop.index == index {
                return Some(hop);
            }
            self.give_back(hop);
        }
        None
    }

    fn empty_frame(&mut self) -> Option<Box<Frame>> {
        self.empty_frames.try_pop()
    }

    fn send(&mut self, frame: Box<Frame>) {
        // There are as many places as boxes; should one be left over all the same, leaking it is the
        // only way not to free memory here.
        if let Err(frame) = self.frames.try_push(frame) {
            std::mem::forget(frame);
        }
    }

    fn give_back(&mut self, hop: Box<Hop>) {
        if let Err(hop) = self.empty_hops.try_push(hop) {
            std::mem::forget(hop);
        }
    }
}

/// The end of a host that plays in real time: what has not come is done without.
pub struct LiveEnd<'a> {
    end: &'a mut AudioEnd,
}

/// The end of a host that renders offline: what has not come is waited for.
pub struct OfflineEnd<'a> {
    end: &'a mut AudioEnd,
}

impl OfflineEnd<'_> {
    /// Waits until the worker has done something, or for a moment.
    pub fn wait_for_worker(&self) {
        self.end.progress.wait_for_worker();
    }
}

/// What both ends do, each in its way.
pub(crate) trait AudioSide {
    /// The audio side is at hop `hop` of its run.
    fn begin_hop(&mut self, hop: i64);

    /// The hop that frame `index` of run `epoch` completes, dropping what is older. Who waits gives up where it `never_comes`.
    fn receive(
        &mut self,
        epoch: u32,
        index: i64,
        never_comes: impl Fn() -> bool,
    ) -> Option<Box<Hop>>;

    /// Gives back a played hop.
    fn give_back(&mut self, hop: Box<Hop>);

    /// An empty frame to fill, or `None` while the worker holds them all. Who waits gives up where none `never_comes`.
    fn empty_frame(&mut self, never_comes: impl Fn() -> bool) -> Option<Box<Frame>>;

    /// Sends a filled frame. `ends_stride`: the worker has something to do then.
    fn send(&mut self, frame: Box<Frame>, ends_stride: bool);
}

impl AudioSide for LiveEnd<'_> {
    fn begin_hop(&mut self, hop: i64) {
        self.end.progress.set_audio_hop(hop);
        self.end.progress.set_offline(false);
    }

    fn receive(&mut self, epoch: u32, index: i64, _: impl Fn() -> bool) -> Option<Box<Hop>> {
        self.end.take_hop(epoch, index)
    }

    fn give_back(&mut self, hop: Box<Hop>) {
        self.end.give_back(hop);
    }

    fn empty_frame(&mut self, _: impl Fn() -> bool) -> Option<Box<Frame>> {
        self.end.empty_frame()
    }

    fn send(&mut self, frame: Box<Frame>, _: bool) {
        self.end.send(frame);
    }
}

impl AudioSide for OfflineEnd<'_> {
    fn begin_hop(&mut self, hop: i64) {
        self.end.progress.set_audio_hop(hop);
        self.end.progress.set_offline(true);
    }

    fn receive(
        &mut self,
        epoch: u32,
        index: i64,
        never_comes: impl Fn() -> bool,
    ) -> Option<Box<Hop>> {
        let hop = self.end.take_hop(epoch, index);
        if hop.is_some() || index < 0 {
            return hop;
        }
        while !self.end.progress.is_done(epoch, index) && !never_comes() {
            self.wait_for_worker();
        }
        self.end.take_hop(epoch, index)
    }

    fn give_back(&mut self, hop: Box<Hop>) {
        self.end.give_back(hop);
    }

    fn empty_frame(&mut self, never_comes: impl Fn() -> bool) -> Option<Box<Frame>> {
        let mut empty = self.end.empty_frame();
        while empty.is_none() && !never_comes() {
            self.wait_for_worker();
            empty = self.end.empty_frame();
        }
        empty
    }

    fn send(&mut self, frame: Box<Frame>, ends_stride: bool) {
        self.end.send(frame);
        if ends_stride {
            self.end.progress.wake_worker();
        }
    }
}
