//! Seeds.

/// The largest value of a `seed` parameter.
pub(crate) const MAX_SEED: i32 = 65_535;
