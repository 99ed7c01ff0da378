//! General clusters: features that make maps that look alike, over many latents.

use super::{ActivationMaps, LayerPoints, Metric};
use crate::error::ModelError;
use crate::package::manifest::LayerClusters;

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
