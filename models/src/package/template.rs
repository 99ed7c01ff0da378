//! A sidecar to fill in, for a model that has none: what the graph says is filled in already.

use std::fmt::Write as _;
use std::path::Path;

use super::sidecar::latent::{Latent, UNKNOWN, find};
use super::sidecar::window::{dims, shape_text};
use super::sidecar::{Layout, Sidecar};
use crate::error::ModelError;
use crate::onnx::precision;
use crate::onnx::proto::{GraphProto, ValueInfoProto};
use crate::onnx::sizes::settle;
use crate::package::{Package, decoded};

/// The rate that is written, in hertz; no graph says it.
const RATE: u32 = 44_100;
/// The FFT that is written where the graph leaves the bins open.
const FFT: usize = 1_024;

/// The frames that are written where the graph leaves them open.
const FRAMES: usize = 128;

/// What could be guessed.
struct Guess<'a> {
    spectrogram: &'a str,
    latent: Latent<'a>,
    decoded: &'a str,
    fft_size: usize,
    layout: Option<Layout>,
    /// Frames, where the graph leaves them open.
    frames_open: bool,
}

/// A sidecar for the ONNX file `content` at `path`, with comments that say what must be checked by hand. It is one that can
/// be read, and where the guesses are right, one that works as it stands. Where the graph leaves open which tensor is the latent, a `?` is to be
/// filled in, and the tensors it may be are listed.
///
/// # Errors
/// [`ModelError::Decode`] where the file is no ONNX model, [`ModelError::Structure`] where it holds no graph.
pub fn template(path: &Path, content: &[u8]) -> Result<String, ModelError> {
    let mut model = decoded(content)?;
    let graph = model
        .graph
        .as_mut()
        .ok_or_else(|| ModelError::Structure("the file holds no graph".into()))?;
    // What is 16-bit floats inside is run in 32; one that cannot be brought to them is refused when it is loaded.
    if precision::is_needed(graph) {
        let _ = precision::to_single(graph);
    }
    // A size that the decoder computes from the window is no way around the latent.
    if let Some((input, sizes)) = window(graph) {
        settle(graph, &input, &sizes);
    }
    let guess = Guess::of(graph);
    let mut text = head(path, graph) + &body(path, &guess);
    let found = Sidecar::from_yaml(&text, "template")
        .and_then(|sidecar| Package::with_sidecar(path, content, &sidecar));
    text += &layers(found);
    Ok(text)
}

/// The name of the input and the sizes of its axes behind the batch.
fn window(graph: &GraphProto) -> Option<(String, Vec<usize>)> {
    let inputs = inputs(graph);
    let input = inputs.first()?;
    let sizes = Guess::empty().axes(&dims(input));
    Some((input.name.clone()?, sizes))
}

/// The file's inputs and outputs, as comments. Writing to a string does not fail.
fn head(path: &Path, graph: &GraphProto) -> String {
    let file = path.file_name().unwrap_or_default().to_string_lossy();
    let mut text =
        format!("# Sidecar of {file}. Check what is marked CHECK: the graph does not say it.\n#\n");
    for (what, tensors) in [
        ("input", inputs(graph)),
        ("output", graph.output.iter().collect()),
    ] {
        for tensor in tensors {
            let name = tensor.name.as_deref().unwrap_or("");
            let _ = writeln!(text, "# {what} {} {}", quoted(name), shape_text(tensor));
        }
    }
    text
}

fn body(path: &Path, guess: &Guess<'_>) -> String {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let name: String = stem
        .chars()
        .map(|c| match c.is_alphanumeric() || "-_ ".contains(c) {
            true => c,
            false => '-',
        })
        .collect();
    let layout = match guess.layout {
        Some(layout) => format!("layout: {}", layout.name()),
        None => "# layout: frequency-time      # the default is time-frequency".into(),
    };
    let frames = match guess.frames_open {
        true => {
            format!("frames: {FRAMES}                   # CHECK: the graph takes any number\n")
        }
        false => String::new(),
    };
    let latent = latent(&guess.latent);
    format!(
        "\nnetbend: 1
name: {}
version: \"1\"
# licence: CC0-1.0

sample_rate: {RATE}            # CHECK: rate of the training audio in hertz
fft_size: {}                # CHECK: a power of two; the hop must be a quarter of it
{frames}{layout}

# What becomes 0, what becomes 1, and where values are clipped, in dB relative to a full-scale sine. For
# spectrograms that are not normalised (librosa, torch.stft) that is 20·log10(fft_size / 4) dB less than theirs.
decibels:
  floor_db: -80               # CHECK
  reference_db: 0             # CHECK
  ceiling_db: 0               # CHECK

# window-peak takes the loudest magnitude of a window out of it, in steps of level_step_db; none takes it as it is.
level: none                   # CHECK
# level_step_db: 6

tensors:
  spectrogram: {}
{latent}  decoded: {}
",
        quoted(&name),
        guess.fft_size,
        quoted(guess.spectrogram),
        quoted(guess.decoded),
    )
}

/// The lines about the latent. Writing to a string does not fail.
fn latent(found: &Latent<'_>) -> String {
    const NO_MEAN: &str = "  # latent_mean:              # where the encoder of a VAE gives its mean under another name\n";
    let candidates = match found {
        Latent::Found { latent, mean } => {
            let mean = mean.map_or(NO_MEAN.to_owned(), |mean| {
                format!("  latent_mean: {}         # what is sampled around; the sampling is left out\n", quoted(mean))
            });
            let latent = quoted(latent);
            return format!(
                "  latent: {latent}                  # CHECK: what the decoder starts from\n{mean}"
            );
        }
        Latent::Asked(candidates) => candidates,
    };
    let mut text = String::from(match candidates.as_slice() {
        [] => {
            "  # FILL IN what the decoder starts from. No tensor was found through which everything passes: what skips the latent has to go.\n"
        }
        _ => {
            "  # FILL IN what the decoder starts from. Everything passes through each of these; of one window they hold:\n"
        }
    });
    for candidate in candidates {
        let _ = writeln!(
            text,
            "  #   {}  {:?}",
            quoted(candidate.name),
            candidate.own
        );
    }
    text + "  latent: \"" + UNKNOWN + "\"\n" + NO_MEAN
}

/// The layers that are found, as comments: without a list they are found again.
fn layers(found: Result<Package, ModelError>) -> String {
    let package = match found {
        Ok(package) => package,
        Err(error) => {
            return format!("\n# Layers cannot be found yet: {}\n", one_line(&error));
        }
    };
    let mut text = String::from(
        "\n# The layers found, from the latent to the output. To bend others, list their tensors:\n# layers:\n",
    );
    for (layer, own) in package.manifest().layers.iter().zip(package.own_layers()) {
        let _ = writeln!(
            text,
            "# - {}  # {} features of {} × {} (time × frequency)",
            quoted(own),
            layer.features,
            layer.rows,
            layer.columns
        );
    }
    text
}

fn one_line(error: &ModelError) -> String {
    error
        .to_string()
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
}

/// A YAML string; JSON's are.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// The inputs that are no weights; files of old IR versions list those too.
fn inputs(graph: &GraphProto) -> Vec<&ValueInfoProto> {
    let is_weight = |input: &&ValueInfoProto| {
        let mut weights = graph.initializer.iter();
        weights.any(|weight| weight.name == input.name)
    };
    graph
        .input
        .iter()
        .filter(|input| !is_weight(input))
        .collect()
}

impl<'a> Guess<'a> {
    fn empty() -> Self {
        Self {
            spectrogram: UNKNOWN,
            latent: Latent::Asked(Vec::new()),
            decoded: UNKNOWN,
            fft_size: FFT,
            layout: None,
            frames_open: true,
        }
    }

    fn of(graph: &'a GraphProto) -> Self {
        let inputs = inputs(graph);
        let mut guess = Self::empty();
        let Some(input) = inputs.first() else {
            return guess;
        };
        guess.spectrogram = input.name.as_deref().unwrap_or(UNKNOWN);
        let own = dims(input);
        let sizes = guess.axes(&own);
        let like_input = |output: &&ValueInfoProto| dims(output) == own;
        let output = graph
            .output
            .iter()
            .find(like_input)
            .or(graph.output.first());
        if let Some(name) = output.and_then(|output| output.name.as_deref()) {
            guess.decoded = name;
        }
        guess.latent = find(graph, guess.spectrogram, &sizes, guess.decoded);
        guess
    }

    /// Bins are one more than a power of two, or one. Returns the sizes of the axes, those written where they are left open.
    fn axes(&mut self, own: &[Option<usize>]) -> Vec<usize> {
        let mut sizes: Vec<usize> = own.iter().map(|size| size.unwrap_or(1)).collect();
        let mut long: Vec<usize> = (0..own.len()).filter(|&n| own[n] != Some(1)).collect();
        if long.len() == 3 && own.len() == 3 && own[0].is_none() {
            long.remove(0);
        }
        let &[first, second] = long.as_slice() else {
            return sizes;
        };
        let fft_of = |axis: usize| {
            let size = own[axis]?;
            if size > 2 && (size - 1).is_power_of_two() {
                Some((2, 2 * (size - 1)))
            } else {
                size.is_power_of_two().then_some((1, 2 * size))
            }
        };
        let (time, frequency, layout) = if fft_of(first) > fft_of(second) {
            (second, first, Layout::FrequencyTime)
        } else {
            (first, second, Layout::TimeFrequency)
        };
        if let Some((_, fft)) = fft_of(frequency) {
            self.fft_size = fft.clamp(64, 16_384);
            self.layout = Some(layout);
        }
        self.frames_open = own[time].is_none();
        sizes[time] = own[time].unwrap_or(FRAMES);
        sizes[frequency] = own[frequency].unwrap_or(self.fft_size / 2 + 1);
        sizes
    }
}
