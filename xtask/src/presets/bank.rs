//! The bank: presets as files, `CATEGORY/NAME.yaml`, and what each says of itself.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use super::sounds::Lead;
use crate::files;

/// Presets, in the order of their paths.
pub struct Bank {
    /// All of them.
    pub presets: Vec<Preset>,
}

/// A preset.
pub struct Preset {
    /// Where it lies.
    pub path: PathBuf,
    /// The folder it lies in, and its file's name without an ending.
    pub category: String,
    /// The file's name without its ending.
    pub stem: String,
    /// What it says of itself.
    pub head: Head,
    /// The whole file.
    pub text: String,
}

/// The keys that say what a preset is.
#[derive(Deserialize)]
pub struct Head {
    /// What it is called.
    pub name: String,
    /// What it is for.
    #[serde(default)]
    pub tags: BTreeSet<String>,
    /// What it does, in a line.
    #[serde(default)]
    pub description: String,
    /// Share of the bent sound.
    #[serde(default = "whole")]
    pub mix: f32,
    #[serde(default)]
    latent: Latent,
}

#[derive(Deserialize, Default)]
struct Latent {
    #[serde(default)]
    freeze: bool,
}

fn whole() -> f32 {
    1.0
}

impl Bank {
    /// Reads the presets of a folder's folders, or those that lie in it.
    ///
    /// # Errors
    /// Where one cannot be read, or there is none.
    pub fn read(folder: &Path) -> Result<Self> {
        let mut presets = Vec::new();
        for entry in files::read_folder(folder)? {
            let path = entry.path();
            if path.is_dir() {
                for inside in files::read_folder(&path)? {
                    presets.extend(Preset::read(&inside.path())?);
                }
            } else {
                presets.extend(Preset::read(&path)?);
            }
        }
        if presets.is_empty() {
            bail!("{}: no preset found", folder.display());
        }
        Ok(Self { presets })
    }

    /// Those of these names, or all where there are none.
    ///
    /// # Errors
    /// Where a name is no preset's.
    pub fn only(mut self, names: &[String]) -> Result<Self> {
        let is = |preset: &Preset, name: &str| preset.head.name == name || preset.stem == name;
        for name in names {
            if !self.presets.iter().any(|preset| is(preset, name)) {
                bail!("`{name}` found; expected the name of a preset, or of its file");
            }
        }
        self.presets
            .retain(|preset| names.is_empty() || names.iter().any(|name| is(preset, name)));
        Ok(self)
    }
}

impl Preset {
    fn read(path: &Path) -> Result<Option<Self>> {
        if path.extension().is_none_or(|ending| ending != "yaml") {
            return Ok(None);
        }
        let context = || path.display().to_string();
        let text = fs::read_to_string(path).with_context(context)?;
        let head = serde_saphyr::from_str(&text).with_context(context)?;
        let name = |path: Option<&std::ffi::OsStr>| {
            path.unwrap_or_default().to_string_lossy().into_owned()
        };
        Ok(Some(Self {
            category: name(path.parent().and_then(Path::file_name)),
            stem: name(path.file_stem()),
            path: path.to_owned(),
            head,
            text,
        }))
    }

    /// What is played before a loop for it: what it holds is to be that loop.
    pub fn lead(&self) -> Lead {
        if self.head.latent.freeze {
            Lead::Beginning
        } else {
            Lead::End
        }
    }

    /// Whether it may be much louder or quieter.
    pub fn destroys(&self) -> bool {
        self.head.tags.contains("destroy")
    }
}
