//! k-means: linfa's Lloyd iteration from starts of our own drawing.

use linfa::DatasetBase;
use linfa::traits::{Fit as _, Predict as _};
use linfa_clustering::{KMeans, KMeansInit};
use linfa_ndarray::{Array2, Axis};
use rayon::ThreadPoolBuilder;

use crate::bends::selection::permutation;
use crate::error::ModelError;

/// Starts tried by [`k_means`], times the points. Single starts end in different local minima, the more so the fewer and the more even
/// the points: of the 16 features of `drums`, layer 4, 2048 starts were not always enough for two seeds to agree.
const STARTS_TIMES_POINTS: usize = 1 << 17;
/// The centres count as settled when they move less than this, as a share of the points' spread.
const TOLERANCE: f64 = 1e-6;
/// linfa counts the old centre as one more point, so it settles slowly and never worse.
const MOST_ITERATIONS: u64 = 10_000;

/// Groups `count` points `[count, dimension]` into at most `clusters` groups of point numbers, trying as many starts as it takes for
/// two seeds to agree; this may take a second.
///
/// # Errors
/// As [`k_means_of`].
pub fn k_means(
    points: &[f64],
    count: usize,
    clusters: usize,
    seed: u64,
) -> Result<Vec<Vec<usize>>, ModelError> {
    let starts = STARTS_TIMES_POINTS / count.max(1);
    k_means_of(points, count, clusters, seed, starts)
}

/// As [`k_means`], with the best of `starts` starts (at least one): the one that ends closest to its points.
///
/// Forgy's start (distinct points as centres), drawn by [`permutation`], whose draws are frozen. The largest cluster comes
/// first, of equals the one with the smallest number in it; numbers rise within a cluster. Clusters nothing falls
/// into are left out.
///
/// # Errors
/// [`ModelError::Clusters`] where the points do not fit their count, are not finite, or linfa fails.
pub fn k_means_of(
    points: &[f64],
    count: usize,
    clusters: usize,
    seed: u64,
    starts: usize,
) -> Result<Vec<Vec<usize>>, ModelError> {
    k_means_unless(points, count, clusters, seed, starts, &|| false)
}

/// As [`k_means_of`], but gives up between two starts once `stop` says so.
///
/// # Errors
/// As [`k_means_of`]; [`ModelError::Clusters`] where it was stopped.
pub(super) fn k_means_unless(
    points: &[f64],
    count: usize,
    clusters: usize,
    seed: u64,
    starts: usize,
    stop: &(dyn Fn() -> bool + Sync),
) -> Result<Vec<Vec<usize>>, ModelError> {
    let fail = |message: String| ModelError::Clusters(message);
    if !(1..=count).contains(&clusters) || !points.len().is_multiple_of(count) {
        return Err(fail(format!(
            "{clusters} clusters of {count} points in {} numbers; expected 1 to as many as there are points",
            points.len()
        )));
    }
    if !points.iter().all(|value| value.is_finite()) {
        return Err(fail(
            "an embedding holds infinities or not-a-number; is the metric damaged?".into(),
        ));
    }
    let points = Array2::from_shape_vec((count, points.len() / count), points.to_vec())
        .map_err(|error| fail(error.to_string()))?;
    let spread = points
        .std_axis(Axis(0), 0.0)
        .mapv(|deviation| deviation * deviation)
        .sum()
        .sqrt();
    let observations = DatasetBase::from(points);
    // linfa divides its work by rayon, whose own threads would outlive a plugin: these go with this call.
    let pool = ThreadPoolBuilder::new()
        .num_threads(1)
        .thread_name(|_| "netbend-k-means".into())
        .build()
        .map_err(|error| fail(error.to_string()))?;
    let members = pool.install(|| -> Result<_, ModelError> {
        let mut best: Option<KMeans<f64, _>> = None;
        let mut order = Vec::new();
        for start in 0..starts.max(1) as u64 {
            if stop() {
                return Err(fail("stopped".into()));
            }
            permutation(count, seed, start, &mut order);
            let centres = observations.records.select(Axis(0), &order[..clusters]);
            let fitted = KMeans::params(clusters)
                .init_method(KMeansInit::Precomputed(centres))
                .n_runs(1)
                .tolerance((spread * TOLERANCE).max(f64::MIN_POSITIVE))
                .max_n_iterations(MOST_ITERATIONS)
                .fit(&observations)
                .map_err(|error| fail(error.to_string()))?;
            if best
                .as_ref()
                .is_none_or(|best| fitted.inertia() < best.inertia())
            {
                best = Some(fitted);
            }
        }
        let best = best.ok_or_else(|| fail("k-means found nothing".into()))?;
        Ok(best.predict(&observations.records))
    })?;
    let mut groups = vec![Vec::new(); clusters];
    for (point, &group) in members.iter().enumerate() {
        groups[group].push(point);
    }
    groups.retain(|group| !group.is_empty());
    groups.sort_by_key(|group| (std::cmp::Reverse(group.len()), group[0]));
    Ok(groups)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::adjusted_rand;
    use rand::{RngExt as _, SeedableRng as _};
    use rand_chacha::ChaCha8Rng;

    const DIMENSION: usize = 10;

    /// Points around centres on the axes, `noise` wide; point `n` belongs to group `n % groups`.
    fn planted(count: usize, groups: usize, noise: f64) -> Vec<f64> {
        let mut rng = ChaCha8Rng::seed_from_u64(5);
        (0..count * DIMENSION)
            .map(|place| {
                let (point, axis) = (place / DIMENSION, place % DIMENSION);
                let centre = if point % groups == axis { 1.0 } else { 0.0 };
                centre + noise * rng.random_range(-1.0..1.0)
            })
            .collect()
    }

    #[test]
    fn planted_groups_are_found_and_ordered() {
        let clusters = k_means(&planted(42, 5, 0.2), 42, 5, 1).unwrap();
        let expected: Vec<Vec<usize>> = (0..5)
            .map(|group| (group..42).step_by(5).collect())
            .collect();
        assert_eq!(clusters, expected);
    }

    #[test]
    fn two_seeds_agree_on_blurred_groups() {
        let points = planted(128, 5, 0.8);
        let [one, two] = [1, 2].map(|seed| k_means(&points, 128, 5, seed).unwrap());
        let agreement = adjusted_rand(&one, &two);
        assert!(agreement >= 0.7, "{agreement}");
    }

    #[test]
    fn the_same_seed_gives_the_same_clusters() {
        let points = planted(64, 4, 1.5);
        let [one, two] = [7, 7].map(|seed| k_means(&points, 64, 4, seed).unwrap());
        assert_eq!(one, two);
    }

    #[test]
    fn every_point_is_in_one_cluster_even_where_all_are_alike() {
        let clusters = k_means(&[0.5; 60], 6, 4, 1).unwrap();
        let mut all: Vec<usize> = clusters.into_iter().flatten().collect();
        all.sort_unstable();
        assert_eq!(all, [0, 1, 2, 3, 4, 5]);
    }

    #[test]
    fn nonsense_is_refused() {
        assert!(k_means(&[f64::NAN; 20], 2, 2, 1).is_err());
        assert!(k_means(&[0.0; 20], 2, 3, 1).is_err());
        assert!(k_means(&[0.0; 20], 3, 2, 1).is_err());
        assert!(k_means(&[], 0, 0, 1).is_err());
    }
}
