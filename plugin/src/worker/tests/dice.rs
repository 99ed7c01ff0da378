//! Numbers that look random and are the same in every run, for tests.

/// SplitMix64 (Steele, Lea and Flood, 2014).
pub(in crate::worker) struct Dice(pub(in crate::worker) u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        bits ^ (bits >> 31)
    }

    /// One of `0..count`.
    pub(in crate::worker) fn below(&mut self, count: usize) -> usize {
        (self.next() % count as u64) as usize
    }

    /// Somewhere in 0–1.
    pub(in crate::worker) fn share(&mut self) -> f32 {
        (self.next() >> 40) as f32 / (1_u64 << 24) as f32
    }
}
