//! What ablating a cluster takes away, as `netbend cluster` measured it.
//!
//! Every figure is a change from the clean decode to the one with the cluster ablated, in decibels: below 0 something went missing,
//! above 0 something was added. [`describe`](crate::cluster::describe) says how each is measured.

use serde::{Deserialize, Serialize};

use super::flaw::Flaw;
use crate::package::bands::BANDS;

/// Longest name of a cluster, in characters.
const LONGEST_NAME: usize = 64;
/// Largest change that a description may state, in decibels.
const MOST_DB: f64 = 1_000.0;

/// The descriptions of one layer's clusters.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LayerDescription {
    /// Number of windows measured.
    pub windows: usize,
    /// One for each cluster, in their order.
    pub clusters: Vec<ClusterDescription>,
    /// `[cluster][cluster]`: rms over bins and frames of how far two clusters' removals differ, in decibels.
    pub differences_db: Vec<Vec<f64>>,
}

/// What ablating one cluster changes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ClusterDescription {
    /// What goes missing, in a sound engineer's words: `low body`, `attacks`, `air`. Unique within its layer.
    pub name: String,
    /// Rms over bins and frames of the change, in decibels.
    pub change_rms_db: f64,
    /// Change of the power of all frames.
    pub level_db: f64,
    /// Change of the spectral flux at the onsets.
    pub onset_db: f64,
    /// Change of the power of the frames beyond the attacks.
    pub sustain_db: f64,
    /// Change of the power of the late frames among these.
    pub tail_db: f64,
    /// Change of the power of each of [`BANDS`].
    pub bands_db: Vec<f64>,
}

impl ClusterDescription {
    fn figures(&self) -> impl Iterator<Item = f64> {
        let own = [
            self.change_rms_db,
            self.level_db,
            self.onset_db,
            self.sustain_db,
            self.tail_db,
        ];
        own.into_iter().chain(self.bands_db.iter().copied())
    }
}

impl LayerDescription {
    /// Whether the description fits a layer of `clusters` clusters.
    ///
    /// # Errors
    /// What was found and what was expected.
    pub(super) fn check(&self, clusters: usize) -> Result<(), Flaw> {
        if self.clusters.len() != clusters {
            return Err(Flaw(format!(
                "{} descriptions of {clusters} clusters",
                self.clusters.len()
            )));
        }
        let square = self.differences_db.len() == clusters
            && self.differences_db.iter().all(|row| row.len() == clusters);
        if !square {
            return Err(Flaw(format!(
                "differences between clusters that are not {clusters} × {clusters}"
            )));
        }
        let differences = self.differences_db.iter().flatten();
        let changes = self.clusters.iter().flat_map(ClusterDescription::figures);
        if let Some(odd) = differences
            .copied()
            .chain(changes)
            .find(|x| !(-MOST_DB..=MOST_DB).contains(x))
        {
            return Err(Flaw(format!(
                "a description holds {odd} dB; expected a number within ±{MOST_DB}"
            )));
        }
        for (number, cluster) in self.clusters.iter().enumerate() {
            if cluster.bands_db.len() != BANDS.len() {
                return Err(Flaw(format!(
                    "cluster {number} described in {} bands; expected {}",
                    cluster.bands_db.len(),
                    BANDS.len()
                )));
            }
            let length = cluster.name.chars().count();
            if !(1..=LONGEST_NAME).contains(&length) || cluster.name.chars().any(char::is_control) {
                return Err(Flaw(format!(
                    "cluster {number} has a name of {length} characters; expected 1 to {LONGEST_NAME} that can be printed"
                )));
            }
        }
        Ok(())
    }
}
