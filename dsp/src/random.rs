//! Random numbers whose values are part of this crate, not of a library's version.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// ChaCha8 keyed with a seed, read as numbers by formulas that are fixed here.
pub struct Random(ChaCha8Rng);

impl Random {
    /// The seed's eight little-endian bytes are the first of the key; the others are zero.
    pub fn new(seed: u64) -> Self {
        let mut key = [0; 32];
        key[..8].copy_from_slice(&seed.to_le_bytes());
        Self(ChaCha8Rng::from_seed(key))
    }

    /// Uniform in `[0, 1)`, in steps of 2⁻³².
    pub fn unit(&mut self) -> f64 {
        f64::from(self.0.next_u32()) / 4_294_967_296.0
    }

    /// Uniform in `[−1, 1)`.
    pub fn bipolar(&mut self) -> f64 {
        2.0 * self.unit() - 1.0
    }

    /// Uniform in `[low, high)`.
    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    /// True with a probability.
    pub fn chance(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_values_of_seed_zero_are_those_of_chacha8() {
        // First word of the ChaCha8 key stream for an all-zero key and nonce: 3e 00 ef 2f.
        assert_eq!(
            Random::new(0).unit(),
            f64::from(0x2fef_003e_u32) / 4_294_967_296.0
        );
    }
}
