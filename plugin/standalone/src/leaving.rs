//! A signal ends the program as its window does: what was set is saved, and a recording is finished. On a thread of the signals' own.
//!
//! nice-plug 0.4.2 takes signals for itself, and forgets them where there is a window.

#[cfg(not(unix))]
use std::process;
use std::sync::{Arc, Mutex, PoisonError};

type End = Box<dyn FnOnce() + Send>;

/// What is to be done before the program ends, once. Clones are the same.
#[derive(Clone, Default)]
pub struct Leaving(Arc<Mutex<Option<End>>>);

impl Leaving {
    /// From now on the signals that ask a program to end are followed (on Unix SIGINT, SIGTERM and SIGHUP).
    pub fn listen() -> Self {
        let leaving = Self::default();
        let on_signal = leaving.clone();
        // Where somebody else listens already, a signal does what that one says.
        let _ = ctrlc::set_handler(move || {
            on_signal.leave();
            // Nothing else may be waited for: a window, a device or a network that hangs is why people send signals.
            leave_at_once();
        });
        leaving
    }

    /// Says what is to be done.
    pub fn put(&self, end: impl FnOnce() + Send + 'static) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Box::new(end));
    }

    /// Does it, or waits until it is done.
    pub fn leave(&self) {
        let mut end = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(end) = end.take() {
            end();
        }
    }
}

#[cfg(unix)]
fn leave_at_once() -> ! {
    // SAFETY: ends the process, without the handlers of libraries whose threads still run.
    unsafe { libc::_exit(0) }
}

#[cfg(not(unix))]
fn leave_at_once() -> ! {
    process::exit(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[test]
    fn what_is_to_be_done_is_done_once() {
        let done = Arc::new(AtomicUsize::new(0));
        let leaving = Leaving::default();
        leaving.leave();
        let counter = Arc::clone(&done);
        leaving.put(move || {
            counter.fetch_add(1, Ordering::Relaxed);
        });
        leaving.clone().leave();
        leaving.leave();
        assert_eq!(done.load(Ordering::Relaxed), 1);
    }
}
