//! Numbers of parameters.

/// nice-plug's number for a parameter's id.
pub fn parameter_id(id: &str) -> u32 {
    let hash = id.bytes().fold(0u32, |hash, byte| {
        hash.wrapping_mul(31).wrapping_add(u32::from(byte))
    });
    hash & !(1 << 31)
}
