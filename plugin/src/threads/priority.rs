//! A thread's place in the queue: behind everything that sounds.

/// Lowers the calling thread's priority by so many nice levels (ten are a good deal), where the system does so for a single thread in one
/// call (Linux).
pub(crate) fn step_back(levels: i32) {
    #[cfg(target_os = "linux")]
    // SAFETY: system calls without pointers. On Linux a nice value belongs to a thread, 0 is the calling one, and what is too
    // large is cut to the largest.
    unsafe {
        let nice = libc::getpriority(libc::PRIO_PROCESS, 0);
        libc::setpriority(libc::PRIO_PROCESS, 0, nice + levels);
    }
    #[cfg(not(target_os = "linux"))]
    let _ = levels;
}
