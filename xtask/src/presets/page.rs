//! `docs/presets-bank.md`: the bank as a table, with a picture of each preset.

use std::fmt::Write as _;
use std::fs;

use anyhow::{Result, bail};

use super::bank::{Bank, Preset};
use super::figures::{Figures, Measured, percent};
use super::sounds::Sounds;
use super::strip;
use crate::files;
use crate::workspace::Workspace;

const PAGE: &str = "docs/presets-bank.md";
const PICTURES: &str = "docs/presets-bank";
/// What the pictures may take, so that a checkout stays light.
const MOST_BYTES: usize = 1_500_000;

/// Draws the pictures and writes the page.
///
/// # Errors
/// Where something cannot be written, or the pictures take too much.
pub fn write(
    workspace: &Workspace,
    bank: &Bank,
    sounds: &Sounds,
    measured: &[&Measured],
) -> Result<()> {
    let folder = workspace.root.join(PICTURES);
    files::remove(&folder)?;
    files::create_folder(&folder)?;
    let mut total = 0;
    let dry = strip::draw(&sounds.all[0].levels)?;
    fs::write(folder.join("loop.png"), dry)?;
    for (preset, measured) in bank.presets.iter().zip(measured) {
        let png = strip::draw(&measured.levels[0])?;
        total += png.len();
        fs::write(folder.join(format!("{}.png", preset.stem)), png)?;
    }
    fs::write(workspace.root.join(PAGE), page(bank, sounds, measured))?;
    println!("    {PAGE}, pictures of {} kB", total / 1_000);
    if total > MOST_BYTES {
        bail!("the pictures take more than {MOST_BYTES} bytes");
    }
    Ok(())
}

fn page(bank: &Bank, sounds: &Sounds, measured: &[&Measured]) -> String {
    let seconds: f64 = sounds.all.iter().map(|sound| sound.dry.seconds()).sum();
    let mut page = format!(
        "# The presets that ship\n\n\
         {} presets for drums, made for the models `drums` and, where they bend parts, `drums-parts`. `cargo xtask presets` plays, measures and draws them and writes this page; `--loops FOLDER` does it on \
         loops of your own, `--tune` says which `mix` would help. The figures here are of {} loops, {seconds:.0} s in all, the least and the most.\n\n\
         - **Picture:** two bars of a synthesised loop, bent: time to the right, 24 critical bands from the bottom up, the brighter the louder. Nothing bent: ![the loop](presets-bank/loop.png)\n\
         - **Distance** from the loop, in decibels: the root mean square over all cells of band and moment (12 ms) that are heard, less than 60 dB below the loudest. 1 to 20; two presets are at least 1.5 apart.\n\
         - **Loudness:** how much louder the whole becomes (EBU R 128), in LU: within ±3, ±6 where the tag is `destroy`.\n\
         - **Peak:** the loudest sample in dBFS: no more than 0, or the loop's own.\n\
         - **Load:** the share of a core that a bounce in *Tight* takes here.\n",
        bank.presets.len(),
        sounds.all.len()
    );
    let mut category = "";
    for (preset, measured) in bank.presets.iter().zip(measured) {
        if preset.category != category {
            category = &preset.category;
            let _ = write!(
                page,
                "\n## {}\n| | name | tags | what it does | distance | loudness | peak | load |\n|---|---|---|---|---:|---:|---:|---:|\n",
                title(category)
            );
        }
        page += &row(preset, measured);
    }
    page
}

fn row(preset: &Preset, measured: &Measured) -> String {
    let range = |figure: fn(&Figures) -> f64| measured.range(figure);
    let (near, far) = range(|figures| figures.distance_db);
    let (quiet, loud) = range(|figures| figures.louder_lu);
    let (_, peak) = range(|figures| figures.peak_db);
    let tags: Vec<&str> = preset.head.tags.iter().map(String::as_str).collect();
    format!(
        "| ![{name}](presets-bank/{stem}.png) | **{name}** | {} | {} | {near:.1}–{far:.1} | {quiet:+.1} to {loud:+.1} | {peak:.1} | {} |\n",
        tags.join(" "),
        preset.head.description,
        measured.load.map_or(String::from("–"), percent),
        name = preset.head.name,
        stem = preset.stem,
    )
}

/// A folder's name as a heading.
fn title(folder: &str) -> String {
    let mut letters = folder.chars();
    let first = letters
        .next()
        .map(|letter| letter.to_uppercase().to_string());
    first.unwrap_or_default() + &letters.as_str().replace('-', " ")
}
