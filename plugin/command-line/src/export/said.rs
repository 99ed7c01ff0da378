//! What is said of an export.

use anyhow::Result;
use netbend_models::Preset;
use netbend_models::bends::latent_play::LatentShape;
use netbend_models::onnx::proto::ModelProto;

use crate::print::say;

/// Says what of a preset no model holds.
pub(super) fn say_what_is_left_out(preset: &Preset) -> Result<()> {
    if preset.latent.is_active() {
        say!(
            "note: latent play, voice and mix are not part of a model; only the bends were written"
        )?;
    }
    if preset.latent.shape != LatentShape::default() {
        say!(
            "note: offsets, scales and noise of the latent are not part of a model; the preset has them, not the file"
        )?;
    }
    if preset.bends.iter().any(|bend| !bend.draw.drift.is_still()) {
        say!(
            "note: a model knows no time; what drifts was written as it stands where a song begins"
        )?;
    }
    if !preset.modulation.routes.is_empty() {
        say!("note: a model knows no time; what modulators move was written as it stands at rest")?;
    }
    Ok(())
}

/// The operator set of a model.
pub(super) fn opset(model: &ModelProto) -> i64 {
    let versions = model
        .opset_import
        .iter()
        .filter_map(|import| import.version);
    versions.max().unwrap_or(0)
}
