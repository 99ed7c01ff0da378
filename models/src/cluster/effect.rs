//! What ablating each single feature does to the sound, as points for k-means.

use super::LayerPoints;
use super::describe::{BATCH, Change, Energy, Parts, ablated, bands_of_bins};
use crate::error::ModelError;
use crate::package::manifest::Layer;
use crate::run::bender::Bender;

/// Changes well below this count by their size, well above by their order of magnitude, in decibels.
const KNEE_DB: f64 = 0.5;

/// Ablates every feature of every layer with more than one, alone, on `latents` `[window, latent_size]`, and gives two numbers a
/// feature: how much more the onsets change than what follows them, and how much the latter changes. Both in decibels,
/// compressed as `sign(x) · ln(1 + |x| / 0.5 dB)`: most features change little, and the few that carry the whole sound would
/// otherwise stand alone.
///
/// `progress` is told after each window how many are done. Measured as clusters are described (see
/// [`describe`](super::describe::describe)). The same latents give the same points.
///
/// # Errors
/// [`ModelError::Clusters`] without latents, [`ModelError::Runtime`] where inference fails.
pub fn effect(
    bender: &mut Bender,
    latents: &[f32],
    mut progress: impl FnMut(usize),
) -> Result<Vec<LayerPoints>, ModelError> {
    let manifest = bender.manifest().clone();
    if latents.is_empty() || !latents.len().is_multiple_of(manifest.latent_size) {
        return Err(ModelError::Clusters(format!(
            "{} numbers given to measure features on; expected one or more latents of {}",
            latents.len(),
            manifest.latent_size
        )));
    }
    let bands = bands_of_bins(&manifest);
    let layers: Vec<&Layer> = manifest.layers.iter().filter(|l| l.features > 1).collect();
    let mut clean_energy = Energy::default();
    let mut energies: Vec<Vec<Energy>> = layers
        .iter()
        .map(|layer| vec![Energy::default(); layer.features])
        .collect();
    for (window, latent) in latents.chunks_exact(manifest.latent_size).enumerate() {
        let clean = ablated(bender, latent, 0, &[Vec::new()])?.remove(0);
        let parts = Parts::of(&clean);
        clean_energy.add(&clean, &parts, &bands);
        for (layer, energies) in layers.iter().zip(&mut energies) {
            let mut feature = 0;
            // A batch at a time: a whole layer's windows would take tens of megabytes.
            for energies in energies.chunks_mut(BATCH) {
                let alone: Vec<Vec<usize>> = (feature..feature + energies.len())
                    .map(|f| vec![f])
                    .collect();
                let without = ablated(bender, latent, layer.index, &alone)?;
                for (energy, spectrogram) in energies.iter_mut().zip(&without) {
                    energy.add(spectrogram, &parts, &bands);
                }
                feature += alone.len();
            }
        }
        progress(window + 1);
    }
    Ok(layers
        .into_iter()
        .zip(&energies)
        .map(|(layer, energies)| LayerPoints {
            layer: layer.clone(),
            values: energies
                .iter()
                .flat_map(|energy| point(&Change::between(&clean_energy, energy)))
                .collect(),
        })
        .collect())
}

fn point(change: &Change) -> [f64; 2] {
    [change.onset_db - change.sustain_db, change.sustain_db].map(compressed)
}

/// What is said of decibels in [`effect`].
pub(super) fn compressed(decibels: f64) -> f64 {
    (decibels.abs() / KNEE_DB).ln_1p().copysign(decibels)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(onset_db: f64, sustain_db: f64) -> [f64; 2] {
        point(&Change {
            level_db: sustain_db,
            onset_db,
            sustain_db,
            tail_db: sustain_db,
            bands_db: Default::default(),
            cells_db: Default::default(),
        })
    }

    #[test]
    fn a_change_of_level_is_no_contrast_and_signs_stay() {
        assert_eq!(of(-6.0, -6.0)[0], 0.0);
        assert!(of(-6.0, 0.0)[0] < -2.5 && of(-6.0, 0.0)[1] == 0.0);
        assert_eq!(of(6.0, 0.0)[0], -of(-6.0, 0.0)[0]);
        // Ten times as much is not ten times as far.
        assert!(of(-30.0, 0.0)[0] > 2.0 * of(-3.0, 0.0)[0] - 0.5);
    }
}
