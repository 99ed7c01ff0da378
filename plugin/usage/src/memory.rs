//! How much memory this process takes.

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

#[cfg(test)]
mod tests {
    #[test]
    #[cfg(target_os = "linux")]
    fn what_is_written_to_is_resident() {
        const BYTES: usize = 64 << 20;
        let before = super::resident_bytes();
        let held = std::hint::black_box(vec![1u8; BYTES]);
        let after = super::resident_bytes();
        assert!(after > before.map(|before| before + BYTES as i64 / 2));
        drop(held);
    }
}
