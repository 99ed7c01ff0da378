//! Says what is being done and how long it took.

use std::time::Instant;

use anyhow::Result;

/// Runs one named step: announces it, then reports its duration.
pub fn step<T>(name: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    println!("==> {name}");
    let start = Instant::now();
    let result = work();
    let verdict = if result.is_ok() { "done" } else { "FAILED" };
    println!("    {name}: {verdict} in {}", duration(start));
    result
}

/// The time since `start`, as people read it.
pub fn duration(start: Instant) -> String {
    let seconds = start.elapsed().as_secs_f64();
    if seconds < 60.0 {
        format!("{seconds:.1} s")
    } else {
        format!("{} min {:.0} s", (seconds / 60.0) as u64, seconds % 60.0)
    }
}
