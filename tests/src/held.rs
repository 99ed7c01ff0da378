//! What this process holds of the system: to be looked at before and after something that is to give all of it back. Linux; elsewhere all of it
//! is 0.

use std::fs;

/// What a process holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Held {
    /// Open files, sockets and the like.
    pub descriptors: usize,
    /// Threads.
    pub threads: usize,
    /// What is allocated and not freed: unlike what is resident, it does not hang on what the allocator keeps for later.
    pub allocated_kib: usize,
    /// What is in memory.
    pub resident_kib: usize,
}

impl Held {
    /// What this process holds now.
    pub fn now() -> Self {
        let count = |folder: &str| fs::read_dir(folder).map_or(0, Iterator::count);
        Self {
            // One of them reads the folder.
            descriptors: count("/proc/self/fd").saturating_sub(1),
            threads: count("/proc/self/task"),
            allocated_kib: allocated_bytes() >> 10,
            resident_kib: resident_kib(),
        }
    }

    /// As [`now`](Self::now), after the allocator has given back what it keeps for later.
    pub fn trimmed() -> Self {
        #[cfg(all(target_os = "linux", target_env = "gnu"))]
        // SAFETY: gives back what is free.
        unsafe {
            libc::malloc_trim(0);
        }
        Self::now()
    }
}

fn resident_kib() -> usize {
    let bytes = netbend_usage::resident_bytes().unwrap_or(0);
    usize::try_from(bytes >> 10).unwrap_or(0)
}

#[cfg(all(target_os = "linux", target_env = "gnu"))]
fn allocated_bytes() -> usize {
    // SAFETY: reads the allocator's own counters.
    let memory = unsafe { libc::mallinfo2() };
    memory.uordblks + memory.hblkhd
}

#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
fn allocated_bytes() -> usize {
    0
}
