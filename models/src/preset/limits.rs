//! Limits that play: how many bends there may be, and what they may cost together.

use netbend_dsp::number::nearest_f64;
use serde_saphyr::Spanned;

use super::Preset;
use super::reader::Reader;
use crate::bends::selection::share_count;
use crate::bends::{Bend, LATENT_LAYER, Selection};
use crate::cluster::SoundClusters;
use crate::error::PresetError;
use crate::package::manifest::{LayerClusters, Manifest};

/// Most bends of a preset, and most bends of weights.
pub const MOST_BENDS: usize = 256;
/// Most milliseconds that the bends of a preset may take for one window, by what their transforms cost on one core of a server.
/// A window is decoded every 93 ms in Tight: about half of that time is left to the model.
pub const MOST_COST_MS: f64 = 50.0;

/// Refuses a list that is too long.
pub(super) fn count<T>(
    reader: &Reader<'_>,
    what: &str,
    found: &[Spanned<T>],
) -> Result<(), PresetError> {
    let Some(beyond) = found.get(MOST_BENDS) else {
        return Ok(());
    };
    let message = format!(
        "{} {what} found; expected at most {MOST_BENDS}: more do not play in time. Leave some out",
        found.len()
    );
    Err(reader.error(beyond, message))
}

impl Preset {
    /// Checks that a model's bends play in time: see [`MOST_COST_MS`].
    ///
    /// # Errors
    /// [`PresetError`] with the dearest bend where they take too long.
    pub fn check_cost(&self, manifest: &Manifest) -> Result<(), PresetError> {
        let (milliseconds, dearest) = cost(self, manifest);
        if milliseconds <= MOST_COST_MS {
            return Ok(());
        }
        Err(PresetError {
            file: self.source.clone(),
            line: self.lines.get(dearest).copied().unwrap_or(0),
            message: format!(
                "{} bends that take about {milliseconds:.0} ms for a window of model `{}` found, this one the most; expected at \
                 most {MOST_COST_MS} ms: they would not play in time. Bend fewer features, use smaller radii or leave some out",
                self.bends.len(),
                manifest.name
            ),
        })
    }
}

/// Milliseconds that the bends take for a window of the model, and the dearest of them by its index.
fn cost(preset: &Preset, manifest: &Manifest) -> (f64, usize) {
    let costs = preset.bends.iter().map(|bend| {
        let values = values(bend, manifest, preset.sound_clusters.as_ref());
        let mut parameters = [0.0; crate::bends::transform::MAX_PARAMETERS];
        for (value, given) in parameters.iter_mut().zip(&bend.parameters) {
            *value = *given;
        }
        let is_idle = bend.amount <= 0.0;
        let nanoseconds = bend.transform.nanoseconds_per_value(parameters) * nearest_f64(values);
        if is_idle { 0.0 } else { nanoseconds / 1e6 }
    });
    let (mut total, mut dearest) = (0.0, (0, 0.0));
    for (index, cost) in costs.enumerate() {
        total += cost;
        if cost > dearest.1 {
            dearest = (index, cost);
        }
    }
    (total, dearest.0)
}

/// How many values of the layer's activation the bend changes.
fn values(bend: &Bend, manifest: &Manifest, sound: Option<&SoundClusters>) -> usize {
    if bend.layer == LATENT_LAYER {
        return manifest.latent_size;
    }
    let Some(layer) = manifest.layers.get(bend.layer - 1) else {
        return 0;
    };
    let in_cluster = |groups: &[LayerClusters], cluster: usize| {
        let group = groups.iter().find(|group| group.layer == bend.layer);
        let members = group.and_then(|group| group.clusters.get(cluster));
        share_count(members.map_or(0, Vec::len), bend.cluster_share)
    };
    let selected = match bend.selection {
        Selection::All => layer.features,
        Selection::Random(share) => share_count(layer.features, share),
        Selection::Cluster(cluster) => in_cluster(&manifest.clusters, cluster),
        Selection::SoundCluster(cluster) => {
            sound.map_or(0, |clusters| in_cluster(&clusters.layers, cluster))
        }
        Selection::Part(name) => {
            let part = manifest.part(&name);
            let members = part.map_or(0, |part| part.features(bend.layer).len());
            share_count(members, bend.cluster_share)
        }
    };
    let features = if bend.inverted {
        layer.features.saturating_sub(selected)
    } else {
        selected
    };
    features * layer.rows * layer.columns
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bends::transform::TransformKind;
    use crate::test_support::{manifest, parts};

    fn preset(count: usize, radius: f32) -> Result<Preset, PresetError> {
        let bend = format!("- layer: 1\n  transform: dilate\n  params: [{radius}]\n");
        Preset::from_yaml(&format!("transforms:\n{}", bend.repeat(count)), "p.yaml")
    }

    #[test]
    fn more_bends_than_play_are_refused_with_how_many_there_are() {
        assert_eq!(preset(MOST_BENDS, 1.0).unwrap().bends.len(), MOST_BENDS);
        let error = preset(2_000, 1.0).unwrap_err();
        assert_eq!(error.line, 2 + 3 * MOST_BENDS as u64);
        assert!(error.message.contains("2000 bends"), "{error}");
        assert!(error.message.contains("at most 256"), "{error}");
    }

    #[test]
    fn bends_that_cost_more_than_plays_are_refused_with_the_dearest() {
        let mut manifest = manifest();
        manifest.layers[0].features = 64;
        (manifest.layers[0].rows, manifest.layers[0].columns) = (64, 257);
        let cheap = preset(8, 1.0).unwrap();
        cheap.check_cost(&manifest).unwrap();
        let error = preset(40, 64.0).unwrap().check_cost(&manifest).unwrap_err();
        assert_eq!(error.line, 2);
        assert!(error.message.contains("at most 50 ms"), "{error}");
        // What bends nothing costs nothing.
        let mut idle = preset(40, 64.0).unwrap();
        idle.bends.iter_mut().for_each(|bend| bend.amount = 0.0);
        idle.check_cost(&manifest).unwrap();
    }

    #[test]
    fn only_what_is_selected_counts() {
        let mut manifest = manifest();
        manifest.parts = parts();
        let bend = |keys: &str| {
            let text = format!("transforms:\n- layer: 2\n  transform: ablate\n{keys}");
            Preset::from_yaml(&text, "p.yaml").unwrap().bends[0].clone()
        };
        let count = |keys: &str| values(&bend(keys), &manifest, None) / (8 * 5);
        assert_eq!(count(""), 4);
        assert_eq!(count("  features: random\n  feature-param: 0.25\n"), 1);
        assert_eq!(count("  features: cluster\n  feature-param: 1\n"), 2);
        assert_eq!(count("  features: part\n  feature-param: kick\n"), 1);
        let inverted = "  features: random\n  feature-param: 0.25\n  invert-selection: true\n";
        assert_eq!(count(inverted), 3);
    }

    #[test]
    fn every_transform_costs_something() {
        for kind in TransformKind::ALL {
            let costs = [0.0, 1.0, 64.0].map(|first| kind.nanoseconds_per_value([first, 0.0]));
            assert!(
                costs.iter().all(|cost| (0.1..50.0).contains(cost)),
                "{kind:?}"
            );
        }
    }
}
