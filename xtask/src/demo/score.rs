//! What the demo plays on the plugin: one bend that comes and goes, while the voice moves from
//! *difference* to *model* in the second half.

use anyhow::{Context, Result};
use netbend_tests::host::{Automation, Plugin};

/// The settings that stay, as one would type them.
const SETTINGS: [(&str, &str); 6] = [
    ("slot_on_1", "On"),
    ("slot_layer_1", "2"),
    ("slot_transform_1", "Multiply"),
    ("slot_selection_1", "Random"),
    ("slot_percentage_1", "40 %"),
    ("seed", "7"),
];

/// How often the automation speaks, in samples.
const STEP_SAMPLES: usize = 240;

/// Parameter curves over a sound.
pub struct Score {
    samples: usize,
}

impl Score {
    /// The score for a sound of this length.
    pub fn new(samples: usize) -> Self {
        Self { samples }
    }

    /// Slot 1's amount at `t` from 0 (start) to 1 (end).
    pub fn amount(t: f64) -> f64 {
        1.0 - (2.0 * t - 1.0).abs()
    }

    /// The voice at `t` from 0 (start) to 1 (end).
    pub fn voice(t: f64) -> f64 {
        (2.0 * t - 1.0).max(0.0)
    }

    /// Sets what does not move.
    pub fn prepare(&self, plugin: &mut Plugin) -> Result<()> {
        for (param, text) in SETTINGS {
            plugin
                .set_text(param, text)
                .with_context(|| format!("could not set {param}"))?;
        }
        Ok(())
    }

    /// What moves.
    pub fn automation(&self) -> Automation {
        Automation::default()
            .curve("slot_amount_1", self.samples, STEP_SAMPLES, Self::amount)
            .curve("voice", self.samples, STEP_SAMPLES, Self::voice)
    }

    /// The settings in words, for a caption.
    pub fn caption(&self) -> &'static str {
        "slot 1: layer 2, scalar-multiply, random 40 % of the features"
    }
}
