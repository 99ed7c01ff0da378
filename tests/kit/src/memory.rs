//! How much memory a test takes.

/// Bytes of this process that lie in memory, where the system says it (Linux).
pub fn resident_bytes() -> Option<i64> {
    #[cfg(target_os = "linux")]
    {
        let said = std::fs::read_to_string("/proc/self/statm").ok()?;
        let pages: i64 = said.split_whitespace().nth(1)?.parse().ok()?;
        // SAFETY: asks for a number.
        let page_bytes = unsafe { libc::sysconf(libc::_SC_PAGESIZE) };
        Some(pages * page_bytes as i64)
    }
    #[cfg(not(target_os = "linux"))]
    None
}
