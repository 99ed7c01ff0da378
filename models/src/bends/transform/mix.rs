//! Mixing a transform with the untouched map.

/// `x + amount·(f − x)`, exactly `f` at amount 1.
#[inline(always)]
pub(super) fn value(x: f32, f: f32, amount: f32) -> f32 {
    if amount >= 1.0 {
        f
    } else {
        x + amount * (f - x)
    }
}

/// Mixes each value with its own transform.
#[inline(always)]
pub(super) fn map(map: &mut [f32], amount: f32, f: impl Fn(f32) -> f32) {
    if amount >= 1.0 {
        for x in map {
            *x = f(*x);
        }
    } else {
        for x in map {
            *x += amount * (f(*x) - *x);
        }
    }
}

/// Mixes a stretch with zeros.
#[inline(always)]
pub(super) fn zeros(map: &mut [f32], amount: f32) {
    if amount >= 1.0 {
        map.fill(0.0);
    } else {
        for x in map {
            *x -= amount * *x;
        }
    }
}
