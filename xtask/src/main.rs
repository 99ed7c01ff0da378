//! Netbend's project commands: `cargo xtask COMMAND`.

mod ardour;
mod bench;
mod bundle;
mod check;
mod demo;
mod dist;
mod files;
mod hosts;
mod import;
mod install;
mod layers;
mod magma;
mod oracles;
mod page;
mod parts;
mod pictures;
mod platform;
mod presets;
mod python;
mod setup;
mod soak;
mod spectrogram;
mod step;
mod test;
mod train;
mod validate;
mod workspace;

use clap::{Parser, Subcommand};
use workspace::Workspace;

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Netbend's project commands")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Get what a build needs: system packages, ONNX Runtime, models
    Setup,
    /// Build the CLAP and VST3 bundles, the standalone and the command line
    Bundle(bundle::Options),
    /// Bundle, then make an archive to give away: plugins, programs, licences, install script
    Dist(dist::Options),
    /// Bundle, then install plugins and programs into folders of your own
    Install(install::Options),
    /// Bundle, then bend a drum loop in the built plugin, draw what happened and play it
    Demo,
    /// Bundle, then draw the pictures of docs/transforms.md and docs/parts.md with the built command line
    Pictures(pictures::Options),
    /// Bundle, then play, measure and draw the presets that ship, and write docs/presets-bank.md
    Presets(presets::Options),
    /// Bundle, then measure speed and memory, and write docs/performance.md
    Bench(bench::Options),
    /// Bundle, then measure what the parts of the model and the faders of the plugins do, and write docs/parts.md
    Parts(parts::Options),
    /// Train a model on folders of audio, through to a file with clusters that Netbend loads
    Train(train::Options),
    /// Turn streaming waveform models of nn~ (`.ts`) into ONNX files
    Import(import::Options),
    /// Set up, bundle, run every test, then check
    Test(test::Options),
    /// Run other people's validators on the built plugins, and print one table
    Validate(validate::Options),
    /// Bounce the built VST3 in Ardour, without a window, and compare with the command line
    Ardour(ardour::Options),
    /// Play the built plugins for hours, as sessions do, and see what is missed and what grows
    Soak(soak::Options),
    /// Layers, formatting, lints and documentation
    Check,
    /// Hold the code against the order of its layers, which is the first step of `check`
    Layers,
}

fn main() -> anyhow::Result<()> {
    let cli = Cli::parse();
    let started_in = std::env::current_dir()?;
    let workspace = Workspace::find()?;
    match cli.command {
        Command::Setup => setup::run(&workspace),
        Command::Bundle(options) => bundle::run(&workspace, &options),
        Command::Dist(options) => dist::run(&workspace, &options),
        Command::Install(options) => install::run(&workspace, &started_in, &options),
        Command::Demo => demo::run(&workspace),
        Command::Pictures(options) => pictures::run(&workspace, &started_in, &options),
        Command::Presets(options) => presets::run(&workspace, &started_in, &options),
        Command::Bench(options) => bench::run(&workspace, &options),
        Command::Parts(options) => parts::run(&workspace, &started_in, &options),
        Command::Train(options) => train::run(&workspace, &started_in, &options),
        Command::Import(options) => import::run(&workspace, &started_in, &options),
        Command::Test(options) => test::run(&workspace, &options),
        Command::Validate(options) => validate::run(&workspace, &started_in, &options),
        Command::Ardour(options) => ardour::run(&workspace, &started_in, &options),
        Command::Soak(options) => soak::run(&workspace, &started_in, &options),
        Command::Check => check::run(&workspace),
        Command::Layers => layers::run(&workspace),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)] // A failed expectation is a failed test.

    use std::fs;

    use super::*;

    /// The `netbend` lines are typed by `tests/tests/documentation.rs`; these would build and install.
    #[test]
    fn the_project_commands_of_the_pages_are_understood() {
        let root = Workspace::find().unwrap().root;
        let docs = fs::read_dir(root.join("docs")).unwrap();
        let docs = docs.map(|entry| entry.unwrap().path());
        let pages = ["README.md", "CONTRIBUTING.md"].map(|name| root.join(name));
        let mut understood = 0;
        for page in pages.into_iter().chain(docs.filter(|path| path.is_file())) {
            let text = fs::read_to_string(&page).unwrap_or_default();
            for line in text.lines() {
                let Some(arguments) = line.strip_prefix("cargo xtask ") else {
                    continue;
                };
                let typed = arguments.split(" # ").next().unwrap();
                let words = ["cargo xtask"].into_iter().chain(typed.split_whitespace());
                if let Err(error) = Cli::try_parse_from(words) {
                    panic!("{}: {line}: {error}", page.display());
                }
                understood += 1;
            }
        }
        assert!(understood > 5, "only {understood} lines found");
    }
}
