//! What `netbend_training evaluate --parts` found out about a model.

use std::path::Path;

use anyhow::{Context, Result};
use serde::Deserialize;

/// A model, part by part.
#[derive(Debug, Deserialize)]
pub struct Network {
    /// The model's name and version.
    pub model: String,
    /// How many patterns were played.
    pub patterns: usize,
    /// In the model's order, as far as they play in any pattern.
    pub parts: Vec<Part>,
}

/// What taking one part out does.
#[derive(Debug, Deserialize)]
pub struct Part {
    /// The part.
    pub name: String,
    /// By the ideal ratio mask.
    pub ideal: Taken,
    /// By ablating its features of one layer; empty where the model has no parts.
    #[serde(default)]
    pub layers: Vec<Layer>,
    /// The layer with the most gain.
    pub best_layer: Option<usize>,
    /// By ablating its features of all layers.
    pub all_layers: Option<Taken>,
    /// Of a model without parts: by ablating the cluster that helps most.
    pub cluster: Option<Cluster>,
}

/// What a gain does to a mix, in decibels, medians.
#[derive(Debug, Deserialize)]
pub struct Taken {
    /// The part's energy, against what it was.
    pub lowered: f64,
    /// The energy of what changed in the rest, against the rest.
    pub harmed: f64,
    /// How much nearer to the rest the mix has come: the distortion ratio's rise.
    pub gain: f64,
}

/// One layer.
#[derive(Debug, Deserialize)]
pub struct Layer {
    /// Counted from 1.
    pub layer: usize,
    /// What ablating does there.
    #[serde(flatten)]
    pub taken: Taken,
}

/// One cluster.
#[derive(Debug, Deserialize)]
pub struct Cluster {
    /// Which one.
    pub name: String,
    /// What ablating it does.
    #[serde(flatten)]
    pub taken: Taken,
}

#[derive(Deserialize)]
struct Figures {
    parts: Network,
}

impl Network {
    /// Reads what `evaluate --json` wrote.
    ///
    /// # Errors
    /// Where that is not there, or something else.
    pub fn read(file: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(file)
            .with_context(|| format!("could not read {}", file.display()))?;
        Self::parse(&text)
    }

    fn parse(text: &str) -> Result<Self> {
        let figures: Figures =
            serde_json::from_str(text).context("the figures are not what was expected")?;
        Ok(figures.parts)
    }

    /// The parts that the model has.
    pub fn part_names(&self) -> Vec<&str> {
        let trained = self.parts.iter().filter(|part| !part.layers.is_empty());
        trained.map(|part| part.name.as_str()).collect()
    }
}

/// Of a model with the parts *kick* and *hats*, the latter on two layers, and of one without.
#[cfg(test)]
pub fn examples() -> [Network; 2] {
    let taken = r#""gain": 2.5, "lowered": -8.04, "harmed": -18.0"#;
    let part = |name: &str| {
        format!(
            r#"{{"name": "{name}", "ideal": {{{taken}}}, "best_layer": 2, "all_layers": {{{taken}}},
            "layers": [{{"layer": 1, "gain": -0.04, "lowered": -3.0, "harmed": -20.0}}, {{"layer": 2, {taken}}}]}}"#
        )
    };
    let cluster = format!(
        r#"{{"name": "hats", "ideal": {{{taken}}}, "cluster": {{"name": "layer 3, cluster 0", "gain": -3.5, "lowered": -4.0, "harmed": -14.8}}}}"#
    );
    let parts = format!("{}, {}", part("kick"), part("hats"));
    [("new 2", parts), ("old 1", cluster)].map(|(model, parts)| {
        let text =
            format!(r#"{{"parts": {{"model": "{model}", "patterns": 40, "parts": [{parts}]}}}}"#);
        Network::parse(&text).unwrap()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_without_parts_has_no_names() {
        let [new, old] = examples();
        assert_eq!(new.part_names(), ["kick", "hats"]);
        assert!(old.part_names().is_empty());
        assert_eq!(old.parts[0].cluster.as_ref().unwrap().taken.lowered, -4.0);
    }
}
