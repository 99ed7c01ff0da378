//! YAML to [`Preset`], with the line of whatever is wrong.

use serde::Deserialize;
use serde_saphyr::Spanned;

use super::{FORMAT, Preset, PresetError};
use crate::bend::{Bend, Selection};
use crate::cluster::sound_clusters;
use crate::transform::TransformKind;

/// The file's root. Keys not listed are ignored.
#[derive(Deserialize)]
struct Root {
    netbend: Option<Spanned<u64>>,
    model: Option<Spanned<String>>,
    voice: Option<Spanned<f64>>,
    mix: Option<Spanned<f64>>,
    seed: Option<Spanned<u32>>,
    latent: Option<super::latent::Found>,
    transforms: Option<Vec<Spanned<Entry>>>,
    #[serde(rename = "sound-clusters")]
    sound_clusters: Option<sound_clusters::Read>,
}

#[derive(Deserialize)]
struct Entry {
    layer: Spanned<u64>,
    transform: Spanned<String>,
    params: Option<Vec<Spanned<f64>>>,
    features: Option<Spanned<String>>,
    #[serde(rename = "feature-param", alias = "features-param")]
    feature_param: Option<Spanned<Option<Scalar>>>,
    amount: Option<Spanned<f64>>,
}

/// network-bending leaves the selection's parameter blank for `all`, as nothing or as `""`.
#[derive(Deserialize)]
#[serde(untagged)]
enum Scalar {
    Number(f64),
    Text(String),
}

pub(super) fn read(text: &str, file: &str) -> Result<Preset, PresetError> {
    let root: Root = serde_saphyr::from_str(text).map_err(|error| PresetError {
        file: file.to_owned(),
        line: error.location().map_or(0, |location| location.line()),
        message: error.to_string(),
    })?;
    let reader = Reader { file };
    if let Some(format) = &root.netbend
        && format.value != FORMAT
    {
        let message = format!(
            "preset format {} found, {FORMAT} expected; update Netbend",
            format.value
        );
        return Err(reader.error(format, message));
    }
    if let Some(model) = &root.model
        && (model.value.is_empty()
            || model.value.contains(['/', '\\', ':'])
            || model.value.contains(".."))
    {
        let message = format!(
            "model `{}` found; expected a model's name, not a path",
            model.value
        );
        return Err(reader.error(model, message));
    }
    let defaults = Preset::default();
    let mut preset = Preset {
        model: root.model.map(|model| model.value),
        voice: reader.unit("voice", root.voice.as_ref(), defaults.voice)?,
        mix: reader.unit("mix", root.mix.as_ref(), defaults.mix)?,
        seed: root.seed.map_or(defaults.seed, |seed| seed.value),
        sound_clusters: root
            .sound_clusters
            .map(|read| read.check(file))
            .transpose()?,
        latent: super::latent::read(&reader, root.latent.as_ref())?,
        source: file.to_owned(),
        ..defaults
    };
    for entry in root.transforms.unwrap_or_default() {
        preset.lines.push(entry.value.layer.referenced.line());
        preset.bends.push(reader.bend(&entry.value)?);
    }
    Ok(preset)
}

pub(super) struct Reader<'a> {
    file: &'a str,
}

impl Reader<'_> {
    pub(super) fn error<T>(&self, at: &Spanned<T>, message: String) -> PresetError {
        PresetError {
            file: self.file.to_owned(),
            line: at.referenced.line(),
            message,
        }
    }

    /// A number in 0–1.
    pub(super) fn unit(
        &self,
        key: &str,
        found: Option<&Spanned<f64>>,
        default: f32,
    ) -> Result<f32, PresetError> {
        match found {
            None => Ok(default),
            Some(number) if (0.0..=1.0).contains(&number.value) => Ok(number.value as f32),
            Some(number) => Err(self.error(
                number,
                format!("{key} {} found; expected 0 to 1", number.value),
            )),
        }
    }

    fn bend(&self, entry: &Entry) -> Result<Bend, PresetError> {
        let transform = TransformKind::from_name(&entry.transform.value).ok_or_else(|| {
            let names: Vec<_> = TransformKind::ALL.iter().map(|kind| kind.name()).collect();
            let message = format!(
                "transform `{}` found; expected one of {}",
                entry.transform.value,
                names.join(", ")
            );
            self.error(&entry.transform, message)
        })?;
        Ok(Bend {
            layer: usize::try_from(entry.layer.value).unwrap_or(usize::MAX),
            transform,
            parameters: self.parameters(entry, transform)?,
            selection: self.selection(entry)?,
            cluster_share: 1.0,
            inverted: false,
            amount: self.unit("amount", entry.amount.as_ref(), 1.0)?,
        })
    }

    fn parameters(&self, entry: &Entry, transform: TransformKind) -> Result<Vec<f32>, PresetError> {
        let given = entry.params.as_deref().unwrap_or(&[]);
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
            return Err(self.error(&entry.transform, message));
        }
        given
            .iter()
            .map(|parameter| {
                if parameter.value.is_finite() && parameter.value.abs() <= 1e6 {
                    Ok(parameter.value as f32)
                } else {
                    let message = format!("parameter {} found; expected a number", parameter.value);
                    Err(self.error(parameter, message))
                }
            })
            .collect()
    }

    fn selection(&self, entry: &Entry) -> Result<Selection, PresetError> {
        let Some(features) = &entry.features else {
            return Ok(Selection::All);
        };
        let parameter = entry.feature_param.as_ref();
        let number = match parameter.and_then(|parameter| parameter.value.as_ref()) {
            None => None,
            Some(Scalar::Number(number)) => Some(*number),
            Some(Scalar::Text(text)) if text.is_empty() => None,
            Some(Scalar::Text(text)) => text.parse().ok(),
        };
        let wrong = |expectation: &str| {
            let found = number.map_or("nothing".to_owned(), |number| number.to_string());
            let message = format!("feature-param {found} found; {expectation}");
            match parameter {
                Some(parameter) => self.error(parameter, message),
                None => self.error(features, message),
            }
        };
        match features.value.as_str() {
            "all" => Ok(Selection::All),
            "random" => match number {
                Some(share) if (0.0..=1.0).contains(&share) => Ok(Selection::Random(share as f32)),
                _ => Err(wrong("`random` expects a proportion from 0 to 1")),
            },
            kind @ ("cluster" | "sound-cluster") => match number {
                Some(index) if index >= 0.0 && index.fract() == 0.0 && index <= 65_534.0 => {
                    let index = index as usize;
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
                let message = format!(
                    "features `{other}` found; expected all, random, cluster or sound-cluster"
                );
                Err(self.error(features, message))
            }
        }
    }
}
