//! Memory that loading has freed, given back to the system. The loader's thread.

/// Gives back what the C library keeps of freed memory, where it does keep it (glibc): a model's file, its graph and what was optimised
/// away leave holes of tens of megabytes in the heaps of the threads that loaded it. Takes 2 to 4 ms.
pub(super) fn give_back() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    // SAFETY: no pointers. Heaps are locked one after the other, each while its free pages are given back.
    unsafe {
        libc::malloc_trim(0);
    }
}
