//! A preset for an instance, whether the preset's model plays yet or not. Main thread.
//!
//! Presets call the parts of a model by their names, and knobs have numbers for them. The names stand in the model's file.

use netbend_models::Preset;
use netbend_models::bends::Selection;

use super::search::part_names;
use crate::error::Error;
use crate::params::NetbendParams;
use crate::params::model::WantedModel;
use crate::params::snapshot::{Snapshot, is_of_model};
use crate::resources::Resources;

/// What a preset makes of an instance.
pub(crate) struct Settled {
    /// What is set.
    pub(crate) snapshot: Snapshot,
    /// Whether that is all. It is not where the preset names parts of a model that is not there.
    pub(crate) is_whole: bool,
}

/// What a preset makes of what is set now: see [`Snapshot::with_preset`]. Reads the outline of the model's file where the preset names parts.
///
/// # Errors
/// Where the preset asks for what the parameters cannot hold.
pub(crate) fn settle(
    preset: &Preset,
    params: &NetbendParams,
    resources: &Resources,
) -> Result<Settled, Error> {
    let names = match names_parts(preset) {
        true => part_names(resources, &wanted(preset, params)),
        false => Some(Vec::new()),
    };
    let is_known = is_of_model(preset, &params.model_name()) && params.part_names.count() > 0;
    Ok(Settled {
        is_whole: names.is_some() || is_known,
        snapshot: match names {
            Some(names) => Snapshot::with_parts(preset, params, names)?,
            None => Snapshot::with_preset(preset, params)?,
        },
    })
}

/// The model that the preset is played with.
fn wanted(preset: &Preset, params: &NetbendParams) -> WantedModel {
    let name = params.model_name();
    let sha256 = match (&preset.model_sha256, is_of_model(preset, &name)) {
        (Some(sha256), _) => sha256.clone(),
        (None, true) => params.model_sha256.text(),
        (None, false) => String::new(),
    };
    WantedModel {
        sha256,
        ..WantedModel::named(preset.model.clone().unwrap_or(name))
    }
}

/// Whether a preset needs to know what the parts of its model are called.
fn names_parts(preset: &Preset) -> bool {
    let is_part = |selection: &Selection| matches!(selection, Selection::Part(_));
    !preset.parts.is_empty() || preset.bends.iter().any(|bend| is_part(&bend.selection))
}
