//! How long processors have worked, as against how long it has been.

use std::time::Duration;

/// The time that all threads of this process have worked, where the system says it.
pub fn process_time() -> Option<Duration> {
    #[cfg(unix)]
    return read(libc::CLOCK_PROCESS_CPUTIME_ID);
    #[cfg(not(unix))]
    None
}

/// The time that this thread has worked, where the system says it.
pub fn thread_time() -> Option<Duration> {
    #[cfg(unix)]
    return read(libc::CLOCK_THREAD_CPUTIME_ID);
    #[cfg(not(unix))]
    None
}

#[cfg(unix)]
fn read(clock: libc::clockid_t) -> Option<Duration> {
    let mut time = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: `time` is a valid place to write to.
    let failed = unsafe { libc::clock_gettime(clock, &raw mut time) };
    if failed != 0 {
        return None;
    }
    let seconds = u64::try_from(time.tv_sec).ok()?;
    Some(Duration::new(seconds, u32::try_from(time.tv_nsec).ok()?))
}

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
