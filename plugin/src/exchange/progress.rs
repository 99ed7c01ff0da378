//! How far each side of a stream has come. Any thread.

use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use netbend_dsp::number::low_bits;

use crate::threads::wake_up::WakeUp;

/// How long a host that renders offline sleeps at most between two looks for what it waits for.
const OFFLINE_POLL: Duration = Duration::from_millis(1);

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
    worker: OnceLock<Arc<WakeUp>>,
    /// Wakes the audio side that waits.
    audio: WakeUp,
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
        low_bits::<u32>(done >> 40) & 0xff_ffff == epoch & 0xff_ffff
            && (done & 0xff_ffff_ffff) > index
    }

    /// Says that every frame up to and including `index` of run `epoch` is done with.
    pub fn set_done(&self, epoch: u32, index: i64) {
        let packed = i64::from(epoch & 0xff_ffff) << 40 | (index + 1).clamp(0, 0xff_ffff_ffff);
        self.done.store(packed, Ordering::Release);
        if self.is_offline() {
            self.audio.call();
        }
    }

    /// Whom to wake where the host renders offline. Not for the audio thread.
    pub(crate) fn set_wake_up(&self, worker: Arc<WakeUp>) {
        // A stream has one worker: the first stays.
        let _ = self.worker.set(worker);
    }

    /// Wakes the worker.
    ///
    /// # Real-time safety
    /// Takes a lock: for the offline end alone.
    pub(super) fn wake_worker(&self) {
        if let Some(worker) = self.worker.get() {
            worker.call();
        }
    }

    /// Waits until the worker has done something, or for a moment.
    ///
    /// # Real-time safety
    /// For the offline end alone.
    pub(super) fn wait_for_worker(&self) {
        self.wake_worker();
        self.audio.wait(OFFLINE_POLL);
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
