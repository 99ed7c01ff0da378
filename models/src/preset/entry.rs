//! An entry of the preset's `transforms`.

use netbend_dsp::number::{cut, nearest_f32};
use serde::{Deserialize, Serialize};
use serde_saphyr::Spanned;

use super::parameters;
use super::reader::{Reader, given};
use crate::bends::drift::{DRIFT_RANGE_HZ, Drift};
use crate::bends::part_name::PartName;
use crate::bends::transform::TransformKind;
use crate::bends::{Bend, Draw, Selection};
use crate::error::PresetError;
use crate::text::nearest::quoted;

/// Highest place a bend can name.
const MAX_PLACE: u64 = 65_535;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Found {
    pub(super) layer: Spanned<u64>,
    transform: Spanned<String>,
    params: Option<Vec<Spanned<f64>>>,
    #[serde(default, deserialize_with = "given")]
    relative: Option<Spanned<bool>>,
    #[serde(default, deserialize_with = "given")]
    features: Option<Spanned<String>>,
    #[serde(rename = "feature-param", alias = "features-param")]
    feature_param: Option<Spanned<Option<Scalar>>>,
    #[serde(default, rename = "cluster-share", deserialize_with = "given")]
    cluster_share: Option<Spanned<f64>>,
    #[serde(default, rename = "invert-selection", deserialize_with = "given")]
    inverted: Option<Spanned<bool>>,
    #[serde(default, deserialize_with = "given")]
    place: Option<Spanned<u64>>,
    #[serde(default, deserialize_with = "given")]
    seed: Option<Spanned<u32>>,
    #[serde(default, deserialize_with = "given")]
    drift: Option<Spanned<f64>>,
    #[serde(default, deserialize_with = "given")]
    amount: Option<Spanned<f64>>,
}

/// network-bending leaves the selection's parameter blank for `all`, as nothing or as `""`.
#[derive(Deserialize)]
#[serde(untagged, expecting = "a number or a name was expected")]
enum Scalar {
    Number(f64),
    Text(String),
}

impl Scalar {
    /// Whether it is more than a blank.
    fn says(&self) -> bool {
        !matches!(self, Self::Text(text) if text.is_empty())
    }
}

pub(super) fn read(reader: &Reader<'_>, entry: &Found) -> Result<Bend, PresetError> {
    let transform = TransformKind::from_name(&entry.transform.value).ok_or_else(|| {
        let known = TransformKind::ALL.map(TransformKind::name);
        let message = reader.word("transform", &entry.transform.value, &known);
        reader.error(&entry.transform, message)
    })?;
    if entry.layer.value == 0 && !transform.acts_on_latent() {
        let message = format!(
            "{} on layer 0 found; on the latent act {}",
            transform.name(),
            names(TransformKind::acts_on_latent)
        );
        return Err(reader.error(&entry.transform, message));
    }
    let given = entry.params.as_deref().unwrap_or(&[]);
    let selection = selection(reader, entry)?;
    Ok(Bend {
        layer: usize::try_from(entry.layer.value).unwrap_or(usize::MAX),
        transform,
        parameters: parameters::read(reader, given, transform, &entry.transform)?,
        relative: relative(reader, entry, transform)?,
        selection,
        cluster_share: cluster_share(reader, entry, selection)?,
        inverted: entry.inverted.as_ref().is_some_and(|found| found.value),
        draw: draw(reader, entry)?,
        amount: reader.unit("amount", entry.amount.as_ref(), 1.0)?,
    })
}

/// The names of the transforms that are `wanted`.
fn names(wanted: impl Fn(TransformKind) -> bool) -> String {
    let kinds = TransformKind::ALL.into_iter().filter(|kind| wanted(*kind));
    kinds
        .map(TransformKind::name)
        .collect::<Vec<_>>()
        .join(", ")
}

fn relative(
    reader: &Reader<'_>,
    entry: &Found,
    transform: TransformKind,
) -> Result<bool, PresetError> {
    match &entry.relative {
        Some(found) if found.value && transform != TransformKind::BinaryThresh => {
            let message = format!(
                "relative found with {}; only the threshold of {} can be relative",
                transform.name(),
                TransformKind::BinaryThresh.name()
            );
            Err(reader.error(found, message))
        }
        found => Ok(found.as_ref().is_some_and(|found| found.value)),
    }
}

fn cluster_share(
    reader: &Reader<'_>,
    entry: &Found,
    selection: Selection,
) -> Result<f32, PresetError> {
    let share = reader.unit("cluster-share", entry.cluster_share.as_ref(), 1.0)?;
    match (&entry.cluster_share, selection) {
        (Some(found), Selection::All | Selection::Random(_)) => {
            let message = "cluster-share found without a cluster; expected `features: cluster`, `sound-cluster` or `part` with it";
            Err(reader.error(found, message.to_owned()))
        }
        _ => Ok(share),
    }
}

fn draw(reader: &Reader<'_>, entry: &Found) -> Result<Draw, PresetError> {
    let place = match &entry.place {
        None => None,
        Some(place) if place.value <= MAX_PLACE => usize::try_from(place.value).ok(),
        Some(place) => {
            let message = format!("place {} found; expected 0 to {MAX_PLACE}", place.value);
            return Err(reader.error(place, message));
        }
    };
    Ok(Draw {
        place,
        seed: entry.seed.as_ref().map(|seed| seed.value),
        drift: drift(reader, entry)?,
    })
}

/// How fast the draw wanders; 0, as where nothing is said, is not at all.
fn drift(reader: &Reader<'_>, entry: &Found) -> Result<Drift, PresetError> {
    let Some(found) = &entry.drift else {
        return Ok(Drift::default());
    };
    let (slowest, fastest) = DRIFT_RANGE_HZ;
    let hertz = nearest_f32(found.value);
    if hertz != 0.0 && !(slowest..=fastest).contains(&hertz) {
        let message = format!(
            "drift {} found; expected 0 or {slowest} to {fastest} (hertz)",
            found.value
        );
        return Err(reader.error(found, message));
    }
    Ok(Drift::new(hertz))
}

fn selection(reader: &Reader<'_>, entry: &Found) -> Result<Selection, PresetError> {
    let parameter = entry.feature_param.as_ref();
    let Some(features) = &entry.features else {
        return match parameter
            .filter(|parameter| parameter.value.as_ref().is_some_and(Scalar::says))
        {
            None => Ok(Selection::All),
            Some(parameter) => {
                let message = "feature-param found without features; expected `features: random`, `cluster`, `sound-cluster` or `part` with it";
                Err(reader.error(parameter, message.to_owned()))
            }
        };
    };
    let number = match parameter.and_then(|parameter| parameter.value.as_ref()) {
        Some(Scalar::Number(number)) => Some(*number),
        Some(Scalar::Text(text)) => text.trim().parse().ok(),
        None => None,
    };
    let wrong = |expectation: &str| {
        let found = match parameter.and_then(|parameter| parameter.value.as_ref()) {
            Some(Scalar::Number(number)) => number.to_string(),
            Some(Scalar::Text(text)) if !text.is_empty() => format!("`{}`", quoted(text)),
            _ => "nothing".to_owned(),
        };
        let message = format!("feature-param {found} found; {expectation}");
        match parameter {
            Some(parameter) => reader.error(parameter, message),
            None => reader.error(features, message),
        }
    };
    match features.value.as_str() {
        "all" => Ok(Selection::All),
        "random" => match number {
            Some(share) if (0.0..=1.0).contains(&share) => {
                Ok(Selection::Random(nearest_f32(share)))
            }
            _ => Err(wrong("`random` expects a proportion from 0 to 1")),
        },
        kind @ ("cluster" | "sound-cluster" | "part") if entry.layer.value == 0 => {
            let groups = if kind == "part" { "parts" } else { "clusters" };
            let message = format!(
                "features `{kind}` on layer 0 found; the latent has no {groups}, expected all or random"
            );
            Err(reader.error(features, message))
        }
        "part" => match parameter.and_then(|parameter| parameter.value.as_ref()) {
            Some(Scalar::Text(text)) => PartName::new(text).map(Selection::Part),
            _ => None,
        }
        .ok_or_else(|| wrong("`part` expects the name of one of the model's parts, such as hats")),
        kind @ ("cluster" | "sound-cluster") => match number {
            Some(index) if index >= 0.0 && index.fract() == 0.0 && index <= 65_534.0 => {
                let index = cut::<usize>(index);
                Ok(match kind {
                    "cluster" => Selection::Cluster(index),
                    _ => Selection::SoundCluster(index),
                })
            }
            _ => Err(wrong(&format!(
                "`{kind}` expects a cluster index, 0 or more"
            ))),
        },
        other => {
            let known = ["all", "random", "cluster", "sound-cluster", "part"];
            let message = reader.word("features", other, &known);
            Err(reader.error(features, message))
        }
    }
}

#[derive(Serialize)]
pub(super) struct Written<'a> {
    layer: usize,
    transform: &'a str,
    params: &'a [f32],
    #[serde(skip_serializing_if = "is_false")]
    relative: bool,
    features: &'a str,
    #[serde(rename = "feature-param", skip_serializing_if = "Option::is_none")]
    feature_param: Option<Parameter>,
    #[serde(rename = "cluster-share", skip_serializing_if = "Option::is_none")]
    cluster_share: Option<f32>,
    #[serde(rename = "invert-selection", skip_serializing_if = "is_false")]
    inverted: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    seed: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    drift: Option<f32>,
    amount: f32,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Parameter {
    Share(f32),
    Index(usize),
    Name(PartName),
}

fn is_false(value: &bool) -> bool {
    !value
}

pub(super) fn write(bend: &Bend) -> Written<'_> {
    let (features, feature_param) = match bend.selection {
        Selection::All => ("all", None),
        Selection::Random(share) => ("random", Some(Parameter::Share(share))),
        Selection::Cluster(index) => ("cluster", Some(Parameter::Index(index))),
        Selection::SoundCluster(index) => ("sound-cluster", Some(Parameter::Index(index))),
        Selection::Part(name) => ("part", Some(Parameter::Name(name))),
    };
    let of_group = matches!(
        feature_param,
        Some(Parameter::Index(_) | Parameter::Name(_))
    );
    Written {
        layer: bend.layer,
        transform: bend.transform.name(),
        params: &bend.parameters,
        relative: bend.relative,
        features,
        feature_param,
        cluster_share: (of_group && bend.cluster_share != 1.0).then_some(bend.cluster_share),
        inverted: bend.inverted,
        place: bend.draw.place,
        seed: bend.draw.seed,
        drift: (!bend.draw.drift.is_still()).then_some(bend.draw.drift.hertz()),
        amount: bend.amount,
    }
}

#[cfg(test)]
mod tests {
    use super::super::Preset;
    use super::*;
    use crate::test_support::manifest;

    fn entry(keys: &str) -> Result<Preset, PresetError> {
        let text = format!("transforms:\n- layer: 2\n  transform: ablate\n{keys}");
        Preset::from_yaml(&text, "entry.yaml")
    }

    const CLUSTER: &str = "  features: cluster\n  feature-param: 1\n";

    #[test]
    fn what_is_netbends_own_is_written_only_where_it_says_something() {
        let own = "  cluster-share: 0.5\n  invert-selection: true\n  place: 4\n  seed: 9\n";
        let bend = entry(&[CLUSTER, own].concat()).unwrap().bends[0].clone();
        assert_eq!((bend.cluster_share, bend.inverted), (0.5, true));
        assert_eq!((bend.draw.place, bend.draw.seed), (Some(4), Some(9)));
        let plain = entry(CLUSTER).unwrap();
        assert_eq!(
            (plain.bends[0].cluster_share, plain.bends[0].inverted),
            (1.0, false)
        );
        let text = plain.to_yaml();
        for key in ["cluster-share", "invert", "relative", "place", "seed: 9"] {
            assert!(!text.contains(key), "{text}");
        }

        let mut preset = plain.clone();
        let mut threshold = bend.clone();
        (threshold.transform, threshold.relative) = (TransformKind::BinaryThresh, true);
        threshold.parameters = vec![1.96];
        preset.bends = vec![bend, threshold];
        let again = Preset::from_yaml(&preset.to_yaml(), "again.yaml").unwrap();
        assert_eq!(again.bends, preset.bends);
        assert_eq!((again.place(0), plain.place(0)), (4, 0));
    }

    #[test]
    fn a_draw_that_drifts_says_how_fast() {
        let random = "  features: random\n  feature-param: 0.25\n";
        let read = |drift: &str| entry(&format!("{random}  drift: {drift}\n"));
        let preset = read("0.5").unwrap();
        assert_eq!(preset.bends[0].draw.drift, Drift::new(0.5));
        let frame = preset.bends[0].to_frame(1);
        assert_eq!(frame.target.drift.hertz(), 0.5);
        let again = Preset::from_yaml(&preset.to_yaml(), "again.yaml").unwrap();
        assert_eq!(again.bends, preset.bends);
        assert!(!read("0").unwrap().to_yaml().contains("drift"));
        for wrong in ["0.001", "-1", "9", ".nan"] {
            let error = read(wrong).unwrap_err();
            assert!(error.message.contains("0.01 to 8 (hertz)"), "{error}");
            assert_eq!(error.line, 6);
        }
    }

    #[test]
    fn a_part_goes_by_its_name_and_never_by_a_number() {
        let part = |name: &str| entry(&format!("  features: part\n  feature-param: {name}\n"));
        for (written, name) in [
            ("hats", "hats"),
            ("\"bass drum\"", "bass drum"),
            ("\"808\"", "808"),
            ("\"no\"", "no"),
        ] {
            let preset = part(written).unwrap();
            let name = PartName::new(name).unwrap();
            assert_eq!(preset.bends[0].selection, Selection::Part(name));
            assert_eq!(preset.bends[0].to_frame(1).target.part, Some(name));
            let again = Preset::from_yaml(&preset.to_yaml(), "again.yaml").unwrap();
            assert_eq!(again.bends, preset.bends, "{}", preset.to_yaml());
        }
        for (written, found) in [
            ("3", "3"),
            ("0.5", "0.5"),
            ("\"\"", "nothing"),
            ("\" hats\"", "` hats`"),
        ] {
            let error = part(written).unwrap_err();
            assert_eq!(error.line, 5);
            let expected = format!("feature-param {found} found; `part` expects the name");
            assert!(error.message.starts_with(&expected), "{error}");
        }
        let nameless = entry("  features: part\n").unwrap_err();
        assert!(
            nameless.message.contains("feature-param nothing found"),
            "{nameless}"
        );
        let shared = entry("  features: part\n  feature-param: hats\n  cluster-share: 0.5\n  invert-selection: true\n").unwrap();
        assert_eq!(
            (shared.bends[0].cluster_share, shared.bends[0].inverted),
            (0.5, true)
        );
        let again = Preset::from_yaml(&shared.to_yaml(), "again.yaml").unwrap();
        assert_eq!(again.bends, shared.bends);
        let latent = "transforms:\n- layer: 0\n  transform: ablate\n  features: part\n  feature-param: hats\n";
        let error = Preset::from_yaml(latent, "latent.yaml").unwrap_err();
        assert!(error.message.contains("the latent has no parts"), "{error}");
    }

    #[test]
    fn a_seed_of_its_own_comes_before_the_presets() {
        let seed = |keys: &str| entry(keys).unwrap().bends[0].to_frame(3).target.seed;
        assert_eq!((seed(""), seed("  seed: 9\n")), (3, 9));
    }

    #[test]
    fn layer_0_is_the_latent() {
        let text = "transforms:\n- layer: 0\n  transform: scalar-multiply\n  params: [2]\n  features: random\n  feature-param: 0.5\n";
        let preset = Preset::from_yaml(text, "latent.yaml").unwrap();
        preset.check(&manifest()).unwrap();
        for kind in TransformKind::ALL {
            let params = kind.parameters().iter().map(|_| "1").collect::<Vec<_>>();
            let text = format!(
                "transforms:\n- layer: 0\n  transform: {}\n  params: [{}]\n",
                kind.name(),
                params.join(", ")
            );
            match Preset::from_yaml(&text, "latent.yaml") {
                Ok(preset) => {
                    assert!(kind.acts_on_latent(), "{kind:?}");
                    preset.check(&manifest()).unwrap();
                }
                Err(error) => {
                    assert!(!kind.acts_on_latent(), "{error}");
                    assert_eq!(error.line, 3);
                    assert!(
                        error.message.contains("ablate, invert, scalar-multiply"),
                        "{error}"
                    );
                }
            }
        }
    }

    #[test]
    fn what_does_not_go_together_is_named_with_its_line() {
        for (keys, line, expected) in [
            ("  cluster-share: 0.5\n".to_owned(), 4, "without a cluster"),
            ([CLUSTER, "  cluster-share: 1.5\n"].concat(), 6, "0 to 1"),
            ("  relative: true\n".to_owned(), 4, "binary-thresh"),
            ("  place: 65536\n".to_owned(), 4, "0 to 65535"),
        ] {
            let error = entry(&keys).unwrap_err();
            assert_eq!(error.line, line, "{keys}: {error}");
            assert!(error.message.contains(expected), "{error}");
        }
        for kind in ["cluster", "sound-cluster"] {
            let text = format!(
                "transforms:\n- layer: 0\n  transform: ablate\n  features: {kind}\n  feature-param: 0\n"
            );
            let error = Preset::from_yaml(&text, "latent.yaml").unwrap_err();
            assert_eq!(error.line, 4);
            assert!(
                error.message.contains("the latent has no clusters"),
                "{error}"
            );
        }
    }
}
