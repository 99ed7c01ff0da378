//! What a file may say for the parameters of a transform: more than a slot's knob holds.

use netbend_dsp::number::nearest_f32;
use serde_saphyr::Spanned;

use super::reader::Reader;
use crate::bends::transform::TransformKind;
use crate::error::PresetError;

/// Largest magnitude of a parameter that has no limits of its own.
const MOST: f64 = 1e6;

/// The parameters given, as many as the transform takes; `at` is where it is named.
pub(super) fn read(
    reader: &Reader<'_>,
    given: &[Spanned<f64>],
    transform: TransformKind,
    at: &Spanned<String>,
) -> Result<Vec<f32>, PresetError> {
    let expected = transform.parameters();
    if given.len() != expected.len() {
        let names: Vec<_> = expected.iter().map(|parameter| parameter.name).collect();
        let expectation = match names.len() {
            0 => "no parameters".to_owned(),
            1 => format!("1 parameter ({})", names[0]),
            count => format!("{count} parameters ({})", names.join(", ")),
        };
        let message = format!(
            "{} parameters found; {} takes {expectation}",
            given.len(),
            transform.name()
        );
        return Err(reader.error(at, message));
    }
    let mut values = Vec::with_capacity(given.len());
    for (parameter, range) in given.iter().zip(expected) {
        let (low, high, expectation) = accepted(transform);
        if !(low..=high).contains(&parameter.value) {
            let message = format!(
                "{} {} found; {} expects {expectation}",
                range.name,
                parameter.value,
                transform.name()
            );
            return Err(reader.error(parameter, message));
        }
        values.push(nearest_f32(parameter.value));
    }
    Ok(values)
}

/// The least and the most a parameter may be, and that in words.
fn accepted(transform: TransformKind) -> (f64, f64, &'static str) {
    match transform {
        TransformKind::Translate => (-1.0, 1.0, "-1 to 1"),
        // The smallest number a slot's state can hold, all but 0.
        TransformKind::Scale => (
            f64::from(f32::MIN_POSITIVE),
            MOST,
            "more than 0, up to 1000000",
        ),
        TransformKind::Rotate => (-360.0, 360.0, "-360 to 360 (degrees)"),
        TransformKind::Erode | TransformKind::Dilate => {
            (0.0, MOST, "a radius of 0 or more, up to 1000000")
        }
        TransformKind::Ablate
        | TransformKind::Invert
        | TransformKind::ScalarMultiply
        | TransformKind::BinaryThresh
        | TransformKind::FlipHorizontal
        | TransformKind::FlipVertical => (-MOST, MOST, "a number from -1000000 to 1000000"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Preset;
    use super::*;

    fn loaded(transform: &str, params: &str) -> Result<Vec<f32>, PresetError> {
        let text =
            format!("transforms:\n- layer: 1\n  transform: {transform}\n  params: {params}\n");
        Preset::from_yaml(&text, "p.yaml").map(|preset| preset.bends[0].parameters.clone())
    }

    /// Everything the format promises to load, whole radii and whole turns included.
    #[test]
    fn every_transform_takes_its_parameters() {
        for (transform, params, expected) in [
            ("ablate", "[]", &[][..]),
            ("invert", "[]", &[]),
            ("scalar-multiply", "[-250]", &[-250.0]),
            ("binary-thresh", "[0.5]", &[0.5]),
            ("binary-tresh", "[-3]", &[-3.0]),
            ("flip-h", "[]", &[]),
            ("flip-v", "[]", &[]),
            ("translate", "[-1, 1.0]", &[-1.0, 1.0]),
            ("scale", "[0.001]", &[0.001]),
            ("scale", "[40]", &[40.0]),
            ("rotate", "[360]", &[360.0]),
            ("rotate", "[-360]", &[-360.0]),
            ("erode", "[1]", &[1.0]),
            ("erode", "[0]", &[0.0]),
            ("dilate", "[64]", &[64.0]),
            ("dilate", "[200]", &[200.0]),
            ("dilate", "[1.5]", &[1.5]),
        ] {
            let found = loaded(transform, params).unwrap_or_else(|error| panic!("{error}"));
            assert_eq!(found, expected, "{transform} {params}");
        }
    }

    #[test]
    fn what_is_out_of_range_is_named_with_its_line_and_what_was_expected() {
        for (transform, params, line, expected) in [
            ("flip-h", "[1]", 3, "no parameters"),
            ("translate", "[0.5]", 3, "2 parameters (x, y)"),
            (
                "translate",
                "\n  - 0.5\n  - 1.5",
                6,
                "y 1.5 found; translate expects -1 to 1",
            ),
            ("scale", "[0]", 4, "more than 0"),
            ("scale", "[-2]", 4, "more than 0"),
            ("scale", "[1e-60]", 4, "more than 0"),
            ("rotate", "[361]", 4, "-360 to 360"),
            ("rotate", "[.nan]", 4, "-360 to 360"),
            ("erode", "[-1]", 4, "radius of 0 or more"),
            ("dilate", "[.inf]", 4, "radius of 0 or more"),
            ("scalar-multiply", "[1e9]", 4, "number"),
        ] {
            let error = loaded(transform, params).expect_err("this was to be refused");
            assert_eq!(error.line, line, "{transform} {params}: {error}");
            assert!(error.message.contains(expected), "{error}");
        }
    }
}
