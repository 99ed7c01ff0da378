//! A small manifest, and clusters and parts that fit it, for unit tests.

use crate::bends::part_name::PartName;
use crate::package::manifest::{
    Decibels, Layer, LayerClusters, Level, Manifest, Part, PartLayer, Tensors,
};

/// Three layers of 8, 4 and 1 features over a window of 16 frames, with two clusters on layer 2.
pub(crate) fn manifest() -> Manifest {
    let layer = |index: usize, features: usize, rows: usize| Layer {
        index,
        tensor: format!("decoder_{index}"),
        features,
        rows,
        columns: 5,
        deviation: None,
    };
    Manifest {
        netbend: 1,
        name: "test".into(),
        version: "0.0.0".into(),
        sample_rate: 44_100,
        fft_size: 1_024,
        hop: 256,
        bins: 513,
        frames: 16,
        last_seen_frame: 15,
        last_seen_bin: None,
        decibels: Decibels {
            floor_db: -80.0,
            reference_db: 0.0,
            ceiling_db: 20.0,
        },
        level: Level {
            kind: "window-peak".into(),
            step_db: 6.0,
        },
        tensors: Tensors {
            spectrogram: "spectrogram".into(),
            latent_mean: "latent_mean".into(),
            latent_log_variance: "latent_log_variance".into(),
            latent: "latent".into(),
            decoded: "decoded".into(),
        },
        latent_size: 4,
        latent_prior: None,
        layers: vec![layer(1, 8, 4), layer(2, 4, 8), layer(3, 1, 16)],
        clusters: vec![LayerClusters {
            layer: 2,
            clusters: vec![vec![0, 3], vec![1, 2]],
            description: None,
        }],
        parts: Vec::new(),
        licence: String::new(),
        training: serde_json::Value::Null,
    }
}

/// Clusters that fit [`manifest`]'s layers.
pub(crate) fn clusters() -> Vec<LayerClusters> {
    let group = |layer, clusters| LayerClusters {
        layer,
        clusters,
        description: None,
    };
    vec![
        group(1, vec![vec![1, 2, 5, 7], vec![0, 3], vec![4, 6]]),
        group(2, vec![vec![0, 1, 3], vec![2]]),
    ]
}

/// Parts that fit [`manifest`]'s layers: kick and hats, both on layer 1 and kick on layer 2.
pub(crate) fn parts() -> Vec<Part> {
    let part = |name: &str, layers: &[(usize, &[usize])]| Part {
        name: PartName::new(name).unwrap(),
        layers: layers
            .iter()
            .map(|(layer, features)| PartLayer {
                layer: *layer,
                features: features.to_vec(),
            })
            .collect(),
    };
    vec![
        part("kick", &[(1, &[0, 1, 2]), (2, &[3])]),
        part("hats", &[(1, &[3, 4, 5, 6])]),
    ]
}
