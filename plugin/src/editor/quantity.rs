//! A transform's parameter as the user knows it: a name, a unit, and what the knob says of it.

use netbend_models::bends::transform::{ParameterRange, TransformKind};

/// A parameter of a transform on its knob.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Quantity {
    /// What stands above the knob.
    pub name: &'static str,
    /// What turning it does to the sound.
    pub tip: &'static str,
    range: ParameterRange,
    /// The value that changes least.
    neutral: f32,
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Format {
    /// `× 1.50`
    Factor,
    /// `1.50`
    Plain,
    /// `1.50 σ`
    Deviations,
    /// `+25 %`
    SignedPercent,
    /// `+45°`
    Degrees,
}

/// The parameters of `kind`, in file order, on a model with pictures of time and frequency or on a waveform model.
pub fn of(kind: TransformKind, is_waveform: bool) -> Vec<Quantity> {
    let words = |place: usize| match (kind, place) {
        (TransformKind::Translate, 0) if is_waveform => (
            "x: features",
            "How far the features roll: at 50 % each plays the part of the one half-way round",
            0.0,
            Format::SignedPercent,
        ),
        (TransformKind::Translate, _) if is_waveform => (
            "y: time",
            "How much later the features come, 100 % is half a second: an echo where the amount is below 100 %. Below 0 they are what has not come yet: silence",
            0.0,
            Format::SignedPercent,
        ),
        (TransformKind::ScalarMultiply, _) => (
            "Factor",
            "What the features are multiplied by: × 1 changes nothing, × 0 silences, below 0 turns over",
            1.0,
            Format::Factor,
        ),
        (TransformKind::BinaryThresh, _) => (
            "Threshold",
            "Where the features switch on, in the layer's own deviation (σ): a higher threshold leaves less of the sound",
            0.0,
            Format::Deviations,
        ),
        (TransformKind::Translate, 0) => (
            "x: frequency",
            "How far the features move up in frequency, below 0 down: 100 % is the whole spectrum",
            0.0,
            Format::SignedPercent,
        ),
        (TransformKind::Translate, _) => (
            "y: time",
            "How much later the features come, below 0 earlier: 100 % is the whole window, 0.7 s",
            0.0,
            Format::SignedPercent,
        ),
        (TransformKind::Scale, _) => (
            "Scale",
            "How much larger the features grow, in frequency and time: × 1 changes nothing",
            1.0,
            Format::Factor,
        ),
        (TransformKind::Rotate, _) => (
            "Angle",
            "How far the features turn: at 90° time and frequency change places",
            0.0,
            Format::Degrees,
        ),
        (TransformKind::Erode, _) => (
            "Radius",
            "How much is eaten away from the edges: a larger radius leaves only what is broad",
            0.0,
            Format::Plain,
        ),
        (TransformKind::Dilate, _) => (
            "Radius",
            "How far peaks spread, in time and in frequency",
            0.0,
            Format::Plain,
        ),
        _ => ("Parameter", "The transform's parameter", 0.0, Format::Plain),
    };
    let quantity = |(place, range): (usize, &ParameterRange)| {
        let (name, tip, neutral, format) = words(place);
        Quantity {
            name,
            tip,
            range: *range,
            neutral,
            format,
        }
    };
    kind.parameters().iter().enumerate().map(quantity).collect()
}

impl Quantity {
    /// The knob position in `[0, 1]` that changes least.
    pub fn origin(&self) -> f32 {
        self.range.unit(self.neutral)
    }

    /// The value at knob position `unit`, with its unit.
    pub fn text(&self, unit: f32) -> String {
        let value = self.range.value(unit);
        match self.format {
            Format::Factor => format!("× {}", number(value, 2)),
            Format::Plain => number(value, 2),
            Format::Deviations => format!("{} σ", number(value, 2)),
            Format::SignedPercent => format!("{} %", signed(value * 100.0)),
            Format::Degrees => format!("{}°", signed(value)),
        }
    }

    /// The knob position of what was typed, with or without its unit.
    pub fn unit(&self, typed: &str) -> Option<f32> {
        let number: String = typed
            .chars()
            .filter(|c| !c.is_whitespace() && !"×x*%°+σ".contains(*c))
            .map(|c| match c {
                '−' => '-',
                ',' => '.',
                c => c,
            })
            .collect();
        let value: f32 = number.parse().ok()?;
        let value = match self.format {
            Format::SignedPercent => value / 100.0,
            Format::Factor | Format::Plain | Format::Deviations | Format::Degrees => value,
        };
        value.is_finite().then(|| self.range.unit(value))
    }
}

/// `value` with a true minus, never "−0", and one digit less where it is large.
fn number(value: f32, digits: usize) -> String {
    let digits = if value.abs() < 9.995 { digits } else { 1 };
    let text = format!("{value:.digits$}");
    match text.strip_prefix('-') {
        Some(rest) if rest.bytes().any(|byte| (b'1'..=b'9').contains(&byte)) => format!("−{rest}"),
        Some(rest) => rest.to_owned(),
        None => text,
    }
}

/// A whole number with its sign; one decimal near zero.
fn signed(value: f32) -> String {
    let text = if value.abs() < 9.95 {
        number(value, 1)
    } else {
        number(value.round(), 0).trim_end_matches(".0").to_owned()
    };
    if value > 0.0 && text != "0.0" {
        format!("+{text}")
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_parameter_has_a_name_of_its_own_and_a_place_where_it_does_least() {
        for kind in TransformKind::ALL {
            for is_waveform in [false, true] {
                let quantities = of(kind, is_waveform);
                assert_eq!(quantities.len(), kind.parameters().len());
                for quantity in quantities {
                    assert_ne!(quantity.name, "Parameter", "{kind:?}");
                    let neutral = quantity.range.value(quantity.origin());
                    assert!((neutral - quantity.neutral).abs() < 1e-3, "{quantity:?}");
                }
            }
        }
    }

    #[test]
    fn what_is_shown_can_be_typed() {
        let all = |is_waveform| move |kind| of(kind, is_waveform);
        let kinds = TransformKind::ALL.into_iter();
        for quantity in (kinds.clone().flat_map(all(false))).chain(kinds.flat_map(all(true))) {
            for step in 0..=20 {
                let shown = quantity.text(step as f32 / 20.0);
                let unit = quantity.unit(&shown).unwrap();
                assert_eq!(quantity.text(unit), shown, "{}", quantity.name);
            }
        }
    }

    #[test]
    fn values_are_shown_in_their_units() {
        let [x, y] = of(TransformKind::Translate, false)[..] else {
            panic!("two parameters")
        };
        assert_eq!((x.name, y.name), ("x: frequency", "y: time"));
        assert_eq!(x.text(x.unit("25 %").unwrap()), "+25 %");
        assert_eq!(x.text(x.unit("-0.004").unwrap()), "0.0 %");
        let angle = of(TransformKind::Rotate, false)[0];
        assert_eq!(angle.text(angle.unit("−90").unwrap()), "−90°");
        let factor = of(TransformKind::ScalarMultiply, false)[0];
        assert_eq!(factor.text(factor.unit("x 2,5").unwrap()), "× 2.50");
        assert_eq!(factor.unit("two"), None);
    }
}
