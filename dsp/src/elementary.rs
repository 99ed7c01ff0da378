//! Elementary functions without branches or calls, so that a loop over a row of them runs several at a time. Pure
//! functions, for any thread.
//!
//! They are sums and products of `f32` alone (never fused), so the same bits come out whatever instructions a processor has:
//! a bounce is what was heard, on any machine.

use std::f32::consts::{FRAC_PI_2, FRAC_PI_4, LN_2, LOG2_E, PI};

use crate::clamp::ClampNan;
use crate::number::{low_bits, nearest_f32};

/// Adding this to a float below 2²² rounds it to the nearest whole number and leaves that in the low bits.
const TO_WHOLE: f32 = 12_582_912.0;

/// `2^x` to seven digits for `x` in ±120, beyond which it is as there; exactly 1 for 0. What is not a number counts as −120.
#[inline(always)]
pub fn fast_exp2(x: f32) -> f32 {
    // The Taylor series of 2^f over ±1/2: the first term left out is 1.2e-7 at most.
    const C: [f32; 6] = [
        LN_2,
        0.240_226_5,
        0.055_504_11,
        0.009_618_129,
        0.001_333_355_8,
        0.000_154_035_3,
    ];
    let x = x.clamp_nan(-120.0, 120.0);
    let rounded = x + TO_WHOLE;
    let f = x - (rounded - TO_WHOLE);
    let series = 1.0 + f * (C[0] + f * (C[1] + f * (C[2] + f * (C[3] + f * (C[4] + f * C[5])))));
    f32::from_bits(series.to_bits().wrapping_add(rounded.to_bits() << 23))
}

/// The logarithm to base 2 of a positive number, to 2e-7 of itself or 1e-7, whichever is more; exactly the exponent of a
/// power of two. Numbers below 1.2e-38, zero and what is not a number count as 1.2e-38.
#[inline(always)]
pub fn fast_log2(x: f32) -> f32 {
    // The bits of √½: what is above it within its octave goes to the next, so that the rest lies around 1.
    const HALF_ROOT: u32 = 0x3f35_04f3;
    const ONE: u32 = 0x3f80_0000;
    let bits = x.clamp_nan(f32::MIN_POSITIVE, f32::MAX).to_bits();
    let moved = bits.wrapping_add(ONE - HALF_ROOT);
    let exponent = low_bits::<i32>(moved >> 23) - 127;
    let rest = f32::from_bits((moved & 0x007f_ffff) + HALF_ROOT) - 1.0;
    // ln(1 + r) = 2·artanh(r / (2 + r)); the first term left out is 1e-9 of the sum.
    let s = rest / (2.0 + rest);
    let z = s * s;
    let series = 1.0 + z * (1.0 / 3.0 + z * (0.2 + z * (1.0 / 7.0 + z * (1.0 / 9.0))));
    nearest_f32(exponent) + (2.0 * LOG2_E) * (s * series)
}

/// The natural logarithm; see [`fast_log2`].
#[inline(always)]
pub fn fast_ln(x: f32) -> f32 {
    fast_log2(x) * LN_2
}

/// The angle of the point (`x`, `y`) in rad, ±π, to 3e-7; 0 for the origin. Both must be finite.
///
/// The polynomial is `atanf`'s of S. Moshier's Cephes library.
#[inline(always)]
pub fn fast_atan2(y: f32, x: f32) -> f32 {
    const TAN_PI_8: f32 = 0.414_213_57;
    let (across, up) = (x.abs(), y.abs());
    let (small, large) = (across.min(up), across.max(up));
    // Both quotients, of the angle and of what it is beyond π/4, from one division.
    let steep = small > TAN_PI_8 * large;
    let over = if steep { small - large } else { small };
    let under = if steep { small + large } else { large };
    let quotient = over / under.max(f32::MIN_POSITIVE);
    let z = quotient * quotient;
    let series = ((8.053_744e-2 * z - 1.387_768_6e-1) * z + 1.997_771_1e-1) * z - 3.333_295e-1;
    let angle = series * z * quotient + quotient + if steep { FRAC_PI_4 } else { 0.0 };
    let angle = if up > across {
        FRAC_PI_2 - angle
    } else {
        angle
    };
    let angle = if x < 0.0 { PI - angle } else { angle };
    if y < 0.0 { -angle } else { angle }
}

/// Sine and cosine of an angle in rad, to 2e-7 within ±100 rad. What is not finite has neither.
///
/// The polynomials are `sinf`'s and `cosf`'s of S. Moshier's Cephes library.
#[inline(always)]
pub fn fast_sin_cos(angle: f32) -> (f32, f32) {
    // π/2 in two parts, the first of which times a small whole number is exact.
    const PI_2: [f32; 2] = [1.570_312_5, 4.838_268e-4];
    let rounded = angle * (1.0 / FRAC_PI_2) + TO_WHOLE;
    let turns = rounded - TO_WHOLE;
    let quarter = rounded.to_bits();
    let r = (angle - turns * PI_2[0]) - turns * PI_2[1];
    let z = r * r;
    let sin = ((-1.951_529_6e-4 * z + 8.332_161e-3) * z - 1.666_665_5e-1) * z * r + r;
    let cos = ((2.443_315_7e-5 * z - 1.388_731_6e-3) * z + 4.166_664_6e-2) * z * z - 0.5 * z + 1.0;
    let odd = quarter & 1 != 0;
    let (sin, cos) = (if odd { cos } else { sin }, if odd { sin } else { cos });
    // The sine turns over in quarters 2 and 3, the cosine in 1 and 2.
    let sign = |bits: u32| (bits & 2) << 30;
    (
        f32::from_bits(sin.to_bits() ^ sign(quarter)),
        f32::from_bits(cos.to_bits() ^ sign(quarter.wrapping_add(1))),
    )
}

/// The same angle in ±π, of one within some turns of it.
#[inline(always)]
pub(crate) fn principal(angle: f32) -> f32 {
    const TURN: f32 = std::f32::consts::TAU;
    angle - TURN * ((angle * (1.0 / TURN) + TO_WHOLE) - TO_WHOLE)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NONSENSE: [f32; 4] = [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, f32::MAX];

    #[test]
    fn powers_of_two_are_right_to_seven_digits() {
        assert_eq!(fast_exp2(0.0), 1.0);
        for step in -12_000..=12_000 {
            let x = step as f32 * 0.01;
            let exact = f64::from(x).exp2();
            let error = (f64::from(fast_exp2(x)) - exact).abs() / exact;
            assert!(error < 5e-7, "2^{x}: {error}");
        }
        assert!(NONSENSE.iter().all(|&x| fast_exp2(x).is_finite()));
    }

    #[test]
    fn logarithms_are_right_to_seven_digits_and_exact_at_powers_of_two() {
        for exponent in -126..=127 {
            assert_eq!(fast_log2((exponent as f32).exp2()), exponent as f32);
        }
        let mut x = 1.2e-38_f32;
        while x < 1e38 {
            let exact = f64::from(x).log2();
            let error = (f64::from(fast_log2(x)) - exact).abs();
            assert!(error < 1e-7 + 2e-7 * exact.abs(), "log2 {x}: {error}");
            assert!((f64::from(fast_ln(x)) - f64::from(x).ln()).abs() < 1e-7 + 3e-7 * exact.abs());
            x *= 1.000_7;
        }
        for x in [0.0, -1.0, f32::NAN, f32::NEG_INFINITY, 1e-45] {
            assert_eq!(fast_log2(x), -126.0);
        }
        assert!(NONSENSE.iter().all(|&x| fast_log2(x).is_finite()));
    }

    #[test]
    fn angles_are_right_all_the_way_round() {
        for step in 0..100_000 {
            let angle = f64::from(step) * 6.3e-5 - 3.1;
            for radius in [1e-15, 1.0, 3e11] {
                let (y, x) = ((radius * angle.sin()) as f32, (radius * angle.cos()) as f32);
                let error = f64::from(fast_atan2(y, x)) - f64::from(y).atan2(f64::from(x));
                assert!(error.abs() < 3e-7, "{angle}: {error}");
            }
        }
        for (y, x, expected) in [
            (0.0, 0.0, 0.0),
            (0.0, 2.0, 0.0),
            (2.0, 0.0, FRAC_PI_2),
            (-2.0, 0.0, -FRAC_PI_2),
            (0.0, -2.0, PI),
        ] {
            assert_eq!(fast_atan2(y, x), expected, "{y} {x}");
        }
    }

    #[test]
    fn sines_and_cosines_are_right_and_find_their_angle_again() {
        for step in -1_000_000..=1_000_000 {
            let angle = step as f32 * 1e-4;
            let (sin, cos) = fast_sin_cos(angle);
            let (exact_sin, exact_cos) = f64::from(angle).sin_cos();
            let error = (f64::from(sin) - exact_sin)
                .abs()
                .max((f64::from(cos) - exact_cos).abs());
            // The angle itself is known to half a unit in its last place.
            assert!(
                error < 2e-7 + 6e-8 * f64::from(angle.abs()),
                "{angle}: {error}"
            );
        }
        assert_eq!(fast_sin_cos(0.0), (0.0, 1.0));
    }

    #[test]
    fn principal_angles_are_within_half_a_turn() {
        for step in -10_000..=10_000 {
            let angle = step as f32 * 3e-3;
            let found = principal(angle);
            assert!(found.abs() <= PI + 1e-5, "{angle}");
            assert!((found.sin() - angle.sin()).abs() < 1e-5, "{angle}");
        }
    }
}
