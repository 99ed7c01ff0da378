//! What is said of clusters: which layers have how many, how large they are, and which layers have none and why.

use anyhow::Result;
use netbend_models::Manifest;
use netbend_models::cluster::adjusted_rand;
use netbend_models::package::manifest::LayerClusters;
use netbend_models::package::waveform::WaveformManifest;

use crate::print::say;

/// The layers of a model that clusters are looked for in.
pub(super) struct Layers {
    listed: Vec<Layer>,
    /// How many there are behind them.
    fine: usize,
}

struct Layer {
    number: usize,
    /// Empty where it has none.
    name: String,
    features: usize,
}

/// Where the clusters come from.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    /// They were looked for.
    Search,
    /// A file said them.
    File,
}

impl Layers {
    /// Of a spectrogram model: all of them.
    pub(super) fn of(manifest: &Manifest) -> Self {
        let layers = manifest.layers.iter().map(|layer| Layer {
            number: layer.index,
            name: String::new(),
            features: layer.features,
        });
        Self {
            listed: layers.collect(),
            fine: 0,
        }
    }

    /// Of a waveform model: those that are shown.
    pub(super) fn of_waveform(manifest: &WaveformManifest) -> Self {
        let shown = manifest.shown_layers();
        let numbered = (1..).zip(manifest.numbered_layers());
        let layers = numbered.take(shown).map(|(number, layer)| Layer {
            number,
            name: format!(" ({})", layer.name),
            features: layer.features,
        });
        Self {
            listed: layers.collect(),
            fine: manifest.numbered_layers().count() - shown,
        }
    }

    /// Says how large the clusters are, and how far those of another seed are the same; of layers without any, why.
    ///
    /// # Errors
    /// Where it cannot be printed.
    pub(super) fn report(
        &self,
        clusters: &[LayerClusters],
        others: Option<(u64, &[LayerClusters])>,
        source: Source,
    ) -> Result<()> {
        for line in self.lines(clusters, others, source) {
            say!("{line}")?;
        }
        Ok(())
    }

    fn lines(
        &self,
        clusters: &[LayerClusters],
        others: Option<(u64, &[LayerClusters])>,
        source: Source,
    ) -> Vec<String> {
        let mut lines = Vec::new();
        for layer in &self.listed {
            let found = clusters.iter().find(|group| group.layer == layer.number);
            let said = match found {
                Some(found) => sizes(found) + &agreement(found, others),
                None => format!("no clusters: {}", layer.without(source)),
            };
            lines.push(format!("layer {}{}: {said}", layer.number, layer.name));
        }
        // A file may name any layer.
        let listed = |group: &&LayerClusters| !self.listed.iter().any(|l| l.number == group.layer);
        let more = clusters.iter().filter(listed);
        lines.extend(more.map(|group| format!("layer {}: {}", group.layer, sizes(group))));
        if self.fine > 0 && source == Source::Search {
            lines.push(format!(
                "{} more layers are fine detail: no clusters are looked for there",
                self.fine
            ));
        }
        if clusters.is_empty() {
            lines.push(match source {
                Source::Search => "no layer has clusters: the model gives no features that can be told apart by these sounds; other sounds \
                                   (--data FOLDER) may tell them apart"
                    .to_owned(),
                Source::File => "no layer has clusters: the file names none".to_owned(),
            });
        }
        lines
    }
}

impl Layer {
    /// Why it has no clusters.
    fn without(&self, source: Source) -> String {
        match (source, self.features) {
            (Source::File, _) => "the file names none".to_owned(),
            (Source::Search, 0 | 1) => "it has one feature".to_owned(),
            (Source::Search, features) => {
                format!("its {features} features cannot be told apart by these sounds")
            }
        }
    }
}

/// The layers whose features fell into several clusters: one that holds all of a layer tells nothing.
pub(super) fn told_apart(clusters: Vec<LayerClusters>) -> Vec<LayerClusters> {
    let mut clusters = clusters;
    clusters.retain(|group| group.clusters.len() > 1);
    clusters
}

fn sizes(group: &LayerClusters) -> String {
    let sizes: Vec<_> = group
        .clusters
        .iter()
        .map(|features| features.len().to_string())
        .collect();
    let plural = if sizes.len() == 1 { "" } else { "s" };
    format!(
        "{} cluster{plural} of {} features",
        sizes.len(),
        sizes.join(", ")
    )
}

fn agreement(group: &LayerClusters, others: Option<(u64, &[LayerClusters])>) -> String {
    let Some((seed, others)) = others else {
        return String::new();
    };
    let other = others.iter().find(|other| other.layer == group.layer);
    let other = other.map_or(&[][..], |other| &other.clusters);
    format!(
        "; agrees with seed {seed} to {:.2} (adjusted Rand index)",
        adjusted_rand(&group.clusters, other)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layers() -> Layers {
        let layer = |number, name: &str, features| Layer {
            number,
            name: name.to_owned(),
            features,
        };
        Layers {
            listed: vec![
                layer(1, " (ear)", 4),
                layer(2, "", 3),
                layer(3, " (output)", 1),
            ],
            fine: 7,
        }
    }

    fn group(layer: usize, clusters: &[&[usize]]) -> LayerClusters {
        LayerClusters {
            layer,
            clusters: clusters.iter().map(|features| features.to_vec()).collect(),
            description: None,
        }
    }

    #[test]
    fn every_layer_is_said_to_have_so_many_or_none_and_why() {
        let found = [group(1, &[&[0, 1, 3], &[2]])];
        let said = layers().lines(&found, Some((5, &found)), Source::Search);
        let expected = [
            "layer 1 (ear): 2 clusters of 3, 1 features; agrees with seed 5 to 1.00 (adjusted Rand index)",
            "layer 2: no clusters: its 3 features cannot be told apart by these sounds",
            "layer 3 (output): no clusters: it has one feature",
            "7 more layers are fine detail: no clusters are looked for there",
        ];
        assert_eq!(said, expected);
    }

    #[test]
    fn where_nothing_is_told_apart_it_says_what_may_help() {
        let alike = vec![group(1, &[&[0, 1, 2, 3]]), group(2, &[&[0, 1, 2]])];
        let found = told_apart(alike);
        assert!(found.is_empty());
        let said = layers().lines(&found, Some((5, &found)), Source::Search);
        assert!(
            said[0].contains("4 features cannot be told apart"),
            "{said:?}"
        );
        assert!(
            said.last().is_some_and(|line| line.contains("--data")),
            "{said:?}"
        );
    }

    #[test]
    fn of_a_file_nothing_is_said_but_what_it_names() {
        let said = layers().lines(&[group(9, &[&[0]])], None, Source::File);
        let expected = [
            "layer 1 (ear): no clusters: the file names none",
            "layer 2: no clusters: the file names none",
            "layer 3 (output): no clusters: the file names none",
            "layer 9: 1 cluster of 1 features",
        ];
        assert_eq!(said, expected);
    }
}
