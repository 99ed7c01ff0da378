//! Values of switches and choices.

use anyhow::{Result, anyhow, bail};
use netbend_dsp::number::nearest_f32;
use netbend_models::bends::transform::TransformKind;
use netbend_models::text::nearest::did_you_mean;
use nice_plug::params::internals::ParamPtr;

use super::shown::shown;

const ON: [&str; 5] = ["on", "true", "yes", "1", "enabled"];
const OFF: [&str; 5] = ["off", "false", "no", "0", "disabled"];

/// A switch's normalised value.
pub(super) fn switch(text: &str) -> Result<f32> {
    let is = |words: [&str; 5]| words.iter().any(|word| text.eq_ignore_ascii_case(word));
    if is(ON) {
        Ok(1.0)
    } else if is(OFF) {
        Ok(0.0)
    } else {
        bail!("expected on or off (or true, false, yes, no, 1, 0)")
    }
}

/// A choice's normalised value: by name, whatever case and dashes, or by the name that presets use.
pub(super) fn choice(pointer: ParamPtr, text: &str) -> Result<f32> {
    // SAFETY: the pointer comes from the parameters of a `ParameterSet`, which outlives the call.
    let steps = unsafe { pointer.step_count() }.unwrap_or(1).max(1);
    let names: Vec<String> = (0..=steps)
        .map(|step| shown(pointer, nearest_f32(step) / nearest_f32(steps)))
        .collect();
    let wanted = plain(text);
    let named = names.iter().position(|name| plain(name) == wanted);
    let position = named.or_else(|| in_presets(&names, &wanted));
    match position {
        Some(position) => Ok(nearest_f32(position) / nearest_f32(steps)),
        None => {
            let list = format!("expected one of {}", names.join(", "));
            let known = names.iter().map(String::as_str);
            Err(match did_you_mean(text, known, String::new).as_str() {
                "" => anyhow!(list),
                hint => anyhow!("{list}; {hint}"),
            })
        }
    }
}

/// Transforms have another name in presets.
fn in_presets(names: &[String], wanted: &str) -> Option<usize> {
    let kinds = TransformKind::ALL;
    let own = kinds.len() == names.len() && names.first().is_some_and(|name| name == "Ablate");
    let is_wanted = |kind: &TransformKind| plain(kind.name()) == wanted;
    let alias = TransformKind::from_name(&wanted.replace(' ', "-"));
    let found = alias.or_else(|| kinds.into_iter().find(is_wanted));
    found.filter(|_| own).map(|kind| kind as usize)
}

/// Ids have hyphens or underscores where names have spaces.
fn plain(name: &str) -> String {
    name.trim().to_lowercase().replace(['-', '_'], " ")
}
