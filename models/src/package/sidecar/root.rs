//! What stands in a sidecar.

use serde::Deserialize;
use serde_saphyr::Spanned;

use crate::error::ModelError;

/// A sidecar whose every value is possible, whatever the model.
#[derive(Debug)]
pub struct Sidecar {
    pub(super) file: String,
    pub(super) root: Root,
}

/// The file's root.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Root {
    pub(super) netbend: Option<Spanned<u64>>,
    pub(super) name: Option<Spanned<String>>,
    pub(super) version: Option<Spanned<String>>,
    pub(super) licence: Option<String>,
    pub(super) sample_rate: Spanned<u64>,
    pub(super) fft_size: Spanned<u64>,
    pub(super) hop: Option<Spanned<u64>>,
    pub(super) frames: Option<Spanned<u64>>,
    pub(super) bins: Option<Spanned<u64>>,
    pub(super) layout: Option<Spanned<String>>,
    pub(super) last_seen_frame: Option<Spanned<u64>>,
    pub(super) last_seen_bin: Option<Spanned<u64>>,
    pub(super) decibels: Spanned<Decibels>,
    pub(super) level: Option<Spanned<String>>,
    pub(super) level_step_db: Option<Spanned<f64>>,
    pub(super) tensors: Spanned<Tensors>,
    pub(super) latent_prior: Option<Spanned<Prior>>,
    pub(super) layers: Option<Spanned<Vec<Spanned<String>>>>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Decibels {
    pub(super) floor_db: f32,
    pub(super) reference_db: f32,
    pub(super) ceiling_db: Option<f32>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Tensors {
    pub(super) spectrogram: Spanned<String>,
    pub(super) latent: Spanned<String>,
    pub(super) decoded: Spanned<String>,
    pub(super) latent_mean: Option<Spanned<String>>,
    pub(super) latent_log_variance: Option<Spanned<String>>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Prior {
    pub(super) mean: Values,
    pub(super) std: Values,
}

/// One number for every dimension of the latent, or one for each.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(super) enum Values {
    Same(f32),
    Each(Vec<f32>),
}

impl Sidecar {
    pub(super) fn error<T>(&self, at: &Spanned<T>, message: impl Into<String>) -> ModelError {
        ModelError::Sidecar {
            file: self.file.clone(),
            line: at.referenced.line(),
            message: message.into(),
        }
    }
}
