//! The plugin's parameters for the command line: by id, with values as text.

use std::sync::Arc;

use anyhow::{Result, bail};
use netbend_models::transform::TransformKind;
use nice_plug::params::Params as _;
use nice_plug::params::internals::ParamPtr;

use crate::params::NetbendParams;

/// The plugin's parameters by id, with values as text.
pub(super) struct ParameterSet {
    pub(super) params: Arc<NetbendParams>,
    by_id: Vec<(String, ParamPtr)>,
}

impl Default for ParameterSet {
    fn default() -> Self {
        let params = Arc::new(NetbendParams::default());
        let by_id = params
            .param_map()
            .into_iter()
            .map(|(id, pointer, _)| (id, pointer))
            .collect();
        Self { params, by_id }
    }
}

impl ParameterSet {
    fn find(&self, id: &str) -> Option<ParamPtr> {
        self.by_id
            .iter()
            .find(|(known, _)| known == id)
            .map(|(_, pointer)| *pointer)
    }

    /// The normalised value of parameter `id` that `text` stands for. Choices are matched by name,
    /// whatever their case, transforms also by their YAML name.
    pub(super) fn normalized(&self, id: &str, text: &str) -> Result<f32> {
        let Some(pointer) = self.find(id) else {
            let known: Vec<_> = self.by_id.iter().map(|(id, _)| id.as_str()).collect();
            bail!(
                "parameter `{id}` found; expected one of {}",
                known.join(", ")
            );
        };
        if let Some(choices) = self.choices(pointer) {
            // Ids have hyphens where names have spaces.
            let plain = |name: &str| name.trim().to_lowercase().replace('-', " ");
            let wanted = text.trim().to_lowercase();
            let yaml = TransformKind::from_name(&wanted)
                .filter(|_| id.starts_with("slot_transform_"))
                .map(|kind| kind as usize);
            let position = yaml.or_else(|| {
                choices
                    .iter()
                    .position(|choice| plain(choice) == plain(&wanted))
            });
            return match position {
                Some(position) => Ok(position as f32 / (choices.len() - 1) as f32),
                None => bail!(
                    "{id}: `{text}` found; expected one of {}",
                    choices.join(", ")
                ),
            };
        }
        // SAFETY: the pointer comes from `params`, which `self` keeps alive.
        let value = unsafe { pointer.string_to_normalized_value(text.trim()) };
        // SAFETY: as above.
        let shown = |value: f32| unsafe { pointer.normalized_value_to_string(value, true) };
        match value {
            // What was asked for may have been clamped to the range.
            Some(value) if is_same_number(text, &shown(value)) => Ok(value),
            _ => bail!(
                "{id}: `{text}` found; expected a value from {} to {}",
                shown(0.0),
                shown(1.0)
            ),
        }
    }

    /// Whether the parameter moves in steps.
    pub(super) fn is_stepped(&self, id: &str) -> bool {
        // SAFETY: the pointer comes from `params`, which `self` keeps alive.
        self.find(id)
            .is_some_and(|pointer| unsafe { pointer.step_count() }.is_some())
    }

    /// Sets a parameter; an unknown id is ignored.
    pub(super) fn set_normalized(&self, id: &str, value: f32) {
        if let Some(pointer) = self.find(id) {
            // SAFETY: the pointer comes from `params`, which `self` keeps alive; no host holds it.
            unsafe { pointer._internal_set_normalized_value(value) };
        }
    }

    /// The names of a choice's values in order, or `None` where the parameter is a number.
    fn choices(&self, pointer: ParamPtr) -> Option<Vec<String>> {
        let (ParamPtr::EnumParam(_) | ParamPtr::BoolParam(_)) = pointer else {
            return None;
        };
        // SAFETY: the pointer comes from `params`, which `self` keeps alive.
        let steps = unsafe { pointer.step_count() }?;
        let name = |step: usize| {
            // SAFETY: as above.
            unsafe { pointer.normalized_value_to_string(step as f32 / steps as f32, false) }
        };
        Some((0..=steps).map(name).collect())
    }
}

/// Whether two texts begin with the same number, up to what is lost in showing it; a share may be
/// written as 0–1 where it is shown in percent. Texts without a number are taken as they are.
fn is_same_number(asked: &str, shown: &str) -> bool {
    let number = |text: &str| -> Option<f32> {
        let text = text.trim();
        let end = text
            .find(|c: char| !(c.is_ascii_digit() || "+-.e".contains(c)))
            .unwrap_or(text.len());
        text[..end].parse().ok()
    };
    match (number(asked), number(shown)) {
        (Some(asked), Some(shown)) => [asked, 100.0 * asked]
            .iter()
            .any(|asked| (asked - shown).abs() <= 0.051 + 1e-3 * asked.abs()),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_written_as_the_host_shows_them_and_checked() {
        let set = ParameterSet::default();
        let value = |id, text| set.normalized(id, text).ok();
        assert_eq!(value("mix", "0.4"), Some(0.4));
        assert_eq!(value("mix", "40 %"), Some(0.4));
        assert_eq!(value("mix", "40"), Some(0.4));
        assert_eq!(value("mix", "150 %"), None);
        assert_eq!(value("mix", "-1"), None);
        assert_eq!(value("slot_layer_1", "0"), Some(0.0));
        assert_eq!(value("slot_layer_1", "latent"), Some(0.0));
        assert_eq!(value("slot_layer_1", "4"), Some(0.25));
        assert_eq!(value("slot_layer_1", "17"), None);
        assert_eq!(value("slot_on_1", "on"), Some(1.0));
        assert_eq!(value("latency", "studio"), Some(1.0));
        assert_eq!(value("slot_transform_1", "binary-thresh"), Some(0.3));
        assert_eq!(value("slot_transform_1", "Threshold"), Some(0.3));
        for kind in TransformKind::ALL {
            let position = kind as usize as f32 / (TransformKind::ALL.len() - 1) as f32;
            assert_eq!(value("slot_transform_8", kind.name()), Some(position));
        }
        assert_eq!(value("slot_invert_8", "on"), Some(1.0));
        assert_eq!(value("slot_within_8", "25 %"), Some(0.25));
        assert_eq!(value("weight_transform_2", "roll"), Some(0.8));
        assert_eq!(value("weight_amount_2", "-50 %"), Some(0.25));
        assert_eq!(value("weight_amount_2", "-0.5"), Some(0.25));
        assert_eq!(value("weight_amount_2", "150 %"), None);
        assert_eq!(value("weight_layer_1", "0"), None);
        assert_eq!(value("slot_transform_1", "explode"), None);
        assert_eq!(value("slot_selection_1", "sound-cluster"), Some(1.0));
        assert_eq!(value("slot_selection_1", "Sound cluster"), Some(1.0));
        assert_eq!(value("phase", "griffin-lim"), Some(1.0));
        assert!(value("gain", "-6 dB").is_some());
        assert_eq!(value("gain", "40 dB"), None);
        assert_eq!(value("latent_source", "walk"), Some(1.0));
        assert!(value("latent_rate", "0.1").is_some());
        assert_eq!(value("latent_rate", "9"), None);
        assert_eq!(value("nonsense", "1"), None);
    }
}
