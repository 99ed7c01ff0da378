//! The table of layers.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use serde::Deserialize;

use super::imports::Use;
use super::modules::Modules;

/// The order of one crate's modules.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Order {
    /// Folder of the crate's `lib.rs`, from the workspace's root.
    pub(super) source: PathBuf,
    /// From the ground up: a layer uses those before it. Modules of one layer do not use each other.
    order: Vec<Vec<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    house: Vec<Order>,
}

impl Order {
    pub(super) fn read(path: &Path) -> Result<Vec<Self>> {
        let named = || path.display().to_string();
        let text = std::fs::read_to_string(path).with_context(named)?;
        let table: Table = toml::from_str(&text).with_context(named)?;
        ensure!(!table.house.is_empty(), "{}: no order in it", named());
        Ok(table.house)
    }

    /// The layer of the module at `path`, and the module that the table names for it: the longest that fits.
    fn place(&self, path: &[String]) -> Option<(usize, &str)> {
        let fits = |name: &str| {
            let mut own = path.iter();
            name.split("::")
                .all(|part| own.next().is_some_and(|own| own == part))
        };
        let layers = self.order.iter().enumerate();
        let names =
            layers.flat_map(|(layer, names)| names.iter().map(move |name| (layer, name.as_str())));
        names
            .filter(|(_, name)| fits(name))
            .max_by_key(|(_, name)| name.split("::").count())
    }

    /// A line for each file that no layer names.
    pub(super) fn unplaced(&self, modules: &Modules) -> Vec<String> {
        let files = modules.files().filter(|file| !file.path.is_empty());
        let unplaced = files.filter(|file| self.place(&file.path).is_none());
        unplaced
            .map(|file| format!("{}: in no layer", self.shown(&file.name)))
            .collect()
    }

    /// What is wrong with a use, if it is.
    pub(super) fn problem(&self, modules: &Modules, one: &Use) -> Option<String> {
        let (from, to) = (modules.file(one.from), modules.file(one.to));
        let (from_layer, from_name) = self.place(&from.path)?;
        let (to_layer, to_name) = self.place(&to.path)?;
        let fault = if to_layer > from_layer {
            format!("`{to_name}` is a layer above `{from_name}`")
        } else if to_layer == from_layer && from_name != to_name {
            format!("`{to_name}` and `{from_name}` are one layer")
        } else {
            return None;
        };
        Some(format!(
            "{}:{} uses `{}` of {}: {fault}",
            self.shown(&from.name),
            one.line,
            one.what,
            self.shown(&to.name)
        ))
    }

    fn shown(&self, name: &str) -> String {
        self.source.join(name).display().to_string()
    }
}
