//! What goes missing when a cluster is ablated: figures, and a name drawn from them.
//!
//! Offline only. Every latent is decoded clean and once for each cluster with that cluster ablated (amount 1). From the decoded
//! windows, in network units with the level taken out, so that loud and quiet windows count alike, come
//!
//! - the spectrum in six [`bands`](crate::package::bands),
//! - `parts`: where the strokes of the clean decode begin, and which frames are attack, body and tail,
//! - `change`: the change of spectral flux and power by part and band,
//! - `difference`: how far what two clusters take away differs,
//! - `name`: the words.
//!
//! Only frames that reach the latent count; the network makes up the last three of a window.

mod change;
mod difference;
mod name;
mod parts;
mod spectrogram;

use crate::bends::transform::TransformKind;
use crate::error::ModelError;
use crate::node::program::{Entry, Program};
use crate::package::bands::band_of_bin;
use crate::package::manifest::{ClusterDescription, LayerClusters, LayerDescription, Manifest};
use crate::run::bender::Bender;
pub(super) use change::{Change, Energy};
use difference::Differences;
use netbend_dsp::number::nearest_f32;
pub(super) use parts::Parts;
pub(super) use spectrogram::Spectrogram;

/// Windows decoded at once.
pub(super) const BATCH: usize = 8;

/// Ablates every cluster of `layers` on `latents` `[window, latent_size]` and puts what was measured beside them. `progress` is
/// told after each window how many are done. The same latents give the same descriptions.
///
/// # Errors
/// [`ModelError::Clusters`] without latents, or where a cluster names what the model does not have;
/// [`ModelError::Runtime`] where inference fails.
pub fn describe(
    bender: &mut Bender,
    latents: &[f32],
    layers: &mut [LayerClusters],
    mut progress: impl FnMut(usize),
) -> Result<(), ModelError> {
    let manifest = bender.manifest().clone();
    check(&manifest, latents, layers)?;
    let bands = bands_of_bins(&manifest);
    let mut clean_energy = Energy::default();
    let mut measured: Vec<Measured> = layers.iter().map(Measured::new).collect();
    for (window, latent) in latents.chunks_exact(manifest.latent_size).enumerate() {
        let clean = ablated(bender, latent, 0, &[Vec::new()])?.remove(0);
        let parts = Parts::of(&clean);
        clean_energy.add(&clean, &parts, &bands);
        for (layer, measured) in layers.iter().zip(&mut measured) {
            let without = ablated(bender, latent, layer.layer, &layer.clusters)?;
            measured.add(&clean, &without, &parts, &bands);
        }
        progress(window + 1);
    }
    let windows = latents.len() / manifest.latent_size;
    for (layer, measured) in layers.iter_mut().zip(&measured) {
        layer.description = Some(measured.description(windows, &clean_energy, &layer.clusters));
    }
    Ok(())
}

/// What is summed up over the windows for one layer.
pub(super) struct Measured {
    /// One for each cluster.
    energies: Vec<Energy>,
    differences: Differences,
}

impl Measured {
    pub(super) fn new(layer: &LayerClusters) -> Self {
        Self {
            energies: vec![Energy::default(); layer.clusters.len()],
            differences: Differences::new(layer.clusters.len()),
        }
    }

    /// Adds a window: the clean version with its parts and, for each cluster, the one without it.
    pub(super) fn add(
        &mut self,
        clean: &Spectrogram,
        without: &[Spectrogram],
        parts: &Parts,
        bands: &[usize],
    ) {
        for (energy, spectrogram) in self.energies.iter_mut().zip(without) {
            energy.add(spectrogram, parts, bands);
        }
        self.differences.add(clean, without);
    }

    pub(super) fn description(
        &self,
        windows: usize,
        clean: &Energy,
        clusters: &[Vec<usize>],
    ) -> LayerDescription {
        let changes: Vec<Change> = self
            .energies
            .iter()
            .map(|energy| Change::between(clean, energy))
            .collect();
        let empty: Vec<bool> = clusters.iter().map(Vec::is_empty).collect();
        let clusters = name::names(&changes, &empty)
            .into_iter()
            .zip(&changes)
            .enumerate()
            .map(|(cluster, (name, change))| ClusterDescription {
                name,
                change_rms_db: rounded(self.differences.change_rms_db(cluster)),
                level_db: rounded(change.level_db),
                onset_db: rounded(change.onset_db),
                sustain_db: rounded(change.sustain_db),
                tail_db: rounded(change.tail_db),
                bands_db: change.bands_db.map(rounded).to_vec(),
            })
            .collect();
        let differences_db = self
            .differences
            .rms_db()
            .into_iter()
            .map(|row| row.into_iter().map(rounded).collect())
            .collect();
        LayerDescription {
            windows,
            clusters,
            differences_db,
        }
    }
}

/// To hundredths: more would only make the file long. Never −0.
fn rounded(decibels: f64) -> f64 {
    (decibels * 100.0).round() / 100.0 + 0.0
}

fn check(manifest: &Manifest, latents: &[f32], layers: &[LayerClusters]) -> Result<(), ModelError> {
    let fail = |message: String| Err(ModelError::Clusters(message));
    if latents.is_empty() || !latents.len().is_multiple_of(manifest.latent_size) {
        return fail(format!(
            "{} numbers given to describe clusters with; expected one or more latents of {}",
            latents.len(),
            manifest.latent_size
        ));
    }
    for group in layers {
        let features = match manifest.layers.get(group.layer.wrapping_sub(1)) {
            Some(layer) => layer.features,
            None => {
                return fail(format!(
                    "clusters for layer {}, which does not exist",
                    group.layer
                ));
            }
        };
        if group.clusters.iter().flatten().any(|&f| f >= features) {
            return fail(format!(
                "a cluster of layer {} names a feature beyond its {features}",
                group.layer
            ));
        }
    }
    Ok(())
}

/// The index in [`BANDS`] of each bin.
pub(super) fn bands_of_bins(manifest: &Manifest) -> Vec<usize> {
    (0..manifest.bins)
        .map(|bin| band_of_bin(bin, manifest.fft_size, manifest.sample_rate))
        .collect()
}

/// `latent` decoded once for each of `clusters`, with that cluster ablated.
pub(super) fn ablated(
    bender: &mut Bender,
    latent: &[f32],
    layer: usize,
    clusters: &[Vec<usize>],
) -> Result<Vec<Spectrogram>, ModelError> {
    let manifest = bender.manifest().clone();
    let (mut decoded, mut spectrograms) = (Vec::new(), Vec::new());
    for batch in clusters.chunks(BATCH) {
        let mut program = Program::new();
        for (item, cluster) in batch.iter().enumerate().filter(|(_, c)| !c.is_empty()) {
            let features: Vec<f32> = cluster
                .iter()
                .map(|&feature| nearest_f32(feature))
                .collect();
            program.push(&Entry {
                layer,
                item,
                transform: TransformKind::Ablate,
                amount: 1.0,
                parameters: [0.0; crate::bends::transform::MAX_PARAMETERS],
                features: &features,
            });
        }
        bender.decode(&latent.repeat(batch.len()), &program, &mut decoded)?;
        let windows = decoded.chunks_exact(manifest.frames * manifest.bins);
        spectrograms.extend(windows.map(|units| Spectrogram::from_units(units, &manifest)));
    }
    Ok(spectrograms)
}
