//! How long pictures take, for those who measure: nothing is kept unless it was asked for.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

static IS_ASKED: AtomicBool = AtomicBool::new(false);
static TAKEN: Mutex<Times> = Mutex::new(Times {
    opened: Vec::new(),
    drawn: Vec::new(),
});

/// What was measured.
#[derive(Debug, Clone, Default)]
pub struct Times {
    /// From the wish for a window to the end of its first picture.
    pub opened: Vec<Duration>,
    /// Each picture from its beginning until it was handed to the screen.
    pub drawn: Vec<Duration>,
}

/// What was measured since the last call, of all windows of the process. From the first call on something is.
pub fn take_times() -> Times {
    IS_ASKED.store(true, Ordering::Relaxed);
    std::mem::take(&mut *TAKEN.lock().unwrap_or_else(PoisonError::into_inner))
}

/// A picture that begun then is done; `wished` is when its window was wished for, if it is the first.
pub(crate) fn done(begun: Instant, wished: Option<Instant>) {
    if IS_ASKED.load(Ordering::Relaxed) {
        let mut taken = TAKEN.lock().unwrap_or_else(PoisonError::into_inner);
        taken.drawn.push(begun.elapsed());
        taken.opened.extend(wished.map(|wished| wished.elapsed()));
    }
}
