//! The modules of a crate that lie in files, found from its root by their `mod` lines.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use syn::{Attribute, Item, Meta};

/// A module's file.
pub(super) struct File {
    /// The module's path without `crate`; empty for the root.
    pub(super) path: Vec<String>,
    /// The file's name within the source folder.
    pub(super) name: String,
    pub(super) syntax: syn::File,
}

/// All of them.
pub(super) struct Modules {
    files: Vec<File>,
    by_path: HashMap<Vec<String>, usize>,
}

impl Modules {
    /// Those of the crate whose `lib.rs` or `main.rs` lies in `source`, without tests.
    pub(super) fn read(source: &Path) -> Result<Self> {
        let mut modules = Self {
            files: Vec::new(),
            by_path: HashMap::new(),
        };
        let root = ["lib.rs", "main.rs"].map(|name| source.join(name));
        let Some(root) = root.iter().find(|path| path.is_file()) else {
            bail!("{}: no lib.rs or main.rs there", source.display());
        };
        modules.add(source, root, Vec::new(), source)?;
        Ok(modules)
    }

    /// `path` is of the module, `inside` the folder of its children.
    fn add(&mut self, source: &Path, file: &Path, path: Vec<String>, inside: &Path) -> Result<()> {
        let named = || file.display().to_string();
        let text = std::fs::read_to_string(file).with_context(named)?;
        let syntax = syn::parse_file(&text).with_context(named)?;
        let children = children(&syntax.items);
        let name = file
            .strip_prefix(source)
            .unwrap_or(file)
            .display()
            .to_string();
        self.by_path.insert(path.clone(), self.files.len());
        self.files.push(File {
            path: path.clone(),
            name,
            syntax,
        });
        for child in children {
            let flat = inside.join(format!("{child}.rs"));
            let file: PathBuf = if flat.is_file() {
                flat
            } else {
                inside.join(&child).join("mod.rs")
            };
            let mut path = path.clone();
            path.push(child.clone());
            self.add(source, &file, path, &inside.join(child))?;
        }
        Ok(())
    }

    pub(super) fn files(&self) -> impl Iterator<Item = &File> {
        self.files.iter()
    }

    pub(super) fn file(&self, number: usize) -> &File {
        &self.files[number]
    }

    pub(super) fn len(&self) -> usize {
        self.files.len()
    }

    /// The file of the module at exactly this path.
    pub(super) fn at(&self, path: &[String]) -> Option<usize> {
        self.by_path.get(path).copied()
    }
}

/// Names of the modules that `items` say lie in files of their own.
fn children(items: &[Item]) -> Vec<String> {
    let modules = items.iter().filter_map(|item| match item {
        Item::Mod(module) if module.content.is_none() && !is_for_tests(&module.attrs) => {
            Some(module.ident.to_string())
        }
        _ => None,
    });
    modules.collect()
}

/// Whether an item is compiled for tests only.
pub(super) fn is_for_tests(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| match &attribute.meta {
        Meta::List(list) => list.path.is_ident("cfg") && list.tokens.to_string() == "test",
        Meta::Path(path) => path.is_ident("test"),
        Meta::NameValue(_) => false,
    })
}
