//! What must be known of a model before it is loaded: enough to open a stream for it.
//!
//! Read from the file without its weights, in a fraction of a millisecond, so that a plugin may do so when the
//! host activates it. Not for an audio thread.

use std::path::Path;

use crate::bends::part_name::PartName;
use crate::error::ModelError;
use crate::onnx::limits;
use crate::onnx::outline::Outline;
use crate::package::manifest::is_waveform;
use crate::package::manifest::{METADATA_KEY, Manifest};
use crate::package::sidecar::Sidecar;
use crate::package::waveform::WaveformManifest;

/// The format of a model: what a stream must know of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ModelFormat {
    /// Rate of the training audio in hertz.
    pub sample_rate: u32,
    /// FFT length in samples at [`sample_rate`](Self::sample_rate).
    pub fft_size: usize,
    /// Index of the newest frame of a window that reaches the latent.
    pub last_seen_frame: usize,
    /// What a stream must know of a waveform model; nothing for one of spectrograms.
    pub waveform: Option<WaveformFormat>,
}

/// The format of a waveform model. What [`ModelFormat`] says of frames is then of those that the editor shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WaveformFormat {
    /// Samples per second.
    pub sample_rate: u32,
    /// Samples of a block.
    pub block: usize,
    /// Samples of the model's rate between what goes in and what comes out.
    pub latency: usize,
}

impl Default for ModelFormat {
    /// Those of the models Netbend trains.
    fn default() -> Self {
        Self {
            sample_rate: 44_100,
            fft_size: 1_024,
            last_seen_frame: 124,
            waveform: None,
        }
    }
}

impl From<&WaveformManifest> for ModelFormat {
    fn from(manifest: &WaveformManifest) -> Self {
        Self {
            waveform: Some(WaveformFormat {
                sample_rate: manifest.sample_rate,
                block: manifest.block,
                latency: manifest.latency_samples(),
            }),
            ..Self::default()
        }
    }
}

impl From<&Manifest> for ModelFormat {
    fn from(manifest: &Manifest) -> Self {
        Self {
            sample_rate: manifest.sample_rate,
            fft_size: manifest.fft_size,
            last_seen_frame: manifest.last_seen_frame,
            waveform: None,
        }
    }
}

impl ModelFormat {
    /// Reads the format of the model file at `path`, or of the sidecar beside it. The graph is not looked at but for
    /// its inputs, so that a model whose format can be read need not be one that loads.
    ///
    /// # Errors
    /// [`ModelError`] where the file or its sidecar cannot be read or is damaged.
    pub fn read(path: &Path) -> Result<Self, ModelError> {
        let outline = outline(path)?;
        if let Some(manifest) = waveform(&outline)? {
            return Ok(Self::from(&manifest));
        }
        if let Some(manifest) = manifest(&outline)? {
            return Ok(Self::from(&manifest));
        }
        let sidecar = Sidecar::path_beside(path)
            .ok_or_else(|| ModelError::Manifest("there is none".into()))
            .and_then(|path| Sidecar::load(&path))?;
        let window = sidecar.window(&outline.inputs)?;
        Ok(Self {
            sample_rate: sidecar.sample_rate(),
            fft_size: sidecar.fft_size(),
            last_seen_frame: sidecar.last_seen_frame(&window)?,
            waveform: None,
        })
    }
}

/// The names of the parts of the model file at `path`, in their order; none where its manifest has none, or a sidecar speaks for it.
///
/// # Errors
/// [`ModelError`] where the file cannot be read or is damaged.
pub fn part_names(path: &Path) -> Result<Vec<PartName>, ModelError> {
    let outline = outline(path)?;
    if waveform(&outline)?.is_some() {
        return Ok(Vec::new());
    }
    let manifest = manifest(&outline)?;
    Ok(manifest.map_or_else(Vec::new, |manifest| manifest.part_names().collect()))
}

fn outline(path: &Path) -> Result<Outline, ModelError> {
    let file = std::fs::File::open(path).map_err(|source| ModelError::Read {
        path: path.to_owned(),
        source,
    })?;
    Outline::read(file)
}

/// Whether the file at `path` says that it holds a waveform model.
pub(crate) fn is_waveform_file(path: &Path) -> bool {
    outline(path).is_ok_and(|outline| outline.metadata(METADATA_KEY).is_some_and(is_waveform))
}

/// The manifest of a waveform model, where it is one.
fn waveform(outline: &Outline) -> Result<Option<WaveformManifest>, ModelError> {
    let json = outline.metadata(METADATA_KEY);
    match json.filter(|json| json.len() <= limits::MANIFEST_BYTES && is_waveform(json)) {
        Some(json) => WaveformManifest::from_json(json).map(Some),
        None => Ok(None),
    }
}

/// The file's own manifest, where it has one.
fn manifest(outline: &Outline) -> Result<Option<Manifest>, ModelError> {
    let Some(json) = outline.metadata(METADATA_KEY) else {
        return Ok(None);
    };
    if json.len() > limits::MANIFEST_BYTES {
        return Err(ModelError::Manifest(format!("{} bytes long", json.len())));
    }
    Manifest::from_json(json).map(Some)
}
