//! `netbend render`: a bounce without a host.

mod looped;
mod output;
mod pass;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, Result, anyhow, bail};
use netbend_audio_file::{Format, refuse_inputs};
use netbend_models::{Package, Preset};
use nice_plug::params::Params as _;
use nice_plug::params::internals::ParamPtr;

use self::output::Output;
use self::pass::Pass;
use super::audio_file::read;
use super::automation::Automation;
use super::replace::replace;
use super::sidechain;
use crate::engine::Engine;
use crate::exchange::MAX_CHANNELS;
use crate::model_facts::FactsReader;
use crate::params::NetbendParams;
use crate::params::preset::{apply, capture, fixed_of_state, frames, weight_frames};
use crate::resources::Resources;
use crate::scope::Scope;
use crate::status::Status;
use crate::stream_shape::StreamShape;
use netbend_models::transform::TransformKind;
use netbend_models::weights::weight_layers;

/// Bends an audio file exactly as the plugin would; the output lines up with the input and has its
/// length.
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// Audio file to bend (WAV, FLAC, MP3, Ogg, AIFF, M4A, …; what Netbend does not read by itself goes through ffmpeg).
    input: PathBuf,
    /// Audio file to write; its name says what: `.wav` or `.flac`.
    output: PathBuf,
    /// How samples are written: wav16, wav24, wav32f, flac16 or flac24 [default: wav32f, or flac24 for `.flac`]. 16 bits are
    /// dithered.
    #[arg(long, value_name = "FORMAT")]
    format: Option<Format>,
    /// The input is a loop: its end runs into its start, so does the output's, and automation begins anew with each pass.
    #[arg(long = "loop")]
    is_loop: bool,
    /// Preset, or a plain network-bending file of transforms.
    #[arg(long, value_name = "FILE")]
    preset: Option<PathBuf>,
    /// Sets a parameter, e.g. `--set voice=0.5 --set slot_transform_1=ablate`; comes after the preset.
    #[arg(long, value_name = "ID=VALUE")]
    set: Vec<String>,
    /// Writes what --preset and --set make as a preset.
    #[arg(long, value_name = "FILE")]
    save_preset: Option<PathBuf>,
    /// Parameter values over time: lines of `seconds,id,value`.
    #[arg(long, value_name = "FILE.csv")]
    automate: Option<PathBuf>,
    /// Audio file that the encoder hears in place of the input; turns the parameter `sidechain` on. It must have the input's rate; where
    /// it is shorter, silence follows.
    #[arg(long, value_name = "FILE")]
    sidechain: Option<PathBuf>,
    /// Samples per block. Changes nothing but the time it takes.
    #[arg(long, default_value_t = 1_024, value_parser = clap::value_parser!(u32).range(1..=1_048_576))]
    block: u32,
    /// Mix the input to mono first.
    #[arg(long)]
    mono: bool,
}

pub(super) fn run(arguments: &Arguments) -> Result<()> {
    let output = Output::plan(arguments)?;
    let parameters = ParameterSet::default();
    let resources = Resources::find();
    if let Some(path) = &arguments.preset {
        let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
        let preset = Preset::from_yaml(&text, &path.display().to_string())?;
        apply(&preset, &parameters.params)
            .map_err(|error| anyhow!("{}: {error}", path.display()))?;
        check(&preset, &parameters.params.model_name(), &resources)?;
    }
    if arguments.sidechain.is_some() {
        parameters.set_normalized("sidechain", 1.0);
    }
    for setting in &arguments.set {
        let (id, value) = setting
            .split_once('=')
            .ok_or_else(|| anyhow!("--set {setting}: expected ID=VALUE"))?;
        let normalized = parameters.normalized(id, value)?;
        parameters.set_normalized(id, normalized);
    }
    if let Some(path) = &arguments.save_preset {
        save(path, &parameters, &resources)?;
    }
    let automation = match &arguments.automate {
        Some(path) => Automation::read(path, &parameters)?,
        None => Automation::default(),
    };
    // The engine loads while the file is read.
    let status = Arc::new(Status::default());
    let model = parameters.params.model_name();
    let facts = FactsReader::default().facts(&resources, &model);
    let engine = Engine::spawn(
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

    let shape = StreamShape::new(
        facts,
        audio.sample_rate as f32,
        parameters.params.latency.value(),
    )?;
    let fixed = fixed_of_state(&parameters.params)?;
    engine.set_fixed_bends(frames(&fixed));
    engine.set_fixed_weights(weight_frames(&fixed));
    engine.set_sound_clusters(parameters.params.sound_clusters.clone());
    status.wait_until_ready().map_err(anyhow::Error::msg)?;
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
        block: arguments.block as usize,
    };
    let rendered = if arguments.is_loop {
        looped::render(&pass, facts.last_seen_frame)?
    } else {
        pass.run(0..audio.len())?
    };
    status.wait_until_ready().map_err(anyhow::Error::msg)?;
    output.write(rendered, &audio)
}

/// Whether the model has what the preset asks for.
fn check(preset: &Preset, model: &str, resources: &Resources) -> Result<()> {
    let path = resources.model(model).map_err(anyhow::Error::msg)?;
    let package = Package::load(&path).with_context(|| path.display().to_string())?;
    preset.check(package.manifest())?;
    Ok(preset.check_weights(weight_layers(&package)?.len())?)
}

/// Writes the parameters as a preset, unless it could not be loaded again.
fn save(path: &Path, parameters: &ParameterSet, resources: &Resources) -> Result<()> {
    let text = capture(&parameters.params)?.to_yaml();
    let preset = Preset::from_yaml(&text, &path.display().to_string())?;
    check(&preset, &parameters.params.model_name(), resources)
        .context("--save-preset: the preset could not be loaded again")?;
    let model = resources.model(&parameters.params.model_name());
    let model = model.map_err(anyhow::Error::msg)?;
    refuse_inputs(path, &[("the model", &model)])?;
    replace(path, text.as_bytes())
}

/// The plugin's parameters by id, with values as text.
pub(super) struct ParameterSet {
    params: Arc<NetbendParams>,
    by_id: Vec<(String, ParamPtr)>,
}

impl Default for ParameterSet {
    fn default() -> Self {
        let params = Arc::new(NetbendParams::default());
        let by_id = params
            .param_map()
            .into_iter()
            .map(|(id, pointer, _)| (id, pointer))
            .collect();
        Self { params, by_id }
    }
}

impl ParameterSet {
    fn find(&self, id: &str) -> Option<ParamPtr> {
        self.by_id
            .iter()
            .find(|(known, _)| known == id)
            .map(|(_, pointer)| *pointer)
    }

    /// The normalised value of parameter `id` that `text` stands for. Choices are matched by name,
    /// whatever their case, transforms also by their YAML name.
    pub(super) fn normalized(&self, id: &str, text: &str) -> Result<f32> {
        let Some(pointer) = self.find(id) else {
            let known: Vec<_> = self.by_id.iter().map(|(id, _)| id.as_str()).collect();
            bail!(
                "parameter `{id}` found; expected one of {}",
                known.join(", ")
            );
        };
        if let Some(choices) = self.choices(pointer) {
            // Ids have hyphens where names have spaces.
            let plain = |name: &str| name.trim().to_lowercase().replace('-', " ");
            let wanted = text.trim().to_lowercase();
            let yaml = TransformKind::from_name(&wanted)
                .filter(|_| id.starts_with("slot_transform_"))
                .map(|kind| kind as usize);
            let position = yaml.or_else(|| {
                choices
                    .iter()
                    .position(|choice| plain(choice) == plain(&wanted))
            });
            return match position {
                Some(position) => Ok(position as f32 / (choices.len() - 1) as f32),
                None => bail!(
                    "{id}: `{text}` found; expected one of {}",
                    choices.join(", ")
                ),
            };
        }
        // SAFETY: the pointer comes from `params`, which `self` keeps alive.
        let value = unsafe { pointer.string_to_normalized_value(text.trim()) };
        // SAFETY: as above.
        let shown = |value: f32| unsafe { pointer.normalized_value_to_string(value, true) };
        match value {
            // What was asked for may have been clamped to the range.
            Some(value) if is_same_number(text, &shown(value)) => Ok(value),
            _ => bail!(
                "{id}: `{text}` found; expected a value from {} to {}",
                shown(0.0),
                shown(1.0)
            ),
        }
    }

    /// Whether the parameter moves in steps.
    pub(super) fn is_stepped(&self, id: &str) -> bool {
        // SAFETY: the pointer comes from `params`, which `self` keeps alive.
        self.find(id)
            .is_some_and(|pointer| unsafe { pointer.step_count() }.is_some())
    }

    /// Sets a parameter; an unknown id is ignored.
    pub(super) fn set_normalized(&self, id: &str, value: f32) {
        if let Some(pointer) = self.find(id) {
            // SAFETY: the pointer comes from `params`, which `self` keeps alive; no host holds it.
            unsafe { pointer._internal_set_normalized_value(value) };
        }
    }

    /// The names of a choice's values in order, or `None` where the parameter is a number.
    fn choices(&self, pointer: ParamPtr) -> Option<Vec<String>> {
        let (ParamPtr::EnumParam(_) | ParamPtr::BoolParam(_)) = pointer else {
            return None;
        };
        // SAFETY: the pointer comes from `params`, which `self` keeps alive.
        let steps = unsafe { pointer.step_count() }?;
        let name = |step: usize| {
            // SAFETY: as above.
            unsafe { pointer.normalized_value_to_string(step as f32 / steps as f32, false) }
        };
        Some((0..=steps).map(name).collect())
    }
}

/// Whether two texts begin with the same number, up to what is lost in showing it; a share may be
/// written as 0–1 where it is shown in percent. Texts without a number are taken as they are.
fn is_same_number(asked: &str, shown: &str) -> bool {
    let number = |text: &str| -> Option<f32> {
        let text = text.trim();
        let end = text
            .find(|c: char| !(c.is_ascii_digit() || "+-.e".contains(c)))
            .unwrap_or(text.len());
        text[..end].parse().ok()
    };
    match (number(asked), number(shown)) {
        (Some(asked), Some(shown)) => [asked, 100.0 * asked]
            .iter()
            .any(|asked| (asked - shown).abs() <= 0.051 + 1e-3 * asked.abs()),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_written_as_the_host_shows_them_and_checked() {
        let set = ParameterSet::default();
        let value = |id, text| set.normalized(id, text).ok();
        assert_eq!(value("mix", "0.4"), Some(0.4));
        assert_eq!(value("mix", "40 %"), Some(0.4));
        assert_eq!(value("mix", "40"), Some(0.4));
        assert_eq!(value("mix", "150 %"), None);
        assert_eq!(value("mix", "-1"), None);
        assert_eq!(value("slot_layer_1", "0"), Some(0.0));
        assert_eq!(value("slot_layer_1", "latent"), Some(0.0));
        assert_eq!(value("slot_layer_1", "4"), Some(0.25));
        assert_eq!(value("slot_layer_1", "17"), None);
        assert_eq!(value("slot_on_1", "on"), Some(1.0));
        assert_eq!(value("latency", "studio"), Some(1.0));
        assert_eq!(value("slot_transform_1", "binary-thresh"), Some(0.3));
        assert_eq!(value("slot_transform_1", "Threshold"), Some(0.3));
        for kind in TransformKind::ALL {
            let position = kind as usize as f32 / (TransformKind::ALL.len() - 1) as f32;
            assert_eq!(value("slot_transform_8", kind.name()), Some(position));
        }
        assert_eq!(value("slot_invert_8", "on"), Some(1.0));
        assert_eq!(value("slot_within_8", "25 %"), Some(0.25));
        assert_eq!(value("weight_transform_2", "roll"), Some(0.8));
        assert_eq!(value("weight_amount_2", "-50 %"), Some(0.25));
        assert_eq!(value("weight_amount_2", "-0.5"), Some(0.25));
        assert_eq!(value("weight_amount_2", "150 %"), None);
        assert_eq!(value("weight_layer_1", "0"), None);
        assert_eq!(value("slot_transform_1", "explode"), None);
        assert_eq!(value("slot_selection_1", "sound-cluster"), Some(1.0));
        assert_eq!(value("slot_selection_1", "Sound cluster"), Some(1.0));
        assert_eq!(value("phase", "griffin-lim"), Some(1.0));
        assert!(value("gain", "-6 dB").is_some());
        assert_eq!(value("gain", "40 dB"), None);
        assert_eq!(value("latent_source", "walk"), Some(1.0));
        assert!(value("latent_rate", "0.1").is_some());
        assert_eq!(value("latent_rate", "9"), None);
        assert_eq!(value("nonsense", "1"), None);
    }
}
