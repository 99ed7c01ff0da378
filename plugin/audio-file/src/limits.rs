//! How much is read.

/// Samples over all channels that a file may hold: 2 GiB as 32-bit floats, three hours of mono at 48 kHz.
pub const MAX_SAMPLES: usize = 1 << 29;
/// Bytes of a compressed stream that are held in memory at once.
pub(crate) const MAX_COMPRESSED: u64 = 1 << 30;
/// Channels a file may have.
pub(crate) const MAX_CHANNELS: usize = 256;
/// Rates that a header may state, in hertz.
pub(crate) const RATES: std::ops::RangeInclusive<u32> = 1_000..=3_072_000;
