//! `netbend cluster`: groups the features of a model and writes the groups into it; with `--sound`, groups them for one sound.

mod arguments;
mod describe;
mod deviation;
mod find;
mod latents;
mod report;
mod sound;
mod waveform;
mod yaml;

use std::path::Path;

use anyhow::{Context as _, Result, bail};
use netbend_atomic_file::check;
use netbend_audio_file::refuse_inputs;
use netbend_models::cluster::{load, store, store_deviations};
use netbend_models::{Package, WaveformPackage, package};

use crate::inspect::locate;
use crate::print::say;
use crate::replace::{check_ending, refuse_waiting, replace};
use crate::trial::try_package;
pub(super) use arguments::Arguments;
use describe::describe_all;
use find::find;
use report::{Layers, Source};
use yaml::write_yaml;

pub(super) fn run(arguments: &Arguments) -> Result<()> {
    let path = locate(&arguments.model)?;
    check_outputs(arguments, &path)?;
    if WaveformPackage::is_at(&path) {
        return waveform::run(arguments, &path);
    }
    let named = || path.display().to_string();
    let content = package::read(&path)?;
    let package = Package::from_bytes(&path, &content).with_context(named)?;
    let content = match package.sidecar() {
        Some(_) => package.to_bytes()?,
        None => content,
    };
    if package.sidecar().is_some() && arguments.sound.is_none() && arguments.out.is_none() {
        bail!(
            "{}: clusters are written into the model, and this one is described by a file beside it; name a file with \
             --out for a model that holds everything",
            path.display()
        );
    }
    try_package(&package).with_context(named)?;
    if let Some(file) = &arguments.sound {
        return sound::run(arguments, file, &path, &package);
    }
    if arguments.deviations_only {
        let latents = deviation::typical_latents(arguments, &package)?;
        let deviations = deviation::measure(&package, &latents)?;
        let written = store_deviations(&content, &deviations).with_context(named)?;
        return write_model(arguments.out.as_ref().unwrap_or(&path), &written);
    }
    let (mut clusters, latents) = match &arguments.import {
        Some(file) => {
            let clusters = load(file, package.manifest())?;
            Layers::of(package.manifest()).report(&clusters, None, Source::File)?;
            (clusters, Vec::new())
        }
        None => find(arguments, &path, &package)?,
    };
    let deviations = deviation::measure(&package, &latents)?;
    describe_all(arguments, &package, latents, &mut clusters)?;
    write_yaml(arguments, &clusters)?;
    let written = store(&content, &clusters).with_context(named)?;
    let written = store_deviations(&written, &deviations).with_context(named)?;
    write_model(arguments.out.as_ref().unwrap_or(&path), &written)
}

/// Refuses to write onto what is read, and what could not be written, before the work.
fn check_outputs(arguments: &Arguments, model: &Path) -> Result<()> {
    let mut read = Vec::new();
    for (name, file) in [
        ("the file of --metric", &arguments.metric),
        ("the file of --import", &arguments.import),
        ("the file of --sound", &arguments.sound),
    ] {
        read.extend(file.as_deref().map(|file| (name, file)));
    }
    for (_, file) in &read {
        refuse_waiting(file)?;
    }
    for (file, is_yaml) in [(&arguments.out, false), (&arguments.yaml, true)] {
        let Some(file) = file else { continue };
        refuse_waiting(file)?;
        refuse_inputs(file, &read)?;
        if is_yaml {
            refuse_inputs(file, &[("the model", model)])?;
        }
        if is_yaml {
            check_ending(file, &["yaml", "yml"], "clusters")?;
        } else {
            check_ending(file, &["onnx"], "a model")?;
        }
        check(file).with_context(|| file.display().to_string())?;
    }
    Ok(())
}

fn write_model(out: &Path, content: &[u8]) -> Result<()> {
    // What is about to replace a model must itself be one.
    let sha256 = Package::from_bytes(out, content)?.sha256().to_owned();
    replace(out, content)?;
    say!("written: {}\nsha256:  {sha256}", out.display())?;
    Ok(())
}
