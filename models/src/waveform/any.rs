//! A model's file of either kind.

use std::path::Path;

use super::WaveformPackage;
use crate::bends::weights::WeightLayer;
use crate::error::ModelError;
use crate::node::weights::weight_layers;
use crate::package::Package;
use crate::package::format::ModelFormat;
use crate::package::manifest::Manifest;

/// A model that passed every check.
#[derive(Debug)]
pub enum AnyPackage {
    /// One of spectrograms.
    Spectrogram(Box<Package>),
    /// One of sound itself.
    Waveform(Box<WaveformPackage>),
}

impl AnyPackage {
    /// Reads and checks the file at `path`.
    ///
    /// # Errors
    /// Every [`ModelError`] but `Runtime`.
    pub fn load(path: &Path) -> Result<Self, ModelError> {
        Ok(match WaveformPackage::is_at(path) {
            true => Self::Waveform(Box::new(WaveformPackage::load(path)?)),
            false => Self::Spectrogram(Box::new(Package::load(path)?)),
        })
    }

    /// SHA-256 of the file, in hexadecimal.
    pub fn sha256(&self) -> &str {
        match self {
            Self::Spectrogram(package) => package.sha256(),
            Self::Waveform(package) => package.sha256(),
        }
    }

    /// What bends can name of it; see [`WaveformPackage::face`].
    pub fn face(&self) -> Manifest {
        match self {
            Self::Spectrogram(package) => package.manifest().clone(),
            Self::Waveform(package) => package.face(),
        }
    }

    /// What a stream must know of it.
    pub fn format(&self) -> ModelFormat {
        match self {
            Self::Spectrogram(package) => package.manifest().into(),
            Self::Waveform(package) => package.manifest().into(),
        }
    }

    /// The weights that can be bent, in the order of their numbers.
    ///
    /// # Errors
    /// [`ModelError`] where the decoder cannot be cut out of the graph.
    pub fn weight_layers(&self) -> Result<Vec<WeightLayer>, ModelError> {
        match self {
            Self::Spectrogram(package) => weight_layers(package),
            Self::Waveform(package) => Ok(package.weight_layers()),
        }
    }
}
