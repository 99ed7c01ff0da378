//! How loud a spectrum is to the ear: the weighting of ITU-R BS.1770, and powers in bulk. Pure functions, for any thread.

use std::f64::consts::TAU;

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
    let hz = f64::from(frequency_hz).max(0.0).min(0.5 * FILTER_RATE_HZ);
    let turn = TAU * hz / FILTER_RATE_HZ;
    (HEAD.power_gain(turn) * HIGH_PASS.power_gain(turn)) as f32
}

/// `2^x` to seven digits for `x` in ±120, beyond which it is as there; exactly 1 for 0. Without branches or calls, so that a
/// row of them runs several at a time; what is not a number counts as −120.
#[inline(always)]
pub fn fast_exp2(x: f32) -> f32 {
    // Adding this rounds to the nearest whole number and leaves that in the low bits.
    const TO_WHOLE: f32 = 12_582_912.0;
    // The Taylor series of 2^f over ±1/2: the first term left out is 1.2e-7 at most.
    const C: [f32; 6] = [
        std::f32::consts::LN_2,
        0.240_226_5,
        0.055_504_11,
        0.009_618_129,
        0.001_333_355_8,
        0.000_154_035_3,
    ];
    #[allow(clippy::manual_clamp)] // `clamp` lets NaN through
    let x = x.max(-120.0).min(120.0);
    let rounded = x + TO_WHOLE;
    let f = x - (rounded - TO_WHOLE);
    let series = 1.0 + f * (C[0] + f * (C[1] + f * (C[2] + f * (C[3] + f * (C[4] + f * C[5])))));
    f32::from_bits(series.to_bits().wrapping_add(rounded.to_bits() << 23))
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

    #[test]
    fn powers_of_two_are_right_to_seven_digits() {
        assert_eq!(fast_exp2(0.0), 1.0);
        for step in -12_000..=12_000 {
            let x = step as f32 * 0.01;
            let exact = f64::from(x).exp2();
            let error = (f64::from(fast_exp2(x)) - exact).abs() / exact;
            assert!(error < 5e-7, "2^{x}: {error}");
        }
        for x in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, f32::MAX] {
            assert!(fast_exp2(x).is_finite());
        }
    }
}
