//! `netbend variations`: many ways to bend one sound from one preset, of which the artist keeps the best (Broad, Leymarie and Grierson 2022,
//! section 6). Writes each as a sound and a preset, and a sheet with a picture of each.

mod arguments;
mod outputs;
mod sheet;

use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use indicatif::{ProgressBar, ProgressStyle};
use netbend_audio_file::{Audio, Format, write};
use netbend_dsp::number::nearest_f32;
use netbend_models::{AnyPackage, ModelFormat, Preset};

use crate::audio_file::read;
use crate::automation::Automation;
use crate::meaning::Meaning;
use crate::notes::Notes;
use crate::parameters::ParameterSet;
use crate::print::{note, say};
use crate::render::pass::Pass;
use crate::replace::replace;
use netbend::offline::audition::{Judge, Reference, Snapshot, vary};
use netbend::offline::preset::{
    apply, apply_bends, capture, fixed_of_state, frames, weight_frames,
};
use netbend::offline::{
    Engine, FormatReader, MAX_CHANNELS, NetbendParams, Resources, Scope, Status, StreamShape,
    resolve,
};

pub(super) use self::arguments::Arguments;
use outputs::Outputs;
use sheet::Sheet;

/// What a preset is called that has no name.
const NAMELESS: &str = "variation";
/// Samples of a block.
const BLOCK: usize = 4_096;
/// Beats per minute that modulators run at.
const USUAL_TEMPO: f64 = 120.0;

pub(super) fn run(arguments: &Arguments) -> Result<()> {
    let outputs = Outputs::plan(arguments)?;
    let preset = Preset::load(&arguments.preset)?;
    let audio = read(&arguments.input)?;
    if audio.channels.len() > MAX_CHANNELS {
        bail!(
            "{}: {} channels found; expected 1 or 2",
            arguments.input.display(),
            audio.channels.len()
        );
    }
    let parameters = ParameterSet::default();
    apply(&preset, parameters.params()).with_context(|| arguments.preset.display().to_string())?;
    let resources = Resources::find();
    let wanted = parameters.params().wanted_model();
    let status = Arc::new(Status::default());
    let format = resolve(&resources, &wanted).map_or_else(
        |_| ModelFormat::default(),
        |path| FormatReader::default().format_of(path),
    );
    let engine = Engine::playing(
        resources.clone(),
        wanted.clone(),
        Arc::clone(&status),
        Arc::new(Scope::default()),
    );
    status.wait_until_ready()?;
    apply_bends(&preset, parameters.params());
    let shape = StreamShape::new(
        format,
        nearest_f32(audio.sample_rate),
        parameters.params().latency.value(),
    )?;
    let path = resolve(&resources, &wanted)?;
    let package = AnyPackage::load(&path).with_context(|| path.display().to_string())?;
    for line in Meaning::of(&package).warnings(&preset) {
        note!("netbend: warning: {line}");
    }
    drop(package);
    let mut judge = Judge::open(&resources, &wanted)?;
    judge.hear(&Reference::loudest(
        &audio.channels,
        nearest_f32(audio.sample_rate),
    ))?;
    let (layout, clusters) = (status.model(), status.clusters());
    let original = Snapshot::of(parameters.params());
    let scratch = NetbendParams::default();
    scratch
        .part_names
        .replace((1..).map_while(|number| parameters.params().part_names.name(number)));

    let name = match preset.metadata.name.as_str() {
        "" => NAMELESS,
        name => name,
    };
    let bar = progress(arguments.count);
    let mut sheet = Sheet::new(arguments.count, &audio)?;
    let mut outside = 0;
    for number in 1..=arguments.count {
        let seed = u64::from(arguments.seed) << 32 | u64::from(number);
        let varied = vary(&mut judge, &scratch, &original, (&layout, &clusters), seed)?;
        outside += u32::from(!varied.is_within);
        let mut own = capture(&scratch)?;
        own.metadata.name = format!("{name} {number:02}");
        let text = own.to_yaml();
        let [path, preset] = outputs.of(number);
        replace(&preset, text.as_bytes())?;
        let sound = played(&engine, &own, &parameters, &audio, shape)?;
        sheet.add(&sound)?;
        let written = Audio {
            channels: sound,
            ..audio.clone()
        };
        write(&written, &path, Format::Wav32f).with_context(|| path.display().to_string())?;
        bar.inc(1);
    }
    bar.finish_and_clear();
    sheet.write(&outputs.sheet())?;
    status.wait_until_ready()?;
    if outside > 0 {
        note!(
            "netbend: {outside} of {} are farther from the preset, or louder, than is usual",
            arguments.count
        );
    }
    say!(
        "{} variations in {}; sheet.png shows them",
        arguments.count,
        arguments.out.display()
    )
}

/// What a bounce with the preset sounds like.
fn played(
    engine: &Engine,
    preset: &Preset,
    parameters: &ParameterSet,
    audio: &Audio,
    shape: StreamShape,
) -> Result<Vec<Vec<f32>>> {
    let params = parameters.params();
    apply(preset, params)?;
    let fixed = fixed_of_state(params)?;
    engine.set_fixed_bends(frames(&fixed));
    engine.set_fixed_weights(weight_frames(&fixed));
    engine.set_sound_clusters(params.sound_clusters.clone());
    let notes = Notes::default();
    let pass = Pass {
        notes: &notes,
        audio,
        sidechain: Vec::new(),
        is_loop: false,
        shape,
        engine,
        parameters,
        automation: &Automation::default(),
        block: BLOCK,
        tempo: USUAL_TEMPO,
    };
    pass.run(0..audio.len())
}

fn progress(count: u32) -> ProgressBar {
    let template = "{bar:40} {pos} of {len}  {elapsed} elapsed, {eta} left";
    ProgressBar::new(u64::from(count)).with_style(
        ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()),
    )
}
