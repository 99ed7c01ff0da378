//! Clusters: which features of a layer make maps that look alike (*Network Bending*, section 4). General ones here, those of one
//! sound in [`SoundClusterer`].
//!
//! Never on an audio thread. Latents → [`ActivationMaps`] → [`Metric`] (ten numbers for each map) → the mean of these over all
//! latents, for each feature → [`k_means`]. Beside the embedding or in its place stands what ablating each feature alone does to the
//! sound ([`effect()`], [`LayerPoints`]): maps that look alike need not sound alike. Of a waveform model that is all there is
//! ([`WaveformListener`]). The learned metric comes from
//! `python -m netbend_training metric`.

mod agreement;
mod clusterer;
pub mod describe;
mod deviation;
mod effect;
pub(crate) mod file;
mod k_means;
mod maps;
mod metric;
mod names;
mod points;
mod sound;
pub(crate) mod sound_clusters;
mod store;
mod waveform;

pub use agreement::adjusted_rand;
pub use clusterer::Clusterer;
pub use describe::describe;
pub use deviation::{LayerDeviation, deviations};
pub use effect::effect;
pub use file::{from_yaml, load, to_yaml};
pub use k_means::{k_means, k_means_of};
pub use maps::ActivationMaps;
pub use metric::{Metric, metric_path};
pub use names::{ClusterNames, MOST_LETTERS};
pub use points::LayerPoints;
pub use sound::SoundClusterer;
pub use sound_clusters::SoundClusters;
pub use store::{store, store_deviations};
pub use waveform::WaveformListener;

use crate::package::manifest::Layer;

/// How many clusters a layer gets: the paper's 5, 5, 4, 4 for layers 1 to 4, and 4 for any further one; never
/// more than it has features.
pub fn cluster_count(layer: &Layer) -> usize {
    let count = if layer.index <= 2 { 5 } else { 4 };
    count.min(layer.features)
}
