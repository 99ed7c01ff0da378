//! How large a layer's maps are.

use crate::package::manifest::Layer;

/// The size of a layer's activation without its batch.
#[derive(Debug, Clone, Copy)]
pub(super) struct MapShape {
    pub(super) features: usize,
    pub(super) rows: usize,
    pub(super) columns: usize,
}

impl MapShape {
    /// That of a layer.
    pub(super) fn of(layer: &Layer) -> Self {
        Self {
            features: layer.features,
            rows: layer.rows,
            columns: layer.columns,
        }
    }

    /// Features that are single values, as in the latent.
    pub(super) fn points(features: usize) -> Self {
        Self {
            features,
            rows: 1,
            columns: 1,
        }
    }
}
