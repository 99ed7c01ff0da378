//! `cargo xtask bundle`: the plugins as hosts load them, the programs, and their resources.

mod audio_unit;
mod property_list;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::platform::UNIVERSAL;
use crate::step::step;
use crate::workspace::{RESOURCES, VERSION, Workspace, run_command};
use crate::{files, setup};

/// The plugin's package.
const PACKAGE: &str = "netbend";
/// The packages that are built for a bundle, all at once: built apart they would have other features, and the plugin's code would be
/// compiled once for each. The linker leaves out of the plugin what only a program uses.
pub const PACKAGES: [&str; 3] = [PACKAGE, "netbend-command-line", "netbend-standalone"];
const COMMAND_LINE: &str = "netbend";
const STANDALONE: &str = "netbend-standalone";

/// What to build.
#[derive(clap::Args, Default)]
pub struct Options {
    /// Build without optimisation
    #[arg(long)]
    debug: bool,
    /// Build for both processors of macOS
    #[arg(long)]
    universal: bool,
}

impl Options {
    /// As it is given away, perhaps for both processors of macOS.
    pub fn release(universal: bool) -> Self {
        Self {
            debug: false,
            universal,
        }
    }
}

/// The things a bundle run leaves in `target/bundled`.
pub struct Bundles {
    /// The CLAP plugin: a file, or on macOS a folder.
    pub clap: PathBuf,
    /// The VST3 plugin: a folder.
    pub vst3: PathBuf,
    /// The Audio Unit: a folder, on macOS only.
    pub audio_unit: PathBuf,
    /// ONNX Runtime and the models, to lie beside the CLAP plugin.
    pub resources: PathBuf,
    /// The `netbend` command line.
    pub command_line: PathBuf,
    /// The plugin as a program of its own.
    pub standalone: PathBuf,
}

impl Bundles {
    /// Where a bundle run leaves its results.
    pub fn of(workspace: &Workspace) -> Self {
        Self::in_folder(&workspace.bundled())
    }

    /// Where they are in that folder.
    pub fn in_folder(bundled: &Path) -> Self {
        Self {
            clap: bundled.join("Netbend.clap"),
            vst3: bundled.join("Netbend.vst3"),
            audio_unit: bundled.join("Netbend.component"),
            resources: bundled.join(RESOURCES),
            command_line: bundled.join(program(COMMAND_LINE)),
            standalone: bundled.join(program(STANDALONE)),
        }
    }

    /// The resources that plugins and programs take: those that `NETBEND_RESOURCES` names, else these.
    pub fn resources_in_use(&self) -> PathBuf {
        let named = std::env::var_os("NETBEND_RESOURCES").filter(|folder| !folder.is_empty());
        named.map_or_else(|| self.resources.clone(), PathBuf::from)
    }
}

/// Sets up, builds, and puts everything in its place.
pub fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    setup::run(workspace)?;
    let profile = if options.debug { "debug" } else { "release" };
    let arguments: Vec<String> = if options.debug {
        Vec::new()
    } else {
        vec![String::from("--release")]
    };
    let universal = options.universal;
    // Where programs lie once they are built: one folder for each processor.
    let built: Vec<PathBuf> = if universal {
        let folders = UNIVERSAL.map(|target| workspace.target.join(target).join(profile));
        folders.to_vec()
    } else {
        vec![workspace.target.join(profile)]
    };
    step("build", || {
        let packages = PACKAGES.map(String::from);
        if !universal {
            return nice_plug_xtask::build(&packages, &arguments);
        }
        UNIVERSAL.iter().try_for_each(|target| {
            let for_target = ["--target", target].map(String::from);
            nice_plug_xtask::build(&packages, &[&arguments[..], &for_target].concat())
        })
    })?;
    step("bundle", || {
        nice_plug_xtask::bundle(&workspace.target, PACKAGE, &arguments, universal)?;
        let bundles = Bundles::of(workspace);
        place_programs(workspace, &bundles, &built)?;
        if cfg!(target_os = "macos") {
            for (bundle, format) in [(&bundles.clap, "clap"), (&bundles.vst3, "vst3")] {
                property_list::write(bundle, format, VERSION, "")?;
            }
            let library = bundles.clap.join("Contents/MacOS/Netbend");
            audio_unit::make(&library, &bundles.audio_unit)?;
        }
        place_resources(workspace, &bundles)?;
        for path in [
            &bundles.clap,
            &bundles.vst3,
            &bundles.command_line,
            &bundles.standalone,
        ] {
            println!("    {}", workspace.show(path));
        }
        Ok(())
    })
}

/// The bundler takes the command line for the standalone and calls it `Netbend`, which some file
/// systems cannot tell from `netbend`: both programs get their own names instead.
fn place_programs(workspace: &Workspace, bundles: &Bundles, built: &[PathBuf]) -> Result<()> {
    for mistaken in ["Netbend", "Netbend.exe", "Netbend.app"] {
        files::remove(&workspace.bundled().join(mistaken))?;
    }
    for (name, to) in [
        (COMMAND_LINE, &bundles.command_line),
        (STANDALONE, &bundles.standalone),
    ] {
        let programs: Vec<_> = built
            .iter()
            .map(|folder| folder.join(program(name)))
            .collect();
        match &programs[..] {
            [program] => {
                files::copy_file(program, to)?;
            }
            // One file for all processors, with macOS's own tool.
            programs => {
                let mut lipo = std::process::Command::new("lipo");
                run_command(lipo.arg("-create").args(programs).arg("-output").arg(to))?;
            }
        }
    }
    Ok(())
}

fn place_resources(workspace: &Workspace, bundles: &Bundles) -> Result<()> {
    let resources = workspace.resources();
    files::mirror_folder(&resources, &bundles.resources)?;
    files::mirror_folder(&resources, &bundles.vst3.join("Contents/Resources"))?;
    if bundles.clap.is_dir() {
        files::mirror_folder(&resources, &bundles.clap.join("Contents/Resources"))?;
        resign(&bundles.clap)?;
        resign(&bundles.vst3)?;
    }
    if bundles.audio_unit.is_dir() {
        files::mirror_folder(&resources, &bundles.audio_unit.join("Contents/Resources"))?;
        resign(&bundles.audio_unit)?;
    }
    Ok(())
}

/// Signs a macOS bundle again for this machine, since what was added broke the bundler's signature.
fn resign(bundle: &Path) -> Result<()> {
    let bundle = fs::canonicalize(bundle)?;
    let signed = std::process::Command::new("codesign")
        .args(["-f", "-s", "-"])
        .arg(&bundle)
        .status();
    signed.with_context(|| format!("could not sign {}", bundle.display()))?;
    Ok(())
}

fn program(name: &str) -> String {
    format!("{name}{}", std::env::consts::EXE_SUFFIX)
}
