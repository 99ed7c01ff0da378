//! Giving up what takes too long: sessions that are being made, and runs of those that were made.
//!
//! ONNX Runtime looks between two passes over a graph, and between two nodes of a run, whether it is to go on. So giving up takes as long as
//! the longest of those, which for a hostile graph may be minutes: whoever must not wait for that leaves the thread to itself.
//!
//! What is made *under* a [`Cancellation`] belongs to it. It is the thread's, not an argument: a model is made of some twenty sessions by
//! as many functions, none of which has anything else to do with it.

use std::cell::RefCell;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use ort::session::RunOptions;
use ort::session::builder::LoadCanceler;

use crate::error::ModelError;

thread_local! {
    /// What the thread works under.
    static CURRENT: RefCell<Option<Cancellation>> = const { RefCell::new(None) };
}

/// Ends, from any thread, what was begun under it. Once cancelled it stays so.
#[derive(Clone, Default)]
pub struct Cancellation(Arc<Inner>);

#[derive(Default)]
struct Inner {
    cancelled: AtomicBool,
    reach: Mutex<Reach>,
}

/// What there is to end.
#[derive(Default)]
struct Reach {
    /// The session that is being made.
    load: Option<LoadCanceler>,
    /// Of sessions that were made.
    runs: Vec<Weak<RunOptions>>,
    parts: Vec<Weak<Inner>>,
}

impl std::fmt::Debug for Cancellation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Cancellation")
            .field(&self.is_cancelled())
            .finish()
    }
}

impl Cancellation {
    /// One for a part of the work: it may be cancelled alone, and is cancelled with this one.
    pub fn part(&self) -> Self {
        let part = Self::default();
        let mut reach = self.0.reach();
        reach.parts.retain(|part| part.strong_count() > 0);
        reach.parts.push(Arc::downgrade(&part.0));
        drop(reach);
        if self.is_cancelled() {
            part.cancel();
        }
        part
    }

    /// Ends what goes on under it, as soon as that can be, and whatever is begun under it later. Never waits.
    pub fn cancel(&self) {
        self.0.cancel();
    }

    /// Whether it was cancelled.
    pub fn is_cancelled(&self) -> bool {
        self.0.cancelled.load(Ordering::Acquire)
    }

    /// Does `work` under it: sessions that this thread makes meanwhile are ended by it, also later, when they run elsewhere. On one thread at a
    /// time.
    pub fn cover<R>(&self, work: impl FnOnce() -> R) -> R {
        /// Puts back what was there before, whatever happens.
        struct Before(Option<Cancellation>);
        impl Drop for Before {
            fn drop(&mut self) {
                let before = self.0.take();
                CURRENT.with(|current| *current.borrow_mut() = before);
            }
        }
        let _before = Before(CURRENT.with(|current| current.borrow_mut().replace(self.clone())));
        work()
    }

    /// An error where what this thread works under was cancelled: for places between two stages of long work.
    ///
    /// # Errors
    /// [`ModelError::Cancelled`].
    pub fn check() -> Result<(), ModelError> {
        match Self::current() {
            Some(current) if current.is_cancelled() => Err(ModelError::Cancelled),
            _ => Ok(()),
        }
    }

    fn current() -> Option<Self> {
        CURRENT.with(|current| current.borrow().clone())
    }
}

/// Makes a session whose making `canceler` ends, unless that is not wanted any more.
///
/// # Errors
/// [`ModelError::Cancelled`]; what `make` reports.
pub(super) fn making<T>(
    canceler: LoadCanceler,
    make: impl FnOnce() -> Result<T, ModelError>,
) -> Result<T, ModelError> {
    let Some(current) = Cancellation::current() else {
        return make();
    };
    current.0.reach().load = Some(canceler);
    // After it can be reached: whoever cancels from here on finds it.
    Cancellation::check()?;
    let made = make();
    current.0.reach().load = None;
    Cancellation::check()?;
    made
}

/// Gives `runs` to what this thread works under.
pub(super) fn running(runs: &Arc<RunOptions>) {
    let Some(current) = Cancellation::current() else {
        return;
    };
    let mut reach = current.0.reach();
    reach.runs.retain(|runs| runs.strong_count() > 0);
    reach.runs.push(Arc::downgrade(runs));
    drop(reach);
    if current.is_cancelled() {
        current.cancel();
    }
}

impl Inner {
    fn reach(&self) -> MutexGuard<'_, Reach> {
        self.reach.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn cancel(&self) {
        self.cancelled.store(true, Ordering::Release);
        let reach = self.reach();
        // What cannot be told is over already.
        if let Some(load) = &reach.load {
            let _ = load.cancel();
        }
        for runs in reach.runs.iter().filter_map(Weak::upgrade) {
            let _ = runs.terminate();
        }
        let parts: Vec<_> = reach.parts.iter().filter_map(Weak::upgrade).collect();
        drop(reach);
        for part in parts {
            part.cancel();
        }
    }
}
