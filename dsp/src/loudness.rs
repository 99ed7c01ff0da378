//! How loud a spectrum is to the ear: the weighting of ITU-R BS.1770, and powers of two in bulk. Pure functions, for any thread.

use std::f64::consts::TAU;

use crate::clamp::ClampNan;
use crate::number::nearest_f32;

pub use crate::elementary::fast_exp2;

/// The rate the recommendation gives its filters for, in Hz.
const FILTER_RATE_HZ: f64 = 48_000.0;

/// A second-order filter, `b` over `a`, as the recommendation prints it.
struct Biquad {
    b: [f64; 3],
    a: [f64; 3],
}

/// ITU-R BS.1770-4, table 1: the head, as a high shelf.
const HEAD: Biquad = Biquad {
    b: [
        1.535_124_859_586_97,
        -2.691_696_189_406_38,
        1.198_392_810_852_85,
    ],
    a: [1.0, -1.690_659_293_182_41, 0.732_480_774_215_85],
};
/// ITU-R BS.1770-4, table 2: the high-pass.
const HIGH_PASS: Biquad = Biquad {
    b: [1.0, -2.0, 1.0],
    a: [1.0, -1.990_047_454_833_98, 0.990_072_250_366_21],
};

impl Biquad {
    /// The gain of powers at `turn` radians per sample.
    fn power_gain(&self, turn: f64) -> f64 {
        let power = |c: &[f64; 3]| {
            let re = c[0] + c[1] * turn.cos() + c[2] * (2.0 * turn).cos();
            let im = c[1] * turn.sin() + c[2] * (2.0 * turn).sin();
            re * re + im * im
        };
        power(&self.b) / power(&self.a)
    }
}

/// What the K-weighting of BS.1770 does to power at `frequency_hz`: the response of the filters it gives for 48 kHz. From
/// 24 kHz on it stays what it is there; what is not a number counts as 0 Hz, where it is 0.
pub fn k_weight(frequency_hz: f32) -> f32 {
    let hz = frequency_hz.clamp_nan(0.0, 0.5 * nearest_f32(FILTER_RATE_HZ));
    let turn = TAU * f64::from(hz) / FILTER_RATE_HZ;
    nearest_f32(HEAD.power_gain(turn) * HIGH_PASS.power_gain(turn))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_weighting_is_the_recommendations() {
        // The recommendation: a sine of 997 Hz reads 3.01 dB below its peak with an offset of −0.691 dB, so it gains that much.
        let db = |hz| 10.0 * k_weight(hz).log10();
        assert!((db(997.0) - 0.691).abs() < 0.005, "{}", db(997.0));
        assert!((db(10_000.0) - 4.0).abs() < 0.1, "{}", db(10_000.0));
        assert!((db(38.0) + 6.0).abs() < 0.5, "{}", db(38.0));
        assert!(k_weight(0.0) < 1e-12 && k_weight(f32::NAN) < 1e-12);
        assert_eq!(k_weight(24_000.0), k_weight(90_000.0));
    }
}
