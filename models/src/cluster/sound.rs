//! Clusters of one sound: the features that act alike *in it* (*Network Bending*, section 4, on the maps of one input).

use std::sync::atomic::{AtomicBool, Ordering};

use super::k_means::k_means_unless;
use super::{ActivationMaps, Metric, cluster_count};
use crate::error::ModelError;
use crate::package::manifest::LayerClusters;

/// Starts of k-means for one layer, times its features: an eighth of what general clusters take. With them all takes about
/// a third of a second for the shipped model, most of it here; `examples/sound_cluster_cost.rs` measures it.
const STARTS_TIMES_FEATURES: usize = 1 << 14;

/// Finds the clusters of a sound. Made once, since making it takes longer than using it.
///
/// Not for an audio thread, and not for a thread that an audio thread waits for.
#[derive(Debug)]
pub struct SoundClusterer {
    maps: ActivationMaps,
    metric: Metric,
}

impl SoundClusterer {
    /// Finds clusters of the features of `maps` by `metric`.
    pub fn new(maps: ActivationMaps, metric: Metric) -> Self {
        Self { maps, metric }
    }

    /// The clusters of every layer in the window that `latent` `[latent_size]` stands for. Every feature is in one cluster; the same
    /// latent and seed give the same clusters.
    ///
    /// # Errors
    /// [`ModelError::Runtime`] where the latent has the wrong length or inference fails, [`ModelError::Clusters`] where a map
    /// is not finite.
    pub fn clusters(
        &mut self,
        latent: &[f32],
        seed: u64,
    ) -> Result<Vec<LayerClusters>, ModelError> {
        self.clusters_unless(latent, seed, &AtomicBool::new(false))
    }

    /// As [`clusters`](Self::clusters), but gives up between two layers, or two starts, once `stop` is set.
    ///
    /// # Errors
    /// As [`clusters`](Self::clusters); [`ModelError::Clusters`] where it was stopped.
    pub fn clusters_unless(
        &mut self,
        latent: &[f32],
        seed: u64,
        stop: &AtomicBool,
    ) -> Result<Vec<LayerClusters>, ModelError> {
        if latent.len() != self.maps.latent_size() {
            return Err(ModelError::Runtime(format!(
                "a latent of {} numbers; expected {}",
                latent.len(),
                self.maps.latent_size()
            )));
        }
        let maps = self.maps.of(latent)?;
        self.maps
            .layers()
            .iter()
            .zip(&maps)
            .map(|(layer, maps)| {
                let stop = || stop.load(Ordering::Relaxed);
                if stop() {
                    return Err(ModelError::Clusters("stopped".into()));
                }
                let embeddings = self.metric.embed(layer, maps)?;
                let points: Vec<f64> = embeddings.into_iter().map(f64::from).collect();
                let starts = STARTS_TIMES_FEATURES / layer.features;
                let count = cluster_count(layer);
                Ok(LayerClusters {
                    layer: layer.index,
                    clusters: k_means_unless(&points, layer.features, count, seed, starts, &stop)?,
                    description: None,
                })
            })
            .collect()
    }
}
