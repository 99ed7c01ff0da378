//! A wake-up for one thread that waits: whoever has something for it calls.
//!
//! # Real-time safety
//! Calling and waiting take a lock. An audio thread does neither, except where its host renders offline.

use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

/// Remembers a call until somebody has waited for it.
#[derive(Debug, Default)]
pub(crate) struct WakeUp {
    called: Mutex<bool>,
    heard: Condvar,
}

impl WakeUp {
    /// Ends the wait that is under way, or the next one.
    pub(crate) fn call(&self) {
        *self.called.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.heard.notify_one();
    }

    /// Waits for a call, or for `at_most` that long. Returns at once where one has come since the last wait.
    pub(crate) fn wait(&self, at_most: Duration) {
        let called = self.called.lock().unwrap_or_else(PoisonError::into_inner);
        let (mut called, _) = self
            .heard
            .wait_timeout_while(called, at_most, |called| !*called)
            .unwrap_or_else(PoisonError::into_inner);
        *called = false;
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Instant;

    use super::*;

    const LONG: Duration = Duration::from_secs(20);

    #[test]
    fn a_call_before_or_during_the_wait_ends_it_once() {
        let wake_up = Arc::new(WakeUp::default());
        let begun = Instant::now();
        wake_up.call();
        wake_up.wait(LONG);
        let other = Arc::clone(&wake_up);
        let caller = std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(20));
            other.call();
        });
        wake_up.wait(LONG);
        assert!(begun.elapsed() < LONG);
        caller.join().unwrap();
        wake_up.wait(Duration::from_millis(1));
    }
}
