//! What the demo plays on the plugin: one bend that comes and goes, while the voice moves from
//! *difference* to *model* in the second half.

use anyhow::{Context, Result};
use netbend_tests::host::{Automation, Plugin};

/// The settings that stay, as one would type them.
const SETTINGS: [(&str, &str); 7] = [
    ("slot_on_1", "On"),
    ("slot_layer_1", "2"),
    ("slot_transform_1", "Multiply"),
    ("slot_selection_1", "Random"),
    ("slot_percentage_1", "40 %"),
    ("slot_parameter_1", "100 %"),
    ("seed", "7"),
];

/// How often the automation speaks, in samples.
const STEP_SAMPLES: usize = 240;

/// One parameter over time.
pub struct Curve {
    /// What it is called in the picture.
    pub name: &'static str,
    /// The parameter's id.
    pub param: &'static str,
    /// Its value at a time from 0 (start) to 1 (end).
    pub value: fn(f64) -> f64,
}

/// Settings and curves for a sound.
pub struct Score {
    samples: usize,
}

impl Score {
    /// The score for a sound of this length.
    pub fn new(samples: usize) -> Self {
        Self { samples }
    }

    /// What moves.
    pub fn curves(&self) -> [Curve; 2] {
        [
            Curve {
                name: "amount",
                param: "slot_amount_1",
                value: |t| 1.0 - (2.0 * t - 1.0).abs(),
            },
            Curve {
                name: "voice",
                param: "voice",
                value: |t| (2.0 * t - 1.0).max(0.0),
            },
        ]
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

    /// What moves, for the host.
    pub fn automation(&self) -> Automation {
        self.curves()
            .iter()
            .fold(Automation::default(), |automation, curve| {
                automation.curve(curve.param, self.samples, STEP_SAMPLES, curve.value)
            })
    }

    /// The settings in words, for a caption.
    pub fn caption(&self) -> &'static str {
        "slot 1: a random 40 % of layer 2's features, multiplied by 10"
    }
}
