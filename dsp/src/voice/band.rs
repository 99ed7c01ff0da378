//! Where bends are heard: a range of frequencies with soft edges.

use crate::number::nearest_f32;

/// A band this low is open below.
pub const LOWEST_BAND_HZ: f32 = 20.0;
/// A band this high is open above.
pub const HIGHEST_BAND_HZ: f32 = 20_000.0;
/// How wide an edge is, from nothing to everything, in octaves.
pub const EDGE_OCTAVES: f32 = 0.5;

/// A range of frequencies. Two edges the wrong way round are swapped.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Band {
    /// At [`LOWEST_BAND_HZ`] or below: open to 0 Hz.
    pub low_hz: f32,
    /// At [`HIGHEST_BAND_HZ`] or above: open to the top.
    pub high_hz: f32,
}

impl Default for Band {
    fn default() -> Self {
        Self {
            low_hz: LOWEST_BAND_HZ,
            high_hz: HIGHEST_BAND_HZ,
        }
    }
}

impl Band {
    /// How much of a bend is heard at `frequency_hz`, 0–1: a raised cosine over [`EDGE_OCTAVES`] of logarithmic
    /// frequency at either edge, a half at the edge itself. An edge that is not a number is open.
    pub fn weight(&self, frequency_hz: f32) -> f32 {
        let swapped = self.low_hz > self.high_hz;
        let (low_hz, high_hz) = match swapped {
            true => (self.high_hz, self.low_hz),
            false => (self.low_hz, self.high_hz),
        };
        let mut weight = 1.0;
        if low_hz > LOWEST_BAND_HZ {
            weight *= rising((frequency_hz / low_hz).log2());
        }
        if high_hz < HIGHEST_BAND_HZ {
            weight *= rising((high_hz / frequency_hz).log2());
        }
        weight
    }
}

/// The edge, `octaves` inside the band.
fn rising(octaves: f32) -> f32 {
    let share = octaves / EDGE_OCTAVES + 0.5;
    if share >= 1.0 {
        1.0
    } else if share > 0.0 {
        0.5 - 0.5 * (std::f32::consts::PI * share).cos()
    } else {
        0.0
    }
}

/// A band's weight at every bin, kept until the band moves.
#[derive(Debug, Clone)]
pub struct BandWeights {
    band: Band,
    bin_hz: f32,
    weights: Vec<f32>,
    /// Whether every weight is 1.
    open: bool,
}

impl BandWeights {
    /// Weights of `bins` bins that are `bin_hz` apart, of an open band. Allocates.
    pub fn new(bins: usize, bin_hz: f32) -> Self {
        Self {
            band: Band::default(),
            bin_hz,
            weights: vec![1.0; bins],
            open: true,
        }
    }

    /// Takes another band. Returns whether the weights moved.
    ///
    /// # Real-time safety
    /// Never allocates, locks or panics.
    pub fn set(&mut self, band: Band) -> bool {
        if band == self.band {
            return false;
        }
        self.band = band;
        self.open = true;
        for (bin, weight) in self.weights.iter_mut().enumerate() {
            *weight = band.weight(nearest_f32(bin) * self.bin_hz);
            self.open &= *weight >= 1.0;
        }
        true
    }

    /// Whether every weight is 1.
    pub fn is_open(&self) -> bool {
        self.open
    }

    /// The weights, 0–1, per bin.
    pub fn weights(&self) -> &[f32] {
        &self.weights
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edges_are_half_open_at_their_frequency_and_half_an_octave_wide() {
        let band = Band {
            low_hz: 200.0,
            high_hz: 3_000.0,
        };
        let quarter = 2.0_f32.powf(0.26);
        assert!((band.weight(200.0) - 0.5).abs() < 1e-6);
        assert!((band.weight(3_000.0) - 0.5).abs() < 1e-6);
        for (hz, weight) in [
            (0.0, 0.0),
            (200.0 / quarter, 0.0),
            (200.0 * quarter, 1.0),
            (1_000.0, 1.0),
            (3_000.0 / quarter, 1.0),
            (3_000.0 * quarter, 0.0),
            (90_000.0, 0.0),
        ] {
            assert_eq!(band.weight(hz), weight, "at {hz} Hz");
        }
    }

    #[test]
    fn an_edge_at_the_end_of_its_range_is_open_and_swapped_edges_are_put_right() {
        for hz in [0.0, 1.0, 20.0, 20_000.0, 96_000.0] {
            assert_eq!(Band::default().weight(hz), 1.0, "at {hz} Hz");
            let nonsense = Band {
                low_hz: f32::NAN,
                high_hz: f32::NAN,
            };
            assert_eq!(nonsense.weight(hz), 1.0);
        }
        let (low_hz, high_hz) = (100.0, 5_000.0);
        let right = Band { low_hz, high_hz };
        let wrong = Band {
            low_hz: high_hz,
            high_hz: low_hz,
        };
        for hz in 0..300 {
            let hz = hz as f32 * 30.0;
            assert_eq!(right.weight(hz), wrong.weight(hz));
        }
    }

    #[test]
    fn weights_follow_the_band() {
        let mut weights = BandWeights::new(513, 43.0);
        assert!(!weights.set(Band::default()));
        let band = Band {
            low_hz: 430.0,
            ..Band::default()
        };
        assert!(weights.is_open());
        assert!(weights.set(band) && !weights.set(band));
        assert!(!weights.is_open());
        assert!((weights.weights()[10] - 0.5).abs() < 1e-6);
        assert_eq!((weights.weights()[0], weights.weights()[512]), (0.0, 1.0));
        assert!(weights.set(Band::default()));
        assert!(weights.weights().iter().all(|weight| *weight == 1.0));
        assert!(weights.is_open());
    }
}
