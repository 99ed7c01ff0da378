//! `cargo xtask bench`: measures with the program `netbend-bench`, draws the plots of `docs/performance.md` and rewrites its tables.
//!
//! Minutes on a machine that does nothing else; on one that does, the figures are of both.

mod measure;
mod plot;
mod tables;

use std::path::PathBuf;
use std::time::Instant;

use anyhow::Result;

use crate::bundle;
use crate::files;
use crate::page::Page;
use crate::python;
use crate::step::{duration, step};
use crate::workspace::Workspace;
use measure::{Bench, Sweep};

/// How to measure.
#[derive(clap::Args)]
pub struct Options {
    /// The Python with PyTorch and onnx to compare with [default: that of `cargo xtask train`, else the system's; without PyTorch the
    /// comparison stays as it is]
    #[arg(long, value_name = "PATH")]
    python: Option<PathBuf>,
    /// See that everything runs, in a fraction of the time; the figures mean little
    #[arg(long)]
    quick: bool,
    /// Write plots and page into this folder instead of `docs`, which must hold the page
    #[arg(long, value_name = "FOLDER")]
    docs: Option<PathBuf>,
}

/// Bundles, measures, draws and writes.
pub fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    let start = Instant::now();
    bundle::run(workspace, &bundle::Options::default())?;
    let docs = options
        .docs
        .clone()
        .unwrap_or_else(|| workspace.root.join("docs"));
    let folder = docs.join("performance");
    files::create_folder(&folder)?;
    let mut page = Page::read(&docs.join("performance.md"))?;
    let bench = Bench::build(workspace, options.quick)?;
    let python = options
        .python
        .clone()
        .or_else(|| python::trained_with(workspace))
        .unwrap_or_else(|| if cfg!(windows) { "python" } else { "python3" }.into());
    let report = step("figures", || bench.report(&python))?;
    page.replace("machine", &tables::machine(&report))?;
    page.replace("figures", &tables::figures(&report)?)?;
    match tables::pytorch(&report)? {
        Some(table) => page.replace("pytorch", &table)?,
        None => println!(
            "    {} has no PyTorch: the comparison stays as it is",
            python.display()
        ),
    }
    for sweep in Sweep::all(options.quick) {
        step(&format!("cost by {}", sweep.name()), || {
            let curves = bench.sweep(&sweep)?;
            let path = folder.join(format!("{}.svg", sweep.name()));
            plot::draw(&path, &sweep, &curves)?;
            page.replace(sweep.name(), &tables::curves(&sweep, &curves))
        })?;
    }
    page.write()?;
    println!("\nMeasured, drawn and written in {}.", duration(start));
    Ok(())
}
