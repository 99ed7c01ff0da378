//! The preset's `weights`.

use serde::{Deserialize, Serialize};
use serde_saphyr::Spanned;

use super::reader::{Reader, given};
use crate::bends::weights::{WeightBend, WeightTransform};
use crate::error::PresetError;

/// Highest tensor number there can be: a slot's state holds 16 bits.
const MOST_LAYERS: u64 = 65_534;
/// Seed unless told otherwise.
const USUAL_SEED: u32 = 1;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Found {
    pub(super) layer: Spanned<u64>,
    transform: Spanned<String>,
    percentage: Spanned<f64>,
    amount: Spanned<f64>,
    #[serde(default, deserialize_with = "given")]
    seed: Option<Spanned<u32>>,
}

pub(super) fn read(reader: &Reader<'_>, found: &Found) -> Result<WeightBend, PresetError> {
    let number = found.layer.value;
    if !(1..=MOST_LAYERS).contains(&number) {
        let message = format!(
            "layer {number} found; weights expect the number of a tensor, from 1 (see `netbend inspect`)"
        );
        return Err(reader.error(&found.layer, message));
    }
    let transform = WeightTransform::from_name(&found.transform.value).ok_or_else(|| {
        let names = WeightTransform::ALL.map(WeightTransform::name);
        let message = reader.word("transform of weights", &found.transform.value, &names);
        reader.error(&found.transform, message)
    })?;
    let limit = transform.amount_limit();
    let amount = found.amount.value;
    if !(-f64::from(limit)..=f64::from(limit)).contains(&amount) {
        let message = format!(
            "amount {amount} found; {} expects -{limit} to {limit}",
            transform.name()
        );
        return Err(reader.error(&found.amount, message));
    }
    Ok(WeightBend {
        layer: usize::try_from(number).unwrap_or(usize::MAX),
        transform,
        share: reader.unit("percentage", Some(&found.percentage), 0.0)?,
        amount: amount as f32,
        seed: found.seed.as_ref().map_or(USUAL_SEED, |seed| seed.value),
    })
}

#[derive(Serialize)]
pub(super) struct Written {
    layer: usize,
    transform: &'static str,
    percentage: f32,
    amount: f32,
    seed: u32,
}

pub(super) fn write(bend: &WeightBend) -> Written {
    Written {
        layer: bend.layer,
        transform: bend.transform.name(),
        percentage: bend.share,
        amount: bend.amount,
        seed: bend.seed,
    }
}

#[cfg(test)]
mod tests {
    use super::super::Preset;

    const TWO: &str = "\
weights:
- {layer: 3, transform: \"offset\", percentage: 0.1, amount: 0.5, seed: 9}
- layer: 12
  transform: roll
  percentage: 1
  amount: -1
";

    #[test]
    fn weights_are_read_and_written_back_unchanged() {
        let preset = Preset::from_yaml(TWO, "two.yaml").unwrap();
        let found: Vec<_> = preset.weights.iter().map(|w| w.to_frame()).collect();
        assert_eq!((found[0].layer, found[0].seed), (3, 9));
        assert_eq!((found[0].share, found[0].amount), (0.1, 0.5));
        assert_eq!((found[1].layer, found[1].seed), (12, 1));
        assert_eq!((found[1].share, found[1].amount), (1.0, -1.0));
        let again = Preset::from_yaml(&preset.to_yaml(), "again.yaml").unwrap();
        assert_eq!(again.weights, preset.weights);
        assert!(!Preset::default().to_yaml().contains("weights"));
    }

    #[test]
    fn wrong_weights_are_named_with_their_line_and_what_was_expected() {
        for (from, to, line, expected) in [
            ("layer: 3", "layer: 0", 2, "from 1"),
            ("layer: 12", "layer: 70000", 3, "from 1"),
            ("roll", "fold", 4, "offset, randomise"),
            ("percentage: 1\n", "percentage: 2\n", 5, "0 to 1"),
            ("amount: -1", "amount: -1.5", 6, "-1 to 1"),
            ("amount: 0.5", "amount: 4.5", 2, "-4 to 4"),
            ("amount: 0.5", "amount: .nan", 2, "-4 to 4"),
            ("  amount: -1\n", "", 5, "missing field `amount`"),
        ] {
            let text = TWO.replacen(from, to, 1);
            let error = Preset::from_yaml(&text, "bad.yaml").unwrap_err();
            assert_eq!(error.line, line, "{to}: {error}");
            assert!(error.message.contains(expected), "{to}: {error}");
        }
    }

    #[test]
    fn a_tensor_the_model_lacks_is_named_with_its_line() {
        let preset = Preset::from_yaml(TWO, "two.yaml").unwrap();
        preset.check_weights(12).unwrap();
        let error = preset.check_weights(11).unwrap_err();
        assert_eq!((error.line, error.file.as_str()), (3, "two.yaml"));
        assert!(error.message.contains("1 to 11"), "{error}");
    }
}
