//! Values that several modulators have.

use serde_saphyr::Spanned;

use crate::bends::modulation::MAX_SEED;
use crate::error::PresetError;
use crate::preset::reader::Reader;

/// A list of numbers in 0–1, as many as there is room for at most.
pub(super) fn units(
    reader: &Reader<'_>,
    key: &str,
    found: &Spanned<Vec<Spanned<f64>>>,
    room: &mut [f32],
) -> Result<(), PresetError> {
    if found.value.len() > room.len() {
        let (count, most) = (found.value.len(), room.len());
        let message = format!("{count} {key} found; expected at most {most}");
        return Err(reader.error(found, message));
    }
    for (own, value) in room.iter_mut().zip(&found.value) {
        *own = reader.unit(key, Some(value), 0.0)?;
    }
    Ok(())
}

/// A seed in 0–[`MAX_SEED`].
pub(super) fn seed(
    reader: &Reader<'_>,
    found: Option<&Spanned<u64>>,
    default: u32,
) -> Result<u32, PresetError> {
    let Some(found) = found else {
        return Ok(default);
    };
    let seed = u32::try_from(found.value).ok();
    seed.filter(|seed| *seed <= MAX_SEED).ok_or_else(|| {
        let message = format!("seed {} found; expected 0 to {MAX_SEED}", found.value);
        reader.error(found, message)
    })
}

/// One of some names.
pub(super) fn word<T: Copy, const N: usize>(
    reader: &Reader<'_>,
    key: &str,
    found: Option<&Spanned<String>>,
    default: T,
    known: [(&str, T); N],
) -> Result<T, PresetError> {
    let Some(found) = found else {
        return Ok(default);
    };
    match known.iter().find(|(name, _)| *name == found.value) {
        Some((_, one)) => Ok(*one),
        None => {
            let message = reader.word(key, &found.value, &known.map(|(name, _)| name));
            Err(reader.error(found, message))
        }
    }
}
