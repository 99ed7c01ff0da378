//! Numbers of one type as those of another, where `From` does not reach: each conversion is named by what is lost.
//!
//! | function | from → to | what is lost |
//! |---|---|---|
//! | [`nearest_f32`], [`nearest_f64`] | whole numbers, wider floats → floats | digits beyond 24 or 53 bits; what is beyond the range is infinite |
//! | [`cut`] | floats → whole numbers | the fraction; NaN is 0, what is beyond the range is its nearer end |
//! | [`low_bits`] | whole numbers → whole numbers | the bits that the target lacks; nothing of a number that it holds |
//!
//! The same as those of `netbend_dsp::number`, without a crate of signal processing behind them.

#![allow(
    clippy::cast_lossless,
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss
)]

/// A number that has a nearest float.
pub(crate) trait Number: Copy {
    /// See [`nearest_f32`].
    fn to_f32(self) -> f32;
    /// See [`nearest_f64`].
    fn to_f64(self) -> f64;
}

/// A float that can be cut to a `T`.
pub(crate) trait Cut<T>: Copy {
    /// See [`cut`].
    fn cut(self) -> T;
}

/// A whole number whose low bits are a `T`.
pub(crate) trait LowBits<T>: Copy {
    /// See [`low_bits`].
    fn low_bits(self) -> T;
}

/// The nearest 32-bit float. Whole numbers are exact up to 2²⁴; what is beyond the range is infinite.
#[inline(always)]
pub(crate) fn nearest_f32(number: impl Number) -> f32 {
    number.to_f32()
}

/// The nearest 64-bit float. Whole numbers are exact up to 2⁵³.
#[inline(always)]
pub(crate) fn nearest_f64(number: impl Number) -> f64 {
    number.to_f64()
}

/// `value` without its fraction, towards zero. NaN is 0; what is beyond the range is its nearer end.
#[inline(always)]
pub(crate) fn cut<T>(value: impl Cut<T>) -> T {
    value.cut()
}

/// The low bits of a whole number: the number itself where the target holds it, another one otherwise.
#[inline(always)]
pub(crate) fn low_bits<T>(number: impl LowBits<T>) -> T {
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
        impl Cut<$to> for f64 {
            #[inline(always)]
            fn cut(self) -> $to {
                self as $to
            }
        }
    )*};
}

macro_rules! all_low_bits {
    ($($from:ty => $($to:ty),*;)*) => {$($(
        impl LowBits<$to> for $from {
            #[inline(always)]
            fn low_bits(self) -> $to {
                self as $to
            }
        }
    )*)*};
}

numbers!(usize, u64, i64, i32, f64);
cuts!(usize, u32, i32);
all_low_bits! {
    usize => u32, u16;
    u64 => usize, u32;
    u32 => u16;
}
