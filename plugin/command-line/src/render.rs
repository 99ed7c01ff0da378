//! `netbend render`: a bounce without a host.

mod arguments;
mod looped;
mod output;
pub(crate) mod pass;

use std::ffi::OsStr;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use netbend_audio_file::refuse_inputs;
use netbend_dsp::number::{nearest_f32, nearest_f64};
use netbend_models::identity::{hash_file, is_model_name};
use netbend_models::{AnyPackage, ModelFormat, Preset};

pub(super) use self::arguments::Arguments;
use self::output::Output;
use self::pass::Pass;
use crate::audio_file::read;
use crate::automation::Automation;
use crate::idle::{Parts, is_ever_on, may_bend, warnings};
use crate::inspect::{is_file_name, locate};
use crate::meaning::Meaning;
use crate::notes::Notes;
use crate::parameters::ParameterSet;
use crate::print::note;
use crate::replace::replace;
use crate::sidechain;
use netbend::offline::preset::{
    apply, apply_bends, capture, fixed_of_state, frames, weight_frames,
};
use netbend::offline::{
    DEFAULT_MODEL, Engine, FormatReader, Loaded, MAX_CHANNELS, Resources, Scope, Status,
    StreamShape, WantedModel, resolve,
};

pub(super) fn run(arguments: &Arguments) -> Result<()> {
    let output = Output::plan(arguments)?;
    let parameters = ParameterSet::default();
    let mut resources = Resources::find();
    let preset = arguments.preset.as_deref().map(Preset::load).transpose()?;
    let mut parts = None;
    if let (Some(preset), Some(path)) = (&preset, &arguments.preset) {
        apply(preset, &parameters.params).with_context(|| path.display().to_string())?;
    }
    if let Some(model) = &arguments.model {
        resources = choose(model, &parameters, resources)?;
    }
    if let Some(preset) = &preset {
        let found = parts_of(&parameters.params.wanted_model(), &resources)?;
        check(preset, parts.insert(found))?;
    }
    if parts.is_none() && says_parts(arguments) {
        // What is missing is said where it is needed.
        parts = parts_of(&parameters.params.wanted_model(), &resources).ok();
    }
    if let Some(parts) = &parts {
        let names = &parameters.params.part_names;
        names.replace(parts.manifest.part_names());
    }
    if let Some(preset) = &preset {
        apply_bends(preset, &parameters.params);
    }
    if arguments.sidechain.is_some() {
        parameters.set_normalized("sidechain", 1.0);
    }
    for note in parameters.set_all(&arguments.set)? {
        note!("netbend: {note}");
    }
    let automation = match &arguments.automate {
        Some(path) => Automation::read(path, &parameters)?,
        None => Automation::default(),
    };
    for line in automation.notes() {
        note!("netbend: {line}");
    }
    let notes = match &arguments.notes {
        Some(path) => Notes::read(path, arguments.tempo)?,
        None => Notes::default(),
    };
    let model = parameters.params.wanted_model();
    let may_bend = arguments.notes.is_some() || may_bend(&parameters, &automation);
    if parts.is_none() && (arguments.save_preset.is_some() || may_bend) {
        let found = parts.insert(parts_of(&model, &resources)?);
        let names = &parameters.params.part_names;
        names.replace(found.manifest.part_names());
    }
    if arguments.sidechain.is_none() && is_ever_on("sidechain", &parameters, &automation) {
        note!(
            "netbend: warning: `sidechain` is on, so that the network hears silence; expected --sidechain FILE, or --set sidechain=off"
        );
    }
    if let Some(parts) = &parts {
        for line in warnings(&parameters, &automation, parts) {
            note!("netbend: warning: {line}");
        }
    }
    let saved = match (&arguments.save_preset, &parts) {
        (Some(path), Some(parts)) => Some((path, to_save(path, &parameters, parts, &resources)?)),
        _ => None,
    };
    // The engine loads while the file is read.
    let status = Arc::new(Status::default());
    // What is missing is said by the engine.
    let format = resolve(&resources, &model).map_or_else(
        |_| ModelFormat::default(),
        |path| FormatReader::default().format_of(path),
    );
    let engine = Engine::playing(
        resources,
        model,
        Arc::clone(&status),
        Arc::new(Scope::default()),
    );
    let mut audio = read(&arguments.input)?;
    if arguments.mono {
        audio = audio.mixed_to_mono();
    }
    if audio.channels.len() > MAX_CHANNELS {
        bail!(
            "{}: {} channels found; expected 1 or 2 (or use --mono)",
            arguments.input.display(),
            audio.channels.len()
        );
    }

    let seconds = nearest_f64(audio.len()) / f64::from(audio.sample_rate);
    let late = automation.points_after(seconds);
    if late > 0 {
        note!(
            "netbend: {late} points of the automation lie beyond the sound's end at {seconds:.2} s"
        );
    }
    if arguments.notes.is_some() {
        for line in notes.remarks(seconds, &parameters.params.pads.pads()) {
            note!("netbend: {line}");
        }
    }
    let shape = StreamShape::new(
        format,
        nearest_f32(audio.sample_rate),
        parameters.params.latency.value(),
    )?;
    let fixed = fixed_of_state(&parameters.params)?;
    engine.set_fixed_bends(frames(&fixed));
    engine.set_fixed_weights(weight_frames(&fixed));
    engine.set_sound_clusters(parameters.params.sound_clusters.clone());
    status.wait_until_ready()?;
    if let Some(loaded) = status.loaded().filter(Loaded::is_other) {
        note!(
            "netbend: warning: `{}` is another file than the preset's: its sha256 is {}, the preset's {}; sounds may differ \
             (--model {} says that this one is meant)",
            loaded.name,
            loaded.sha256,
            loaded.wanted_sha256,
            loaded.name
        );
    }
    let pass = Pass {
        audio: &audio,
        sidechain: match &arguments.sidechain {
            Some(path) => sidechain::read(path, &audio)?,
            None => Vec::new(),
        },
        is_loop: arguments.is_loop,
        shape,
        engine: &engine,
        parameters: &parameters,
        automation: &automation,
        notes: &notes,
        block: arguments.block as usize,
        tempo: arguments.tempo,
    };
    let rendered = if arguments.is_loop {
        looped::render(&pass, format.last_seen_frame)?
    } else {
        pass.run(0..audio.len())?
    };
    status.wait_until_ready()?;
    output.write(rendered, &audio)?;
    match saved {
        Some((path, text)) => replace(path, text.as_bytes()).context("--save-preset"),
        None => Ok(()),
    }
}

/// Makes the model of `--model` the one that plays: a file, or an installed one.
fn choose(model: &str, parameters: &ParameterSet, resources: Resources) -> Result<Resources> {
    if !is_file_name(model) {
        parameters.params.set_model(model);
        return Ok(resources);
    }
    let path = locate(model)?;
    let stem = path.file_stem().and_then(OsStr::to_str);
    let name = stem
        .filter(|stem| is_model_name(stem))
        .unwrap_or(DEFAULT_MODEL);
    let sha256 = hash_file(&path).with_context(|| path.display().to_string())?;
    parameters.params.set_model(name);
    // Another file may be installed under that name; a preset that is saved means this one.
    parameters.params.model_sha256.replace(sha256);
    Ok(resources.with_model(name, path.as_path()))
}

/// Whether parameters may be set to parts by their names.
fn says_parts(arguments: &Arguments) -> bool {
    let is_of_parts = |setting: &String| setting.trim_start().starts_with("slot_part_");
    arguments.automate.is_some() || arguments.set.iter().any(is_of_parts)
}

/// What the model has that bends can name.
fn parts_of(model: &WantedModel, resources: &Resources) -> Result<Parts> {
    let path = resolve(resources, model)?;
    let package = AnyPackage::load(&path).with_context(|| path.display().to_string())?;
    Ok(Parts {
        weights: package.weight_layers()?.len(),
        manifest: package.face(),
        meaning: Meaning::of(&package),
    })
}

/// Whether the model has what the preset asks for.
fn check(preset: &Preset, parts: &Parts) -> Result<()> {
    preset.check(&parts.manifest)?;
    preset.check_cost(&parts.manifest)?;
    Ok(preset.check_weights(parts.weights)?)
}

/// The parameters as a preset, unless it could not be loaded again or would go onto the model.
fn to_save(
    path: &Path,
    parameters: &ParameterSet,
    parts: &Parts,
    resources: &Resources,
) -> Result<String> {
    let text = capture(&parameters.params)?.to_yaml();
    let preset = Preset::from_yaml(&text, &path.display().to_string())?;
    check(&preset, parts).context("--save-preset: the preset could not be loaded again")?;
    let model = resolve(resources, &parameters.params.wanted_model())?;
    refuse_inputs(path, &[("the model", &model)])?;
    Ok(text)
}
