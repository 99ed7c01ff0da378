//! A bell for one thread that waits: whoever has something for it rings.
//!
//! # Real-time safety
//! Ringing and waiting take a lock. An audio thread does neither, except where its host renders offline.

use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

/// Remembers that it was rung until somebody has waited for it.
#[derive(Debug, Default)]
pub(crate) struct Bell {
    rung: Mutex<bool>,
    heard: Condvar,
}

impl Bell {
    /// Ends the wait that is under way, or the next one.
    pub(crate) fn ring(&self) {
        *self.rung.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.heard.notify_one();
    }

    /// Waits until the bell rings, or for `at_most` that long. Returns at once where it has rung since the last wait.
    pub(crate) fn wait(&self, at_most: Duration) {
        let rung = self.rung.lock().unwrap_or_else(PoisonError::into_inner);
        let (mut rung, _) = self
            .heard
            .wait_timeout_while(rung, at_most, |rung| !*rung)
            .unwrap_or_else(PoisonError::into_inner);
        *rung = false;
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Instant;

    use super::*;

    const LONG: Duration = Duration::from_secs(20);

    #[test]
    fn a_ring_before_or_during_the_wait_ends_it_once() {
        let bell = Arc::new(Bell::default());
        let begun = Instant::now();
        bell.ring();
        bell.wait(LONG);
        let other = Arc::clone(&bell);
        let ringer = std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(20));
            other.ring();
        });
        bell.wait(LONG);
        assert!(begun.elapsed() < LONG);
        ringer.join().unwrap();
        bell.wait(Duration::from_millis(1));
    }
}
