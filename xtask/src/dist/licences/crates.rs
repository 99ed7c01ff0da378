//! The crates whose code is in the plugin and the programs.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

use anyhow::{Context, Result};
use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, Package, PackageId};

use super::{files, standard};
use crate::bundle::PACKAGES;
use crate::workspace::Workspace;

/// One crate.
#[derive(Clone, Debug)]
pub struct Crate {
    /// Its name and version.
    pub name: String,
    /// Its licences, as an SPDX expression.
    pub expression: String,
    /// Where its source is had.
    pub source: String,
    /// Its licence texts.
    pub texts: Vec<String>,
}

/// Every crate of others in what is built for these targets, in the order of names.
///
/// # Errors
/// Where cargo does not say, a source is not there, or a crate has no licence.
pub fn shipped(workspace: &Workspace, targets: &[String]) -> Result<Vec<Crate>> {
    let mut crates = BTreeMap::new();
    for target in targets {
        let metadata = MetadataCommand::new()
            .current_dir(&workspace.root)
            .other_options(["--filter-platform", target].map(String::from).to_vec())
            .exec()?;
        for package in reached(&metadata)? {
            let described = describe(package).with_context(|| {
                format!(
                    "could not tell the licence of {} {}",
                    package.name, package.version
                )
            })?;
            crates.insert(
                (package.name.to_string(), package.version.clone()),
                described,
            );
        }
    }
    Ok(crates.into_values().collect())
}

/// The packages of others that the roots reach by dependencies of its code, not of its build or its tests.
fn reached(metadata: &Metadata) -> Result<Vec<&Package>> {
    let resolve = metadata.resolve.as_ref();
    let nodes = &resolve.context("cargo names no dependencies")?.nodes;
    let nodes: HashMap<_, _> = nodes.iter().map(|node| (&node.id, node)).collect();
    let members = metadata.workspace_packages();
    let root = |name: &&str| {
        let package = members.iter().find(|package| package.name == *name);
        let package = package.with_context(|| format!("no package {name}"))?;
        Ok(&package.id)
    };
    let mut open = PACKAGES.iter().map(root).collect::<Result<Vec<_>>>()?;
    let mut seen: BTreeSet<&PackageId> = open.iter().copied().collect();
    while let Some(node) = open.pop().and_then(|id| nodes.get(id)) {
        for dependency in &node.deps {
            let mut kinds = dependency.dep_kinds.iter();
            let is_code = kinds.any(|kind| kind.kind == DependencyKind::Normal);
            if is_code && seen.insert(&dependency.pkg) {
                open.push(&dependency.pkg);
            }
        }
    }
    let packages = metadata.packages.iter();
    Ok(packages
        .filter(|package| seen.contains(&package.id))
        .filter(|package| !metadata.workspace_members.contains(&package.id))
        .collect())
}

fn describe(package: &Package) -> Result<Crate> {
    let folder = package.manifest_path.parent().context("no folder")?;
    let expression = match (&package.license, package.license_file()) {
        (Some(expression), _) => expression.clone(),
        (None, Some(file)) => format!("see {}", file.file_name().unwrap_or("its file")),
        (None, None) => anyhow::bail!("it names none"),
    };
    let found = files::find(Path::new(folder))?;
    let mut texts = found.texts;
    if !found.has_own {
        texts.extend(standard::texts_of(
            &expression,
            &package.authors.join(", "),
        )?);
    }
    Ok(Crate {
        name: format!("{} {}", package.name, package.version),
        expression,
        source: format!(
            "https://crates.io/crates/{}/{}",
            package.name, package.version
        ),
        texts,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::Platform;

    #[test]
    fn every_crate_comes_with_its_licence() {
        let workspace = Workspace::find().unwrap();
        let crates = shipped(&workspace, &Platform::here(false).unwrap().targets).unwrap();
        for one in &crates {
            let has_text = one.texts.iter().any(|text| text.len() > 100);
            assert!(has_text, "{} has no licence text", one.name);
        }
        let named = |start: &str| crates.iter().find(|one| one.name.starts_with(start));
        let fonts = named("epaint_default_fonts ").unwrap();
        let texts = fonts.texts.join("\n");
        assert!(texts.contains("SIL OPEN FONT LICENSE") && texts.contains("UBUNTU FONT LICENCE"));
        assert!(named("vst3 ").is_some() && named("symphonia ").is_some());
        assert!(named("netbend").is_none(), "our own");
        assert!(named("divan ").is_none(), "only measured with");
    }
}
