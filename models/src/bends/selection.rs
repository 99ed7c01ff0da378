//! Which features of a layer a bend acts on.
//!
//! A selection is an *order* of features and a count: the first `count` features of the order are
//! bent. Random orders are seeded permutations, so a share that grows only adds features and the same
//! seed picks the same features for ever.

use netbend_dsp::number::{cut, nearest_f64};
use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;

/// How features are chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[repr(u8)]
pub enum SelectionKind {
    /// Every feature.
    #[default]
    All = 0,
    /// A seeded random share of the features.
    Random = 1,
    /// The features of one general cluster.
    Cluster = 2,
    /// The features of one cluster of a sound.
    SoundCluster = 3,
    /// The features of one part of the mix.
    Part = 4,
}

/// The number of features in a share: ⌊count·share⌋, with the share in `[0, 1]`.
///
/// A share such as 0.29 of 100 is 29 features although 0.29 as a float lies a little below: the
/// product is rounded up by 1e-5 of a feature before it is cut.
pub fn share_count(features: usize, share: f32) -> usize {
    let share = if share.is_nan() {
        0.0
    } else {
        f64::from(share.clamp(0.0, 1.0))
    };
    cut::<usize>((nearest_f64(features) * share + 1e-5).floor()).min(features)
}

/// A permutation of `0..features`, written into `order`.
///
/// Fisher–Yates over ChaCha8, spelled out here because presets rely on it: neither a library's
/// shuffle, its integer sampling nor its seeding promise to stay the same between versions. `random_stream` tells apart
/// draws of one seed (one for each bend and layer).
pub fn permutation(features: usize, seed: u64, random_stream: u64, order: &mut Vec<usize>) {
    let mut key = [0; 32];
    key[..8].copy_from_slice(&seed.to_le_bytes());
    let mut rng = ChaCha8Rng::from_seed(key);
    rng.set_stream(random_stream);
    order.clear();
    order.extend(0..features);
    for last in (1..features).rev() {
        // Multiply-shift: an index in 0..=last from 32 random bits.
        let pick = ((u64::from(rng.next_u32()) * (last as u64 + 1)) >> 32) as usize;
        order.swap(last, pick);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_permutation_holds_every_feature_once() {
        let mut order = Vec::new();
        permutation(128, 7, 3, &mut order);
        let mut sorted = order.clone();
        sorted.sort_unstable();
        assert_eq!(sorted, (0..128).collect::<Vec<_>>());
    }

    #[test]
    fn the_same_seed_picks_the_same_features_for_ever() {
        // Frozen on the day the format was made: a change here changes every user's presets.
        let mut order = Vec::new();
        permutation(16, 1, 0, &mut order);
        assert_eq!(order, FROZEN);
        permutation(16, 2, 0, &mut order);
        assert_ne!(order, FROZEN);
        permutation(16, 1, 1, &mut order);
        assert_ne!(order, FROZEN);
    }
    const FROZEN: [usize; 16] = [12, 11, 2, 6, 0, 1, 14, 7, 15, 9, 8, 4, 3, 13, 5, 10];

    #[test]
    fn shares_are_cut_not_rounded() {
        assert_eq!(share_count(128, 0.25), 32);
        assert_eq!(share_count(128, 0.999), 127);
        assert_eq!(share_count(100, 0.29), 29);
        assert_eq!(share_count(10, 1.0), 10);
        assert_eq!(share_count(10, 0.0), 0);
        assert_eq!(share_count(10, f32::NAN), 0);
        assert_eq!(share_count(10, 7.0), 10);
    }
}
