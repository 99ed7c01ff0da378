//! How long this process's threads have worked, one apart from the others.

use std::time::Duration;

use netbend_usage::{process_time, thread_time};

/// What the threads of this process have worked since a moment, this thread apart from the others.
pub struct Worked {
    process: Option<Duration>,
    thread: Option<Duration>,
}

impl Worked {
    /// From now on.
    pub fn begin() -> Self {
        Self {
            process: process_time(),
            thread: thread_time(),
        }
    }

    /// Seconds of processor time of all threads but this one, where the system says it.
    pub fn elsewhere_seconds(&self) -> Option<f64> {
        let process = process_time()?.checked_sub(self.process?)?;
        let thread = thread_time()?.checked_sub(self.thread?)?;
        Some(process.saturating_sub(thread).as_secs_f64())
    }
}
