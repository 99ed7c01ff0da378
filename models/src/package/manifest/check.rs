//! What a manifest must satisfy.

use super::flaw::Flaw;
use super::parts;
use super::{
    Decibels, FORMAT, FRAMES, LEAST_SEEN_FRAME, MAX_DEVIATION, MIN_DEVIATION, Manifest, NO_LEVEL,
    Tensors, WINDOW_PEAK,
};
use crate::error::ModelError;
use crate::onnx::printed::printed;

/// Characters of a name or a version.
const LONGEST_NAME: usize = 128;
/// Decibels lie within this, either way: beyond, nothing is heard, and 32-bit floats run out.
const MOST_DB: f32 = 400.0;
/// The reference lies at least so far above the floor, in decibels: what is between is what the network tells apart.
const LEAST_RANGE_DB: f32 = 1.0;
/// Steps in which a level may move, in decibels.
const LEVEL_STEP_DB: std::ops::RangeInclusive<f32> = 0.01..=100.0;
/// Largest magnitude a value of [`LatentPrior`] may have.
const MAX_LATENT: f32 = 1e6;

impl Manifest {
    /// Holds every field to its bounds, and the fields against each other.
    ///
    /// # Errors
    /// [`ModelError::Manifest`] naming the first field that is wrong and what was expected.
    pub(crate) fn check(&self) -> Result<(), ModelError> {
        self.check_names()?;
        self.check_window()?;
        self.decibels.check()?;
        self.check_level()?;
        self.tensors.check()?;
        self.check_latent()?;
        self.check_layers()?;
        self.check_clusters()?;
        let features: Vec<_> = self.layers.iter().map(|layer| layer.features).collect();
        parts::check(&self.parts, &features)?;
        Ok(())
    }

    /// Format, name and version.
    fn check_names(&self) -> Result<(), ModelError> {
        let fail = |message: String| Err(ModelError::Manifest(message));
        if self.netbend != FORMAT {
            return Err(ModelError::Format(format!(
                "format {} found, {FORMAT} expected",
                self.netbend
            )));
        }
        if self.name.is_empty()
            || self.name.chars().count() > LONGEST_NAME
            || !self
                .name
                .chars()
                .all(|c| c.is_alphanumeric() || "-_ ".contains(c))
        {
            return fail(format!(
                "name `{}` must be letters, digits, `-`, `_` or spaces, {LONGEST_NAME} at most",
                self.name.chars().take(LONGEST_NAME).collect::<String>()
            ));
        }
        if self.version.chars().count() > LONGEST_NAME || self.version.chars().any(char::is_control)
        {
            return fail(format!(
                "a version of {} characters; expected {LONGEST_NAME} at most, all of which can be printed",
                self.version.chars().count()
            ));
        }
        Ok(())
    }

    /// Rate, sizes of the FFT and of a window, and what of it is seen.
    fn check_window(&self) -> Result<(), ModelError> {
        let fail = |message: String| Err(ModelError::Manifest(message));
        if !(8_000..=192_000).contains(&self.sample_rate)
            || !(64..=16_384).contains(&self.fft_size)
            || !self.fft_size.is_power_of_two()
            || self.hop.checked_mul(4) != Some(self.fft_size)
            || !(2..=self.fft_size / 2 + 1).contains(&self.bins)
        {
            return fail(format!(
                "rate {} Hz, FFT {}, hop {}, {} bins do not fit together; expected a power of two, a \
                 quarter of it and at most half of it plus one",
                self.sample_rate, self.fft_size, self.hop, self.bins
            ));
        }
        if !FRAMES.contains(&self.frames)
            || !(LEAST_SEEN_FRAME..self.frames).contains(&self.last_seen_frame)
        {
            return fail(format!(
                "{} frames with the last one seen at {}; expected {} to {} and an index inside, {LEAST_SEEN_FRAME} or more",
                self.frames,
                self.last_seen_frame,
                FRAMES.start(),
                FRAMES.end()
            ));
        }
        if let Some(last) = self.last_seen_bin
            && last >= self.bins
        {
            return fail(format!(
                "last_seen_bin {last}; expected an index below {}",
                self.bins
            ));
        }
        Ok(())
    }

    /// What is taken out of a window.
    fn check_level(&self) -> Result<(), ModelError> {
        let fail = |message: String| Err(ModelError::Manifest(message));
        let step = self.level.step_db;
        let steps = match self.level.kind.as_str() {
            NO_LEVEL => step.is_finite(),
            WINDOW_PEAK => LEVEL_STEP_DB.contains(&step),
            _ => false,
        };
        if !steps {
            return fail(format!(
                "level `{}` with a step of {} dB found; expected `{WINDOW_PEAK}` with a step of {} to {} dB, or `{NO_LEVEL}`",
                printed(&self.level.kind),
                self.level.step_db,
                LEVEL_STEP_DB.start(),
                LEVEL_STEP_DB.end()
            ));
        }
        Ok(())
    }

    /// The latent and its prior.
    fn check_latent(&self) -> Result<(), ModelError> {
        let fail = |message: String| Err(ModelError::Manifest(message));
        if !(1..=65_536).contains(&self.latent_size) {
            return fail(format!(
                "latent size {}; expected 1 to 65536",
                self.latent_size
            ));
        }
        if let Some(prior) = &self.latent_prior {
            for (name, values) in [("mean", &prior.mean), ("std", &prior.std)] {
                if values.len() != self.latent_size {
                    return fail(format!(
                        "latent_prior.{name} has {} values; expected the latent's {}",
                        values.len(),
                        self.latent_size
                    ));
                }
                let lowest = if name == "std" { 0.0 } else { -MAX_LATENT };
                if let Some(odd) = values.iter().find(|x| !(lowest..=MAX_LATENT).contains(*x)) {
                    return fail(format!(
                        "latent_prior.{name} holds {odd}; expected {lowest} to {MAX_LATENT}"
                    ));
                }
            }
        }
        Ok(())
    }

    /// The bendable layers.
    fn check_layers(&self) -> Result<(), ModelError> {
        let fail = |message: String| Err(ModelError::Manifest(message));
        if self.layers.is_empty() || self.layers.len() > 64 {
            return fail(format!(
                "{} bendable layers; expected 1 to 64",
                self.layers.len()
            ));
        }
        for (position, layer) in self.layers.iter().enumerate() {
            if layer.index != position + 1 {
                return fail(format!(
                    "layer {} found where {} was expected",
                    layer.index,
                    position + 1
                ));
            }
            let sizes = [layer.features, layer.rows, layer.columns];
            if sizes.iter().any(|size| !(1..=65_536).contains(size)) {
                return fail(format!(
                    "layer {}: sizes {sizes:?}; expected 1 to 65536",
                    layer.index
                ));
            }
            let deviation = layer.deviation();
            if !(MIN_DEVIATION..=MAX_DEVIATION).contains(&deviation) {
                return fail(format!(
                    "layer {}: deviation {deviation}; expected {MIN_DEVIATION} to {MAX_DEVIATION}",
                    layer.index
                ));
            }
        }
        let mut tensors: Vec<&str> = self
            .layers
            .iter()
            .map(|layer| layer.tensor.as_str())
            .collect();
        tensors.sort_unstable();
        if let Some(pair) = tensors.windows(2).find(|pair| pair[0] == pair[1]) {
            return fail(format!("two layers are the tensor `{}`", pair[0]));
        }
        Ok(())
    }

    /// The clusters of their features.
    fn check_clusters(&self) -> Result<(), ModelError> {
        let fail = |message: String| Err(ModelError::Manifest(message));
        for (position, group) in self.clusters.iter().enumerate() {
            if self.clusters[..position]
                .iter()
                .any(|other| other.layer == group.layer)
            {
                return fail(format!("clusters for layer {} twice", group.layer));
            }
            let Some(layer) = self.layers.get(group.layer.wrapping_sub(1)) else {
                return fail(format!(
                    "clusters for layer {}, which does not exist",
                    group.layer
                ));
            };
            if group
                .clusters
                .iter()
                .flatten()
                .any(|&feature| feature >= layer.features)
            {
                return fail(format!(
                    "a cluster of layer {} names a feature that does not exist",
                    group.layer
                ));
            }
            for cluster in &group.clusters {
                let mut taken = vec![false; layer.features];
                let mut features = cluster.iter();
                if let Some(twice) = features.find(|f| std::mem::replace(&mut taken[**f], true)) {
                    return fail(format!(
                        "a cluster of layer {} names feature {twice} twice",
                        group.layer
                    ));
                }
            }
            if let Some(description) = &group.description
                && let Err(problem) = description.check(group.clusters.len())
            {
                return fail(format!("layer {}: {problem}", group.layer));
            }
        }
        Ok(())
    }
}

impl Decibels {
    fn check(&self) -> Result<(), Flaw> {
        let all = [self.floor_db, self.reference_db, self.ceiling_db];
        let sane = all.iter().all(|db| (-MOST_DB..=MOST_DB).contains(db));
        let ordered = self.reference_db - self.floor_db >= LEAST_RANGE_DB
            && self.reference_db <= self.ceiling_db;
        match sane && ordered {
            true => Ok(()),
            false => Err(Flaw(format!(
                "decibel range: floor {} dB, reference {} dB, ceiling {} dB found; expected floor < reference ≤ ceiling within ±{MOST_DB} dB, the reference \
                 {LEAST_RANGE_DB} dB above the floor or more",
                self.floor_db, self.reference_db, self.ceiling_db
            ))),
        }
    }
}

impl Tensors {
    fn check(&self) -> Result<(), Flaw> {
        let named = [
            ("spectrogram", &self.spectrogram),
            ("latent_mean", &self.latent_mean),
            ("latent", &self.latent),
            ("decoded", &self.decoded),
        ];
        for (position, (key, name)) in named.iter().enumerate() {
            if name.is_empty() {
                return Err(Flaw(format!(
                    "tensors.{key} is empty; expected the name of a tensor"
                )));
            }
            // A latent may be the mean itself.
            let twice = named[..position].iter().find(|(_, n)| n == name);
            if let Some((other, _)) =
                twice.filter(|(other, _)| (*other, *key) != ("latent_mean", "latent"))
            {
                return Err(Flaw(format!(
                    "tensors.{other} and tensors.{key} are both `{}`; expected two tensors",
                    printed(name)
                )));
            }
        }
        Ok(())
    }
}
