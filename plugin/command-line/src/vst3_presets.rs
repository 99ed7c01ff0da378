//! `netbend vst3-presets`: the presets that come with Netbend where hosts look for those of a VST3.

use std::path::PathBuf;

use anyhow::{Context as _, Result, bail};
use netbend::offline::Resources;
use netbend::offline::preset::{vst3_preset_files, vst3_preset_folder};

use crate::print::{note, say};
use crate::replace::replace;

/// Writes the presets that come with Netbend as `.vstpreset` files, for hosts that list those of a VST3 themselves.
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// Folder to write them to [default: yours, in which hosts look].
    folder: Option<PathBuf>,
    /// Write over files that are there and hold something else.
    #[arg(long)]
    overwrite: bool,
}

pub(super) fn run(arguments: &Arguments) -> Result<()> {
    let folder = arguments.folder.clone().or_else(vst3_preset_folder);
    let folder = folder.context("the system names no home folder; name a folder")?;
    let (files, problems) = vst3_preset_files(&Resources::find());
    for problem in &problems {
        note!("netbend: warning: {problem}");
    }
    if files.is_empty() {
        bail!("no preset that comes with Netbend was found; reinstall Netbend");
    }
    std::fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
    let mut kept = 0;
    for file in &files {
        let path = folder.join(&file.name);
        // Read only where it is as long: it may be anything.
        let length = std::fs::metadata(&path).map(|about| about.len()).ok();
        let is_long = length == Some(file.bytes.len() as u64);
        if is_long && std::fs::read(&path).is_ok_and(|found| found == file.bytes) {
            continue;
        }
        if length.is_some() && !arguments.overwrite {
            kept += 1;
            continue;
        }
        replace(&path, &file.bytes)?;
    }
    if kept > 0 {
        let files = if kept == 1 { "file" } else { "files" };
        note!(
            "netbend: warning: left alone: {kept} {files} with a preset's name and another content; --overwrite replaces them"
        );
    }
    say!("{} presets in {}", files.len() - kept, folder.display())
}
