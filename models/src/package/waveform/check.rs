//! What the manifest of a waveform model must satisfy.

use super::{FORMAT, Half, LayerKind, WaveformManifest, count};
use crate::error::ModelError;
use crate::onnx::printed::printed;

/// Samples of a block.
const BLOCKS: std::ops::RangeInclusive<usize> = 16..=32_768;
/// Rates in hertz.
const RATES: std::ops::RangeInclusive<u32> = 8_000..=192_000;
const MOST_LATENT: usize = 1_024;
const MOST_STATES: usize = 1_000;
/// Numbers of all states.
const MOST_STATE_NUMBERS: usize = 16_000_000;
/// Numbers that are drawn in a block.
const MOST_NOISE: usize = 4_000_000;
const MOST_LAYERS: usize = 1_000;
const MOST_WEIGHTS: usize = 4_000;
/// Seconds that a model may be late.
const LONGEST_LATENCY: i64 = 10;
const LONGEST_NAME: usize = 200;

fn fail<T>(message: String) -> Result<T, ModelError> {
    Err(ModelError::Manifest(message))
}

impl WaveformManifest {
    /// Holds every field to its bounds, and the fields against each other.
    pub(super) fn check(&self) -> Result<(), ModelError> {
        self.check_sizes()?;
        self.check_streams()?;
        self.check_layers()?;
        self.check_weights()?;
        self.check_latency()?;
        self.check_clusters()
    }

    fn check_sizes(&self) -> Result<(), ModelError> {
        if self.netbend != FORMAT {
            return Err(ModelError::Format(format!(
                "format {} found, {FORMAT} expected",
                self.netbend
            )));
        }
        for text in [&self.name, &self.version] {
            let length = text.chars().count();
            if length > LONGEST_NAME || text.chars().any(char::is_control) {
                return fail(format!(
                    "a name or version of {length} characters; expected {LONGEST_NAME} at most, all of which can be printed"
                ));
            }
        }
        if self.name.is_empty() {
            return fail("`name` is empty; expected a name".into());
        }
        if !RATES.contains(&self.sample_rate) {
            return fail(format!(
                "sample_rate {}; expected {} to {} Hz",
                self.sample_rate,
                RATES.start(),
                RATES.end()
            ));
        }
        let whole = self.ratio > 0 && self.block.is_multiple_of(self.ratio);
        if !BLOCKS.contains(&self.block) || !whole {
            return fail(format!(
                "blocks of {} samples at a ratio of {} found; expected {} to {} samples, a multiple of the ratio",
                self.block,
                self.ratio,
                BLOCKS.start(),
                BLOCKS.end()
            ));
        }
        if !(1..=MOST_LATENT).contains(&self.latent_size) {
            return fail(format!(
                "latent size {}; expected 1 to {MOST_LATENT}",
                self.latent_size
            ));
        }
        let channels = [self.channels_in, self.channels_out];
        if channels.iter().any(|count| !(1..=2).contains(count)) {
            return fail(format!(
                "{} channels in and {} out; expected 1 or 2",
                self.channels_in, self.channels_out
            ));
        }
        Ok(())
    }

    fn check_streams(&self) -> Result<(), ModelError> {
        if self.states.len() > MOST_STATES {
            return fail(format!(
                "{} states; at most {MOST_STATES} are accepted",
                self.states.len()
            ));
        }
        if let Some(odd) = self.states.iter().find(|state| state.element != "float32") {
            return fail(format!(
                "state `{}` holds {}; expected float32",
                printed(&odd.name),
                printed(&odd.element)
            ));
        }
        let all = |counts: &mut dyn Iterator<Item = usize>| counts.fold(0, usize::saturating_add);
        let kept = all(&mut self.states.iter().map(|state| count(&state.shape)));
        let drawn = all(&mut self.noise.iter().map(|noise| count(&noise.shape)));
        if kept > MOST_STATE_NUMBERS || drawn > MOST_NOISE {
            return fail(format!(
                "{kept} numbers of state and {drawn} of noise; at most {MOST_STATE_NUMBERS} and {MOST_NOISE} are accepted"
            ));
        }
        Ok(())
    }

    fn check_layers(&self) -> Result<(), ModelError> {
        if self.layers.len() > MOST_LAYERS {
            return fail(format!(
                "{} layers; at most {MOST_LAYERS} are accepted",
                self.layers.len()
            ));
        }
        for (place, layer) in self.layers.iter().enumerate() {
            if layer.index != place + 1 {
                return fail(format!(
                    "layer {} found where {} was expected",
                    layer.index,
                    place + 1
                ));
            }
            let sizes = [layer.features, layer.steps];
            let fits = sizes.iter().all(|size| (1..=65_536).contains(size));
            if !fits || !(1..=2).contains(&layer.rows) {
                return fail(format!(
                    "layer {}: {} rows, {} features, {} steps; expected 1 or 2 rows, and 1 to 65536 of the others",
                    layer.index, layer.rows, layer.features, layer.steps
                ));
            }
        }
        let mut latents = (self.layers.iter()).filter(|layer| layer.kind == LayerKind::Latent);
        let is_latent = latents.next().is_some_and(|layer| {
            layer.half == Half::Encoder && layer.tensor == self.tensors.latent
        });
        if !is_latent || latents.next().is_some() {
            return fail("expected one layer of the kind `latent`, in the encoder".into());
        }
        if self.numbered_layers().next().is_none() {
            return fail("no bendable layers; expected one at least".into());
        }
        Ok(())
    }

    fn check_weights(&self) -> Result<(), ModelError> {
        if self.weights.len() > MOST_WEIGHTS {
            return fail(format!(
                "{} tensors of weights; at most {MOST_WEIGHTS} are accepted",
                self.weights.len()
            ));
        }
        let mut weights = self.weights.iter();
        match weights.find(|weight| count(&weight.shape) != weight.size) {
            Some(odd) => fail(format!(
                "weight `{}` of {:?} is said to hold {} numbers",
                printed(&odd.name),
                odd.shape,
                odd.size
            )),
            None => Ok(()),
        }
    }

    fn check_latency(&self) -> Result<(), ModelError> {
        let most = LONGEST_LATENCY * i64::from(self.sample_rate);
        match self.latency.samples {
            Some(samples) if !(0..=most).contains(&samples) => fail(format!(
                "a latency of {samples} samples; expected 0 to {most}"
            )),
            _ => Ok(()),
        }
    }

    fn check_clusters(&self) -> Result<(), ModelError> {
        let layers: Vec<_> = self.numbered_layers().collect();
        for group in &self.clusters {
            let place = group.layer.checked_sub(1);
            let Some(layer) = place.and_then(|place| layers.get(place)) else {
                return fail(format!(
                    "clusters for layer {}, which does not exist",
                    group.layer
                ));
            };
            let mut features = group.clusters.iter().flatten();
            if features.any(|&feature| feature >= layer.features) {
                return fail(format!(
                    "a cluster of layer {} names a feature that does not exist",
                    group.layer
                ));
            }
        }
        Ok(())
    }
}
