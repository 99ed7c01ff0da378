//! One sequencer.

use netbend_dsp::number::low_bits;
use serde::{Deserialize, Serialize};
use serde_saphyr::Spanned;

use super::clock;
use super::value::units;
use crate::bends::modulation::{STEPS, Sequencer};
use crate::error::PresetError;
use crate::preset::reader::{Reader, given};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Found {
    #[serde(default, deserialize_with = "given")]
    values: Option<Spanned<Vec<Spanned<f64>>>>,
    #[serde(default, deserialize_with = "given")]
    length: Option<Spanned<u64>>,
    #[serde(default, deserialize_with = "given")]
    step: Option<Spanned<String>>,
    #[serde(default, deserialize_with = "given")]
    hertz: Option<Spanned<f64>>,
    #[serde(default, deserialize_with = "given")]
    glide: Option<Spanned<f64>>,
    #[serde(default, deserialize_with = "given")]
    swing: Option<Spanned<f64>>,
    #[serde(default, deserialize_with = "given")]
    retrigger: Option<Spanned<String>>,
}

pub(super) fn read(reader: &Reader<'_>, found: Option<&Found>) -> Result<Sequencer, PresetError> {
    let mut sequencer = Sequencer::default();
    let Some(found) = found else {
        return Ok(sequencer);
    };
    if let Some(values) = &found.values {
        units(reader, "values", values, &mut sequencer.values)?;
    }
    if let Some(length) = &found.length {
        if !(1..=STEPS as u64).contains(&length.value) {
            let message = format!("length {} found; expected 1 to {STEPS}", length.value);
            return Err(reader.error(length, message));
        }
        sequencer.length = low_bits::<usize>(length.value);
    }
    let (step, hertz) = (found.step.as_ref(), found.hertz.as_ref());
    sequencer.step = clock::rate(reader, "step", step, hertz, sequencer.step)?;
    sequencer.glide = reader.unit("glide", found.glide.as_ref(), sequencer.glide)?;
    sequencer.swing = reader.unit("swing", found.swing.as_ref(), sequencer.swing)?;
    sequencer.retrigger = clock::retrigger(reader, found.retrigger.as_ref())?;
    Ok(sequencer)
}

#[derive(Serialize)]
pub(super) struct Written {
    values: [f32; STEPS],
    length: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    step: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hertz: Option<f32>,
    glide: f32,
    swing: f32,
    retrigger: &'static str,
}

/// The sequencer to write; none where it is as it is at first.
pub(super) fn write(sequencer: &Sequencer) -> Option<Written> {
    let (step, hertz) = clock::written(sequencer.step);
    (*sequencer != Sequencer::default()).then(|| Written {
        values: sequencer.values,
        length: sequencer.length,
        step,
        hertz,
        glide: sequencer.glide,
        swing: sequencer.swing,
        retrigger: sequencer.retrigger.name(),
    })
}
