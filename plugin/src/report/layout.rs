//! What the loaded model is made of, as far as the editor shows it.
//!
//! Made by the worker when it loads a model; read by the GUI thread. Never touched by the audio thread.

use netbend_models::bends::weights::{Role, WeightLayer};
use netbend_models::package::manifest::Part;
use netbend_models::package::waveform::{Half, LayerKind, WaveformLayer};
use netbend_models::{Bender, Manifest, WaveformPlayer};

/// The parts of a model that a slot can name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ModelLayout {
    /// Whether it is a waveform model: maps are of features and time alone.
    pub is_waveform: bool,
    /// How many layers are shown; those after them are fine detail. 0 where all are.
    pub shown_layers: usize,
    /// What the layers are called and where they are, of a waveform model; layer 1 is first. Empty where they have no names.
    pub layer_names: Vec<String>,
    /// Where the layers of a waveform model are; layer 1 is first. Empty of a spectrogram model, whose layers are all of the decoder.
    pub layer_places: Vec<LayerPlace>,
    /// Values of the latent vector, which is layer 0.
    pub latent_size: usize,
    /// The bendable layers, from the latent to the output; layer 1 is first.
    pub layers: Vec<LayerLayout>,
    /// The decoder's weight tensors in the order `netbend inspect` lists them; number 1 is first.
    /// Empty where they are not known.
    pub weights: Vec<WeightLayout>,
    /// The parts of the mix that it was trained to carry apart; number 1 is first. Empty where it was trained without.
    pub parts: Vec<PartLayout>,
    /// The features of each cluster, `[layer][cluster]`; layer 1 is first.
    pub clusters: Vec<Vec<Vec<usize>>>,
}

/// One part of the mix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartLayout {
    /// Its name.
    pub name: String,
    /// How many features carry it on each layer, 0 where the layer does not have it; layer 1 is first.
    pub features: Vec<usize>,
    /// Which they are; layer 1 is first.
    pub members: Vec<Vec<usize>>,
}

impl PartLayout {
    /// The layers that have it, as `1, 2, 3`.
    pub fn layers(&self) -> String {
        let numbered = (1..).zip(&self.features);
        let there = numbered.filter(|(_, features)| **features > 0);
        let numbers: Vec<_> = there
            .map(|(layer, _): (usize, _)| layer.to_string())
            .collect();
        numbers.join(", ")
    }
}

/// One layer's activation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LayerLayout {
    /// Number of features.
    pub features: usize,
    /// Rows of an activation map: time.
    pub rows: usize,
    /// Columns of an activation map: frequency.
    pub columns: usize,
}

/// Where a layer of a waveform model is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LayerPlace {
    /// Between the sound that comes in and the latent.
    Encoder,
    /// Between the latent and the sound that comes out.
    Decoder,
    /// That sound.
    Output,
}

impl LayerPlace {
    fn of(layer: &WaveformLayer) -> Self {
        match (layer.kind, layer.half) {
            (LayerKind::Output, _) => Self::Output,
            (_, Half::Encoder) => Self::Encoder,
            (_, Half::Decoder) => Self::Decoder,
        }
    }
}

/// One weight tensor of the decoder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WeightLayout {
    /// Its name in the model file.
    pub name: String,
    /// What it does in the network.
    pub role: Role,
    /// How many numbers it holds.
    pub points: usize,
}

/// What a waveform model's layer is called, and where it is.
fn layer_name(layer: &WaveformLayer) -> String {
    let half = match layer.half {
        Half::Encoder => "encoder",
        Half::Decoder => "decoder",
    };
    match layer.kind {
        LayerKind::Output => "the sound that comes out".to_owned(),
        // Most say it themselves.
        _ if layer.name.starts_with(half) => layer.name.clone(),
        _ => format!("{} ({half})", layer.name),
    }
}

impl ModelLayout {
    /// The parts of a loaded model.
    pub fn of(bender: &Bender) -> Self {
        Self::with(bender.manifest(), bender.weights().layers())
    }

    /// As [`of`](Self::of), of a waveform model.
    pub fn of_waveform(player: &WaveformPlayer) -> Self {
        Self {
            is_waveform: true,
            shown_layers: player.manifest().shown_layers(),
            layer_names: (player.manifest().numbered_layers())
                .map(layer_name)
                .collect(),
            layer_places: (player.manifest().numbered_layers())
                .map(LayerPlace::of)
                .collect(),
            ..Self::with(player.face(), player.weights().layers())
        }
    }

    /// The layers that are shown.
    pub fn shown(&self) -> &[LayerLayout] {
        match self.shown_layers {
            0 => &self.layers,
            shown => self.layers.get(..shown).unwrap_or(&self.layers),
        }
    }

    /// What 1-based layer `layer` is called, where it has a name.
    pub fn called(&self, layer: usize) -> Option<&str> {
        let place = layer.checked_sub(1)?;
        self.layer_names.get(place).map(String::as_str)
    }

    fn with<'w>(manifest: &Manifest, weights: impl Iterator<Item = &'w WeightLayer>) -> Self {
        let layer = |layer: &netbend_models::package::manifest::Layer| LayerLayout {
            features: layer.features,
            rows: layer.rows,
            columns: layer.columns,
        };
        let weight = |weight: &WeightLayer| WeightLayout {
            name: weight.name.clone(),
            role: weight.role.clone(),
            points: weight.points(),
        };
        let part = |part: &Part| PartLayout {
            name: part.name.to_string(),
            features: (1..=manifest.layers.len())
                .map(|layer| part.features(layer).len())
                .collect(),
            members: (1..=manifest.layers.len())
                .map(|layer| part.features(layer).to_vec())
                .collect(),
        };
        let clusters = |layer: &netbend_models::package::manifest::Layer| {
            let clusters = manifest.layer_clusters(layer.index);
            clusters.map_or_else(Vec::new, |group| group.clusters.clone())
        };
        Self {
            is_waveform: false,
            shown_layers: manifest.layers.len(),
            layer_names: Vec::new(),
            layer_places: Vec::new(),
            latent_size: manifest.latent_size,
            layers: manifest.layers.iter().map(layer).collect(),
            weights: weights.map(weight).collect(),
            parts: manifest.parts.iter().map(part).collect(),
            clusters: manifest.layers.iter().map(clusters).collect(),
        }
    }
}
