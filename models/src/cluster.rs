//! Clusters: which features of a layer make maps that look alike (*Network Bending*, section 4). General ones here, those of one
//! sound in [`SoundClusterer`].
//!
//! Never on an audio thread. Latents → [`ActivationMaps`] → [`Metric`] (ten numbers for each map) → the mean of these over all
//! latents, for each feature → [`k_means`]. Beside the embedding or in its place stands what ablating each feature alone does to the
//! sound ([`effect()`], [`LayerPoints`]): maps that look alike need not sound alike. The learned metric comes from
//! `python -m netbend_training metric`.

mod agreement;
pub mod describe;
mod deviation;
mod effect;
pub(crate) mod file;
mod k_means;
mod maps;
mod metric;
mod points;
mod sound;
pub(crate) mod sound_clusters;
mod store;

pub use agreement::adjusted_rand;
pub use describe::describe;
pub use deviation::{LayerDeviation, deviations};
pub use effect::effect;
pub use file::{from_yaml, load, to_yaml};
pub use k_means::{k_means, k_means_of};
pub use maps::ActivationMaps;
pub use metric::{METADATA_KEY, Metric, metric_path};
pub use points::LayerPoints;
pub use sound::SoundClusterer;
pub use sound_clusters::SoundClusters;
pub use store::{replace_metadata, store, store_deviations};

use crate::error::ModelError;
use crate::manifest::{Layer, LayerClusters};

/// How many clusters a layer gets: the paper's 5, 5, 4, 4 for layers 1 to 4, and 4 for any further one; never
/// more than it has features.
pub fn cluster_count(layer: &Layer) -> usize {
    let count = if layer.index <= 2 { 5 } else { 4 };
    count.min(layer.features)
}

/// Collects the mean embedding of every feature, and clusters the features by it.
#[derive(Debug)]
pub struct Clusterer {
    maps: ActivationMaps,
    metric: Metric,
    /// `[layer][feature × embedding]`, sums over all windows.
    sums: Vec<Vec<f64>>,
    windows: usize,
}

impl Clusterer {
    /// A collector that has seen nothing yet.
    pub fn new(maps: ActivationMaps, metric: Metric) -> Self {
        let sums = maps
            .layers()
            .iter()
            .map(|layer| vec![0.0; layer.features * metric.embedding_size()])
            .collect();
        Self {
            maps,
            metric,
            sums,
            windows: 0,
        }
    }

    /// Adds a batch of latents `[batch, latent_size]`.
    ///
    /// # Errors
    /// [`ModelError::Runtime`] where the latents have the wrong length or inference fails.
    pub fn add(&mut self, latents: &[f32]) -> Result<(), ModelError> {
        let all_maps = self.maps.of(latents)?;
        for ((layer, maps), sums) in self.maps.layers().iter().zip(&all_maps).zip(&mut self.sums) {
            let embeddings = self.metric.embed(layer, maps)?;
            // The maps are `[batch, feature]`, so whole batches of features follow each other.
            for window in embeddings.chunks_exact(sums.len()) {
                for (sum, value) in sums.iter_mut().zip(window) {
                    *sum += f64::from(*value);
                }
            }
        }
        self.windows += latents.len() / self.maps.latent_size();
        Ok(())
    }

    /// Number of windows added so far.
    pub fn windows(&self) -> usize {
        self.windows
    }

    /// The mean embedding of every feature of every layer.
    ///
    /// # Errors
    /// [`ModelError::Clusters`] where nothing was added.
    pub fn points(&self) -> Result<Vec<LayerPoints>, ModelError> {
        if self.windows == 0 {
            return Err(ModelError::Clusters(
                "no windows were given to find clusters with".into(),
            ));
        }
        let mean = |sum: &f64| sum / self.windows as f64;
        Ok(self
            .maps
            .layers()
            .iter()
            .zip(&self.sums)
            .map(|(layer, sums)| LayerPoints {
                layer: layer.clone(),
                values: sums.iter().map(mean).collect(),
            })
            .collect())
    }

    /// Clusters of every layer by the metric alone. The same windows, metric and seed give the same clusters.
    ///
    /// # Errors
    /// [`ModelError::Clusters`] where nothing was added.
    pub fn clusters(&self, seed: u64) -> Result<Vec<LayerClusters>, ModelError> {
        self.points()?
            .iter()
            .map(|points| points.clusters(seed))
            .collect()
    }
}
