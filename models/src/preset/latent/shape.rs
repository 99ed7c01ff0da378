//! The keys of the preset's `latent` that shape a waveform model's dimensions.

use netbend_dsp::number::nearest_f32;
use serde_saphyr::Spanned;

use crate::bends::latent_play::{DIMENSIONS, LatentShape, OFFSET_RANGE, SCALE_RANGE};
use crate::error::PresetError;
use crate::preset::reader::Reader;

/// Numbers of the first dimensions; the others stay as they are at first.
type Listed = Option<Spanned<Vec<f64>>>;

pub(super) fn read(
    reader: &Reader<'_>,
    [offsets, scales]: [&Listed; 2],
) -> Result<LatentShape, PresetError> {
    let mut shape = LatentShape::default();
    for (key, found, range, values) in [
        ("offsets", offsets, OFFSET_RANGE, &mut shape.offsets),
        ("scales", scales, SCALE_RANGE, &mut shape.scales),
    ] {
        let Some(found) = found else {
            continue;
        };
        if found.value.len() > DIMENSIONS {
            let message = format!(
                "{key} of {} dimensions found; expected {DIMENSIONS} at most",
                found.value.len()
            );
            return Err(reader.error(found, message));
        }
        for (value, given) in values.iter_mut().zip(&found.value) {
            *value = nearest_f32(*given);
            let (least, most) = range;
            if !(least..=most).contains(value) {
                let message = format!("{key} hold {given}; expected {least} to {most}");
                return Err(reader.error(found, message));
            }
        }
    }
    Ok(shape)
}

/// The numbers to write: up to the last that is not as it is at first; none where all are.
pub(super) fn listed(values: &[f32], usual: f32) -> Option<Vec<f32>> {
    let last = values.iter().rposition(|value| *value != usual)?;
    Some(values[..=last].to_vec())
}
