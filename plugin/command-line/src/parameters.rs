//! The plugin's parameters for the command line: by id, with values as text.
//!
//! A value is written as the host shows it: `40 %`, `-6 dB`, `200 Hz`, `on`, `griffin-lim`. What such a text stands for is checked here and
//! not left to the parameters, which bring everything into their range in silence.

mod choice;
mod list;
mod number;
mod shown;
mod slot;

use std::sync::Arc;

use anyhow::{Result, anyhow, bail};
use netbend_models::text::nearest::{did_you_mean, quoted};
use nice_plug::params::Params as _;
use nice_plug::params::internals::ParamPtr;

use netbend::offline::NetbendParams;
use shown::shown;

pub(super) use list::{Arguments as ListArguments, run as list};

/// The plugin's parameters by id.
pub struct ParameterSet {
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
    /// The parameters as they stand.
    pub fn params(&self) -> &NetbendParams {
        &self.params
    }

    /// Carries out every `ID=VALUE` in order, those that count in a transform's own units last. Returns what is worth a word: what
    /// knobs of transforms came to mean, what was set twice.
    ///
    /// # Errors
    /// What was found and what was expected.
    pub(super) fn set_all(&self, settings: &[String]) -> Result<Vec<String>> {
        let mut pairs = Vec::with_capacity(settings.len());
        for setting in settings {
            let (id, value) = setting
                .split_once('=')
                .ok_or_else(|| anyhow!("--set {}: expected ID=VALUE", quoted(setting)))?;
            pairs.push((id.trim(), value));
        }
        let mut notes = Vec::new();
        for (index, (id, _)) in pairs.iter().enumerate() {
            let mut later = pairs[index + 1..].iter();
            let is_first = !pairs[..index].iter().any(|(before, _)| before == id);
            if is_first && let Some((_, value)) = later.rfind(|(other, _)| other == id) {
                notes.push(format!(
                    "--set {id} is given more than once; the last one (`{}`) counts",
                    quoted(value)
                ));
            }
        }
        let (knobs, plain): (Vec<_>, Vec<_>) = pairs
            .into_iter()
            .partition(|(id, _)| slot::Knob::of(id).is_some());
        for (id, value) in plain.into_iter().chain(knobs.iter().copied()) {
            let normalized = self.normalized(id, value)?;
            self.set_normalized(id, normalized);
            notes.extend(self.taken_as_percentage(id, value));
        }
        let mut said = Vec::new();
        for (id, _) in knobs {
            if !said.contains(&id) {
                said.push(id);
                notes.extend(slot::Knob::of(id).map(|knob| knob.said(id, &self.params)));
            }
        }
        Ok(notes)
    }

    fn find(&self, id: &str) -> Option<ParamPtr> {
        self.by_id
            .iter()
            .find(|(known, _)| known == id)
            .map(|(_, pointer)| *pointer)
    }

    /// The normalised value of parameter `id` that `text` stands for.
    ///
    /// # Errors
    /// What was found and what was expected.
    pub(super) fn normalized(&self, id: &str, text: &str) -> Result<f32> {
        let Some(pointer) = self.find(id) else {
            if let Some((stem, most)) = self.numbered_like(id) {
                bail!(
                    "parameter `{}` found; there are only 1 to {most} (`{stem}_1` to `{stem}_{most}`)",
                    quoted(id)
                );
            }
            let known = self.by_id.iter().map(|(id, _)| id.as_str());
            let all = "`netbend parameters` lists them all";
            match did_you_mean(id, known, String::new).as_str() {
                "" => bail!("parameter `{}` found; {all}", quoted(id)),
                hint => bail!("parameter `{}` found; {hint} ({all})", quoted(id)),
            }
        };
        let text = text.trim();
        let value = match (slot::Knob::of(id), pointer) {
            (Some(knob), _) => knob.position(text, &self.params),
            (None, ParamPtr::FloatParam(_)) => number::float(pointer, text),
            (None, ParamPtr::IntParam(_)) => number::int(pointer, text),
            (None, ParamPtr::BoolParam(_)) => choice::switch(text),
            (None, ParamPtr::EnumParam(_)) => choice::choice(pointer, text),
        };
        value.map_err(|wrong| anyhow!("{id}: `{}` found; {wrong}", quoted(text)))
    }

    /// The beginning and the highest number of the parameters that `id` would be one of, if its number were not.
    fn numbered_like<'i>(&self, id: &'i str) -> Option<(&'i str, usize)> {
        let (stem, number) = id.rsplit_once('_')?;
        let is_number = !number.is_empty() && number.bytes().all(|digit| digit.is_ascii_digit());
        let alike = self.by_id.iter().filter_map(|(known, _)| {
            let (known, number) = known.rsplit_once('_')?;
            number.parse().ok().filter(|_| known == stem)
        });
        alike.max().filter(|_| is_number).map(|most| (stem, most))
    }

    /// What to say where a bare number, which `id` took, was a percentage to it.
    pub(super) fn taken_as_percentage(&self, id: &str, text: &str) -> Option<String> {
        let number = number::bare_percentage(text)?;
        let is_share = slot::Knob::of(id).is_some()
            || self
                .find(id)
                .is_some_and(|pointer| shown(pointer, 1.0).ends_with('%'));
        is_share.then(|| {
            format!(
                "{id}: `{number}` is taken as {number} %; write `{number} %`, or a share up to 1"
            )
        })
    }

    /// The parameter that chooses the transform in whose own units `text` sets `id`, if it does.
    pub(super) fn transform_that_counts(&self, id: &str, text: &str) -> Option<String> {
        slot::Knob::of(id).and_then(|knob| knob.transform_that_counts(text))
    }

    /// Whether the parameter moves in steps.
    pub(super) fn is_stepped(&self, id: &str) -> bool {
        // SAFETY: the pointer comes from `params`, which `self` keeps alive.
        self.find(id)
            .is_some_and(|pointer| unsafe { pointer.step_count() }.is_some())
    }

    /// The parameter's normalised value; 0 for an unknown id.
    pub(super) fn normalized_now(&self, id: &str) -> f32 {
        // SAFETY: the pointer comes from `params`, which `self` keeps alive.
        self.find(id).map_or(0.0, |pointer| unsafe {
            pointer.unmodulated_normalized_value()
        })
    }

    /// Sets a parameter; an unknown id is ignored.
    pub(super) fn set_normalized(&self, id: &str, value: f32) {
        if let Some(pointer) = self.find(id) {
            // SAFETY: the pointer comes from `params`, which `self` keeps alive; no host holds it.
            unsafe { pointer._internal_set_normalized_value(value) };
        }
    }
}

#[cfg(test)]
mod tests;
