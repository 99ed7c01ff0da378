//! What the measuring examples share.
#![allow(dead_code)] // Each example uses its own part.

use netbend_tests::host::{HostError, Plugin};
use netbend_usage::{process_time, resident_bytes};

/// Bends that differ from instance to instance; all of them are heard at every moment of a drum loop.
pub fn bend(plugin: &mut Plugin, instance: usize, mode: &str) -> Result<(), HostError> {
    const TRANSFORMS: [&str; 4] = ["Multiply", "Dilate", "Invert", "Ablate"];
    let layer = |slot: usize| (1 + (instance + slot) % 4).to_string();
    let settings = [
        ("latency", mode.to_owned()),
        ("slot_on_1", "On".to_owned()),
        ("slot_layer_1", layer(0)),
        ("slot_transform_1", TRANSFORMS[instance % 4].to_owned()),
        ("slot_on_2", "On".to_owned()),
        ("slot_layer_2", layer(2)),
        (
            "slot_transform_2",
            TRANSFORMS[(instance / 4) % 4].to_owned(),
        ),
        ("seed", (instance + 1).to_string()),
    ];
    for (param, text) in settings {
        plugin.set_text(param, &text)?;
    }
    Ok(())
}

/// Megabytes of this process in memory, where the system tells; 0 elsewhere.
pub fn resident_mb() -> f64 {
    resident_bytes().map_or(0.0, |bytes| bytes as f64 / 1e6)
}

/// Seconds of processor time that all threads of this process have taken, where the system tells; 0 elsewhere.
pub fn processor_seconds() -> f64 {
    process_time().unwrap_or_default().as_secs_f64()
}
