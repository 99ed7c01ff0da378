//! How long processors have worked for this process, as against how long it has been.

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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)] // A failed expectation is a failed test.

    use super::*;

    #[test]
    #[cfg(unix)]
    fn work_counts_and_sleep_does_not() {
        let before = thread_time().unwrap();
        std::thread::sleep(Duration::from_millis(300));
        let slept = thread_time().unwrap();
        assert!(slept - before < Duration::from_millis(100));
        while thread_time().unwrap() < slept + Duration::from_millis(20) {}
        assert!(process_time().unwrap() >= Duration::from_millis(20));
    }
}
