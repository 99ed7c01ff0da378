//! `netbend cluster` of a waveform model: by the effect of single features alone.

mod sound;

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use netbend_models::cluster::{WaveformListener, load, store};
use netbend_models::package::manifest::LayerClusters;
use netbend_models::{Runtime, WaveformPackage, WaveformPlayer, package};

use super::arguments::Arguments;
use super::latents::progress_over;
use super::report::{Layers, Source, told_apart};
use super::yaml::write_yaml;
use crate::cluster_table;
use crate::print::{lines, say};
use crate::replace::replace;
use netbend::offline::Resources;
use sound::sound;

/// Threads that play at most: each holds the model's weights.
const MOST_THREADS: usize = 4;

pub(super) fn run(arguments: &Arguments, path: &Path) -> Result<()> {
    let named = || path.display().to_string();
    refuse(arguments).with_context(named)?;
    let content = package::read(path)?;
    let package = WaveformPackage::from_bytes(path, &content).with_context(named)?;
    let layers = Layers::of_waveform(package.manifest());
    let clusters = match &arguments.import {
        Some(file) => {
            let mut clusters = load(file, &package.face())?;
            layers.report(&clusters, None, Source::File)?;
            match arguments.describe_on.is_empty() {
                true => say!("not described: name a folder of audio with --describe-on")?,
                false => {
                    let mut listener = listener(arguments, &package, &arguments.describe_on)?;
                    describe(&mut listener, &mut clusters)?;
                }
            }
            clusters
        }
        None => {
            let mut listener = listener(arguments, &package, &arguments.data)?;
            let mut clusters = find(arguments, &layers, &mut listener)?;
            if !arguments.describe_on.is_empty() {
                drop(listener);
                listener = self::listener(arguments, &package, &arguments.describe_on)?;
            }
            describe(&mut listener, &mut clusters)?;
            clusters
        }
    };
    write_yaml(arguments, &clusters)?;
    let written = store(&content, &clusters).with_context(named)?;
    let out = arguments.out.as_deref().unwrap_or(path);
    // What is about to replace a model must itself be one.
    let sha256 = WaveformPackage::from_bytes(out, &written)?
        .sha256()
        .to_owned();
    replace(out, &written)?;
    say!("written: {}\nsha256:  {sha256}", out.display())
}

/// Refuses what belongs to spectrogram models.
fn refuse(arguments: &Arguments) -> Result<()> {
    let why = if arguments.sound.is_some() {
        "it has no clusters of one sound; leave out --sound"
    } else if arguments.deviations_only {
        "it says nothing of the deviation of its layers; leave out --deviations-only"
    } else if arguments.metric.is_some() {
        "there is no learned metric for it; leave out --metric"
    } else if arguments.effect.is_some_and(|share| share < 1.0) {
        "there is no learned metric for it, only the effect of its features; leave out --effect"
    } else {
        return Ok(());
    };
    bail!("a waveform model: {why}")
}

/// The model, having heard the audio of these folders, or drum loops without any.
fn listener(
    arguments: &Arguments,
    package: &WaveformPackage,
    folders: &[PathBuf],
) -> Result<WaveformListener> {
    let runtime = Runtime::load(Resources::find().runtime_folders())?;
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let player = |_| WaveformPlayer::new(package, runtime);
    let players = (0..threads.min(MOST_THREADS)).map(player);
    let players = players.collect::<Result<Vec<_>, _>>()?;
    let sound = sound(arguments, package.manifest(), folders)?;
    let listener = WaveformListener::new(players, &sound)?;
    say!("{} windows", listener.windows())?;
    Ok(listener)
}

fn find(
    arguments: &Arguments,
    layers: &Layers,
    listener: &mut WaveformListener,
) -> Result<Vec<LayerClusters>> {
    let bar = progress_over("measuring", listener.ablations(), "ablations");
    let points = listener.effect(&|| bar.inc(1))?;
    bar.finish_and_clear();
    let clusters = |seed| {
        let clusters = points.iter().map(|points| points.clusters(seed));
        clusters.collect::<Result<Vec<_>, _>>()
    };
    let found = told_apart(clusters(arguments.seed)?);
    let other_seed = arguments.seed.wrapping_add(1);
    let others = clusters(other_seed)?;
    layers.report(&found, Some((other_seed, &others)), Source::Search)?;
    Ok(found)
}

fn describe(listener: &mut WaveformListener, clusters: &mut [LayerClusters]) -> Result<()> {
    let count = clusters.len() * listener.windows();
    let bar = progress_over("describing", count, "windows of layers");
    listener.describe(clusters, &|| bar.inc(1))?;
    bar.finish_and_clear();
    lines(&cluster_table::text(clusters))
}
