//! Values of parameters that are numbers.

use anyhow::{Error, Result, anyhow, bail};
use netbend_dsp::number::nearest_f32;
use nice_plug::params::internals::ParamPtr;

use super::shown::shown;

/// Bare numbers between 1 and this one are no share and hardly a percentage: they are refused.
const LEAST_PERCENTAGE: f64 = 10.0;
/// Ends of ranges are shown rounded.
const SLACK: f64 = 1e-4;

/// A number and the unit behind it, in lower case; no number where the text begins with none, or with one that is not finite.
pub(super) fn split(text: &str) -> (Option<f64>, String) {
    let text = text.trim().replace('−', "-");
    let bytes = text.as_bytes();
    let mut end = 0;
    while let Some(&byte) = bytes.get(end) {
        let after_exponent = end > 0 && matches!(bytes[end - 1], b'e' | b'E');
        let is_sign = matches!(byte, b'+' | b'-') && (end == 0 || after_exponent);
        let begins_exponent = matches!(byte, b'e' | b'E')
            && end > 0
            && matches!(bytes.get(end + 1), Some(b'0'..=b'9' | b'+' | b'-'));
        if !(byte.is_ascii_digit() || byte == b'.' || is_sign || begins_exponent) {
            break;
        }
        end += 1;
    }
    let (number, unit) = text.split_at(end);
    let number = number
        .parse()
        .ok()
        .filter(|number: &f64| number.is_finite());
    (number, unit.trim().to_lowercase())
}

/// Whether a number was written with a decimal comma.
fn has_decimal_comma(unit: &str) -> bool {
    let mut letters = unit.chars();
    letters.next() == Some(',') && letters.next().is_some_and(|letter| letter.is_ascii_digit())
}

/// What to say where there is no number that can be understood.
pub(super) fn no_number(number: Option<f64>, unit: &str, expected: &str) -> Error {
    match number {
        Some(_) if has_decimal_comma(unit) => {
            anyhow!("decimals are written with a point; expected {expected}")
        }
        Some(_) => anyhow!("the unit is unknown; expected {expected}"),
        None => anyhow!("expected {expected}"),
    }
}

/// The percentage that a bare number is taken as by [`share`], where it is no share.
pub(super) fn bare_percentage(text: &str) -> Option<f64> {
    let (number, unit) = split(text);
    number.filter(|number| unit.is_empty() && number.abs() >= LEAST_PERCENTAGE)
}

/// A share from a percentage or a bare number: up to 1 that is the share itself, from 10 on a percentage, and between it is refused.
///
/// # Errors
/// What was expected, `expected` to begin with.
pub(super) fn share(text: &str, least: f64, expected: &str) -> Result<f64> {
    let (number, unit) = split(text);
    let share = match (number, unit.as_str()) {
        (Some(number), "%") => number / 100.0,
        (Some(number), "") if number.abs() <= 1.0 => number,
        (Some(number), "") if number.abs() >= LEAST_PERCENTAGE => number / 100.0,
        (Some(number), "") => {
            bail!("expected {expected}; {number} percent are written `{number} %`");
        }
        _ => return Err(no_number(number, &unit, expected)),
    };
    if (least..=1.0).contains(&share) {
        Ok(share)
    } else {
        bail!("expected {expected}")
    }
}

/// The normalised value of a parameter that is a number with a unit.
pub(super) fn float(pointer: ParamPtr, text: &str) -> Result<f32> {
    let (least, most) = (shown(pointer, 0.0), shown(pointer, 1.0));
    let ends = [split(&least), split(&most)];
    if ends[1].1 == "%" {
        let least_share = ends[0].0.unwrap_or(0.0) / 100.0;
        let expected = format!("a number from {least_share} to 1, or {least} to {most}");
        let share = share(text, least_share, &expected)?;
        return normalized(pointer, &format!("{} %", share * 100.0), &expected);
    }
    let expected = format!("a number from {least} to {most}");
    // A fader goes down to silence, which is no number: `-inf dB`, with its unit.
    let plain = |text: &str| {
        text.to_lowercase()
            .replace(char::is_whitespace, "")
            .replace('−', "-")
    };
    let is_endless = ends[0].0.is_none();
    if is_endless && plain(text) == plain(&least) {
        return Ok(0.0);
    }
    // Frequencies are shown in kilohertz from 1 kHz on.
    let base = |(number, unit): (Option<f64>, String)| match unit.as_str() {
        "khz" => (number.map(|number| number * 1_000.0), "hz".to_owned()),
        _ => (number, unit),
    };
    let [(least, _), (most, unit)] = ends.map(base);
    let (number, found) = base(split(text));
    let Some(number) = number.filter(|_| found.is_empty() || found == unit) else {
        return Err(no_number(number, &found, &expected));
    };
    let slack = |bound: f64| SLACK * bound.abs();
    // SAFETY: the pointer comes from the parameters of a `ParameterSet`, which outlives the call.
    let lowest = is_endless.then(|| f64::from(unsafe { pointer.preview_plain(0.0) }));
    let (Some(least), Some(most)) = (least.or(lowest), most) else {
        bail!("expected {expected}");
    };
    if number < least - slack(least) || number > most + slack(most) {
        bail!("expected {expected}");
    }
    normalized(pointer, &number.to_string(), &expected)
}

/// The normalised value of a whole number; some have a name.
pub(super) fn int(pointer: ParamPtr, text: &str) -> Result<f32> {
    let (least, most) = (shown(pointer, 0.0), shown(pointer, 1.0));
    // SAFETY: the pointer comes from the parameters of a `ParameterSet`, which outlives the call.
    let ends = unsafe { (pointer.preview_plain(0.0), pointer.preview_plain(1.0)) };
    let named = |shown: &str| match split(shown).0 {
        None => format!(" ({shown})"),
        Some(_) => String::new(),
    };
    let expected = anyhow!(
        "expected a whole number from {}{} to {}{}",
        ends.0,
        named(&least),
        ends.1,
        named(&most)
    );
    // SAFETY: as above.
    let steps = unsafe { pointer.step_count() }.unwrap_or(1).max(1);
    let mut units = (0..=steps).map(|step| nearest_f32(step) / nearest_f32(steps));
    let is_name = |unit: &f32| {
        let shown = shown(pointer, *unit);
        split(&shown).0.is_none() && shown.eq_ignore_ascii_case(text)
    };
    if let Some(unit) = units.find(is_name) {
        return Ok(unit);
    }
    let (number, unit) = split(text);
    let Some(number) = number.filter(|_| unit.is_empty()) else {
        return Err(expected);
    };
    let range = f64::from(ends.0)..=f64::from(ends.1);
    if number.fract() != 0.0 || !range.contains(&number) {
        return Err(expected);
    }
    // SAFETY: as above.
    Ok(unsafe { pointer.preview_normalized(nearest_f32(number)) })
}

fn normalized(pointer: ParamPtr, text: &str, expected: &str) -> Result<f32> {
    // SAFETY: the pointer comes from the parameters of a `ParameterSet`, which outlives the call.
    let value = unsafe { pointer.string_to_normalized_value(text) };
    value
        .filter(|value| value.is_finite())
        .ok_or_else(|| anyhow!("expected {expected}"))
}
