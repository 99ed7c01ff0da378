//! The points that k-means groups: a row of numbers for each feature of a layer.

use super::{cluster_count, k_means};
use crate::error::ModelError;
use crate::package::manifest::{Layer, LayerClusters};

/// What is known of the features of one layer.
#[derive(Debug, Clone, PartialEq)]
pub struct LayerPoints {
    /// The layer.
    pub layer: Layer,
    /// `[feature, dimension]`; the dimension is what the length leaves, at least 1.
    pub values: Vec<f64>,
}

impl LayerPoints {
    /// Clusters of this layer's features: [`cluster_count`] of them, by [`k_means`]. The same points and seed give the same clusters.
    ///
    /// # Errors
    /// [`ModelError::Clusters`] where the points do not fit the layer or are not finite.
    pub fn clusters(&self, seed: u64) -> Result<LayerClusters, ModelError> {
        let layer = &self.layer;
        Ok(LayerClusters {
            layer: layer.index,
            clusters: k_means(&self.values, layer.features, cluster_count(layer), seed)?,
            description: None,
        })
    }

    /// These points beside `other` points of the same features, which weigh `weight` (0 to 1) and these the rest.
    ///
    /// Each kind is first scaled as a whole to a mean squared distance of 1 from its mean, so that the weights speak of distances that
    /// k-means compares and not of units; within a kind all proportions stay. A kind that weighs nothing is left out.
    ///
    /// # Errors
    /// [`ModelError::Clusters`] where the points are of different layers, or the weight is not 0 to 1.
    pub fn beside(&self, other: &Self, weight: f64) -> Result<Self, ModelError> {
        let fail = |message: String| Err(ModelError::Clusters(message));
        if self.layer != other.layer {
            return fail(format!(
                "points of layer {} given beside those of layer {}",
                other.layer.index, self.layer.index
            ));
        }
        if !(0.0..=1.0).contains(&weight) {
            return fail(format!("weight {weight} found; expected 0 to 1"));
        }
        let count = self.layer.features;
        let kinds: Vec<(usize, Vec<f64>)> = [(self, 1.0 - weight), (other, weight)]
            .into_iter()
            .filter(|(_, share)| *share > 0.0)
            .map(|(points, share)| {
                let factor = match points.spread() {
                    spread if spread > 0.0 => share.sqrt() / spread,
                    // All alike tell nothing apart.
                    _ => 0.0,
                };
                let scaled = points.values.iter().map(|value| value * factor).collect();
                (points.values.len() / count, scaled)
            })
            .collect();
        let row = |feature: usize| {
            let of = move |(size, values): &(usize, Vec<f64>)| {
                values[feature * size..(feature + 1) * size].to_vec()
            };
            kinds.iter().flat_map(of).collect::<Vec<f64>>()
        };
        Ok(Self {
            layer: self.layer.clone(),
            values: (0..count).flat_map(row).collect(),
        })
    }

    /// Root of the mean squared distance from the mean.
    fn spread(&self) -> f64 {
        let count = self.layer.features;
        let dimension = self.values.len() / count;
        let squares = (0..dimension).map(|column| {
            let values = || self.values.iter().skip(column).step_by(dimension);
            let mean = values().sum::<f64>() / count as f64;
            values().map(|value| (value - mean).powi(2)).sum::<f64>()
        });
        (squares.sum::<f64>() / count as f64).sqrt()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Four features whose points differ in one number.
    fn points(values: [f64; 4]) -> LayerPoints {
        LayerPoints {
            layer: Layer {
                index: 3,
                tensor: "t".into(),
                features: 4,
                rows: 1,
                columns: 1,
                deviation: None,
            },
            values: values.to_vec(),
        }
    }

    #[test]
    fn weights_count_whatever_the_units() {
        let (one, other) = (points([0.0, 0.0, 1.0, 1.0]), points([0.0, 5e3, 0.0, 5e3]));
        let joined = one.beside(&other, 0.25).unwrap();
        assert_eq!(joined.values.len(), 8);
        let squared = |a: usize, b: usize| -> f64 {
            (0..2)
                .map(|n| (joined.values[a * 2 + n] - joined.values[b * 2 + n]).powi(2))
                .sum()
        };
        assert!((squared(0, 2) - 4.0 * 0.75).abs() < 1e-9);
        assert!((squared(0, 1) - 4.0 * 0.25).abs() < 1e-9);
    }

    #[test]
    fn a_kind_that_weighs_nothing_is_left_out_and_nonsense_refused() {
        let (one, other) = (points([0.0, 2.0, 4.0, 6.0]), points([3.0; 4]));
        assert_eq!(one.beside(&other, 0.0).unwrap().values.len(), 4);
        // All alike: scaled to nothing, not to not-a-number.
        assert!(one.beside(&other, 1.0).unwrap().clusters(1).is_ok());
        assert!(one.beside(&other, 1.5).is_err());
        assert!(one.beside(&other, f64::NAN).is_err());
        let mut elsewhere = other;
        elsewhere.layer.index = 2;
        assert!(one.beside(&elsewhere, 0.5).is_err());
    }
}
