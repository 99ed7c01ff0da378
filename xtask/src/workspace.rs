//! Where things are: the checkout, the build folder and what goes into it.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use cargo_metadata::MetadataCommand;

/// The folder beside a plugin that holds ONNX Runtime and the models.
pub const RESOURCES: &str = "Netbend.resources";

/// The version of Netbend: that of the workspace, which `Cargo.toml` names once.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The paths of one checkout.
pub struct Workspace {
    /// The folder of the root `Cargo.toml`.
    pub root: PathBuf,
    /// Cargo's build folder, wherever the user's configuration puts it.
    pub target: PathBuf,
}

impl Workspace {
    /// Finds the checkout this program was built from and makes it the current folder.
    pub fn find() -> Result<Self> {
        nice_plug_xtask::chdir_workspace_root()?;
        let metadata = MetadataCommand::new().no_deps().exec()?;
        Ok(Self {
            root: metadata.workspace_root.into(),
            target: metadata.target_directory.into(),
        })
    }

    /// What setup gathers: ONNX Runtime and the models, ready to be put into bundles.
    pub fn resources(&self) -> PathBuf {
        self.target.join(RESOURCES)
    }

    /// The presets that ship, `CATEGORY/NAME.yaml`.
    pub fn presets(&self) -> PathBuf {
        self.root.join("plugin/presets")
    }

    /// Where the bundler puts the plugins and programs.
    pub fn bundled(&self) -> PathBuf {
        self.target.join("bundled")
    }

    /// A cargo command in this checkout, by the cargo that runs us.
    pub fn cargo(&self) -> Command {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
        let mut command = Command::new(cargo);
        command.current_dir(&self.root);
        command
    }

    /// A path as people want to read it: relative to the current folder where it lies inside it.
    pub fn show(&self, path: &Path) -> String {
        path.strip_prefix(&self.root)
            .unwrap_or(path)
            .display()
            .to_string()
    }
}

/// Runs a command with its output shown, and fails with its name and exit status.
pub fn run_command(command: &mut Command) -> Result<()> {
    let line = std::iter::once(command.get_program())
        .chain(command.get_args())
        .map(|word| word.to_string_lossy())
        .collect::<Vec<_>>()
        .join(" ");
    let status = command
        .status()
        .with_context(|| format!("could not start `{line}`"))?;
    if !status.success() {
        bail!("`{line}` failed ({status})");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(path: &str) -> String {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        std::fs::read_to_string(root.join(path)).unwrap()
    }

    #[test]
    fn every_crate_has_the_version_of_the_workspace() {
        let metadata = MetadataCommand::new().no_deps().exec().unwrap();
        for package in metadata.workspace_packages() {
            assert_eq!(package.version.to_string(), VERSION, "{}", package.name);
            let manifest = std::fs::read_to_string(&package.manifest_path).unwrap();
            assert!(
                manifest.contains("version.workspace = true"),
                "{}",
                package.name
            );
        }
    }

    #[test]
    fn what_cannot_ask_the_workspace_names_the_same_version() {
        let package = read("models/training/pyproject.toml");
        assert!(
            package.contains(&format!("\nversion = \"{VERSION}\"\n")),
            "{package}"
        );
        let page = read("docs/install.md");
        let mut names = page.split("`netbend-").skip(1);
        assert!(page.contains(&format!("`netbend-{VERSION}-")), "{page}");
        assert!(names.all(|name| name.starts_with(VERSION) || name.starts_with("standalone")));
    }
}
