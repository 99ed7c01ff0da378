//! Numbers of one type as those of another, where `From` does not reach: each conversion is named by what is lost.
//!
//! | function | from → to | what is lost |
//! |---|---|---|
//! | [`nearest_f32`], [`nearest_f64`] | whole numbers, wider floats → floats | digits beyond 24 or 53 bits; what is beyond the range is infinite |
//! | [`cut`] | floats → whole numbers | the fraction; NaN is 0, what is beyond the range is its nearer end |
//! | [`signed`] | sizes → `i64` | nothing: what is beyond the range, as no size in memory is, is its end |
//! | [`low_bits`] | whole numbers → whole numbers | the bits and the sign that the target lacks; nothing of a number that it holds |
//!
//! The first three are what `as` does, bit for bit, and [`signed`] is where there is such a size. One instruction or a few: for any thread.

#![allow(
    clippy::cast_lossless,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss
)]

/// A number that has a nearest float.
pub trait Number: Copy {
    /// See [`nearest_f32`].
    fn to_f32(self) -> f32;
    /// See [`nearest_f64`].
    fn to_f64(self) -> f64;
}

/// A float that can be cut to a `T`.
pub trait Cut<T>: Copy {
    /// See [`cut`].
    fn cut(self) -> T;
}

/// A whole number whose low bits are a `T`.
pub trait LowBits<T>: Copy {
    /// See [`low_bits`].
    fn low_bits(self) -> T;
}

/// The nearest 32-bit float. Whole numbers are exact up to 2²⁴; what is beyond the range is infinite.
#[inline(always)]
pub fn nearest_f32(number: impl Number) -> f32 {
    number.to_f32()
}

/// The nearest 64-bit float. Whole numbers are exact up to 2⁵³.
#[inline(always)]
pub fn nearest_f64(number: impl Number) -> f64 {
    number.to_f64()
}

/// `value` without its fraction, towards zero. NaN is 0; what is beyond the range is its nearer end.
#[inline(always)]
pub fn cut<T>(value: impl Cut<T>) -> T {
    value.cut()
}

/// A size as a signed number, as graphs count.
#[inline(always)]
pub fn signed(size: usize) -> i64 {
    i64::try_from(size).unwrap_or(i64::MAX)
}

/// The low bits of a whole number: the number itself where the target holds it, another one otherwise.
#[inline(always)]
pub fn low_bits<T>(number: impl LowBits<T>) -> T {
    number.low_bits()
}

macro_rules! numbers {
    ($($from:ty),*) => {$(
        impl Number for $from {
            #[inline(always)]
            fn to_f32(self) -> f32 {
                self as f32
            }

            #[inline(always)]
            fn to_f64(self) -> f64 {
                self as f64
            }
        }
    )*};
}

macro_rules! cuts {
    ($($to:ty),*) => {$(
        impl Cut<$to> for f32 {
            #[inline(always)]
            fn cut(self) -> $to {
                self as $to
            }
        }

        impl Cut<$to> for f64 {
            #[inline(always)]
            fn cut(self) -> $to {
                self as $to
            }
        }
    )*};
}

macro_rules! low_bits {
    ($($from:ty => $($to:ty),*;)*) => {$($(
        impl LowBits<$to> for $from {
            #[inline(always)]
            fn low_bits(self) -> $to {
                self as $to
            }
        }
    )*)*};
}

numbers!(usize, isize, u64, i64, u32, i32, f64);
cuts!(usize, isize, u64, i64, u32, i32, u16, u8);
low_bits! {
    usize => isize, i64, u32, i32, u16, u8;
    isize => usize, i64, u64, u32, i32;
    u64 => usize, isize, i64, u32, i32, u16, u8;
    i64 => usize, isize, u64, u32, i32, u16, u8;
    u32 => i32, u16, u8;
    i32 => usize, u64, u32, u16, u8;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_are_cut_towards_zero_and_held_within_the_range() {
        assert_eq!(cut::<usize>(2.9_f32), 2);
        assert_eq!(cut::<i32>(-2.9_f64), -2);
        assert_eq!(cut::<usize>(-1.0_f32), 0);
        assert_eq!(cut::<u8>(300.0_f32), 255);
        assert_eq!(cut::<i32>(f64::INFINITY), i32::MAX);
        assert_eq!(cut::<u64>(f32::NAN), 0);
    }

    #[test]
    fn whole_numbers_are_exact_as_floats_as_far_as_their_digits_reach() {
        assert_eq!(nearest_f32(1_usize << 24), 16_777_216.0);
        assert_eq!(nearest_f32((1_usize << 24) + 1), 16_777_216.0);
        assert_eq!(nearest_f64((1_u64 << 53) - 1), 9_007_199_254_740_991.0);
        assert_eq!(nearest_f32(1e300_f64), f32::INFINITY);
    }

    #[test]
    fn low_bits_are_the_number_where_it_fits() {
        assert_eq!(low_bits::<u16>(65_535_usize), 65_535);
        assert_eq!(low_bits::<u16>(65_536_usize), 0);
        assert_eq!(low_bits::<u32>(-1_i32), u32::MAX);
        assert_eq!(low_bits::<usize>(7_i64), 7);
        assert_eq!(signed(7), 7);
        assert_eq!(signed(usize::MAX), i64::MAX);
    }
}
