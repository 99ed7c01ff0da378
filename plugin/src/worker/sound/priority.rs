//! The learner's place in the queue: behind everything that sounds.

/// Lowers the calling thread's priority by a good deal, where the system does so for a single thread in one call (Linux).
pub(super) fn step_back() {
    #[cfg(target_os = "linux")]
    // SAFETY: system calls without pointers. On Linux a nice value belongs to a thread, 0 is the calling one, and what is too
    // large is cut to the largest.
    unsafe {
        let nice = libc::getpriority(libc::PRIO_PROCESS, 0);
        libc::setpriority(libc::PRIO_PROCESS, 0, nice + 10);
    }
}
