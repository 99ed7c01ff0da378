//! `--against pytorch`: the same weights, bends and window in PyTorch, in the same run.
//!
//! The script is asked for one round at a time, between our own: whatever else the machine does meets both alike. Of both the time the
//! processor worked counts.

mod script;

use std::path::Path;

use anyhow::{Result, bail};
use netbend_dsp::number::cut;
use netbend_models::node::program::Program;
use netbend_models::package::manifest::Manifest;
use serde::Serialize;
use serde_json::{Value, json};

use super::stages::{Networks, timed};
use super::strides::Strides;
use netbend::offline::LatencyMode;
use netbend_bench::mode::mode_name;
use netbend_bench::scenario::Scenario;
use netbend_bench::statistics::median;
use script::{Facts, Torch};
pub(super) use script::{check, default_python};

/// How far PyTorch's output may be from ours, in network units.
const TOLERANCE: f64 = 1e-4;

/// The comparison; times are medians.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Comparison {
    pub(super) torch: String,
    pub(super) python: String,
    /// Rounds of each.
    pub(super) rounds: usize,
    /// The largest difference of the decoded windows, PyTorch's and ONNX Runtime's, in network units.
    pub(super) clean_error: f64,
    pub(super) bent_error: f64,
    /// One window in PyTorch: encoded, decoded clean and bent.
    pub(super) window: Times,
    /// Encoded and decoded bent only.
    pub(super) window_bent_only: Times,
    pub(super) modes: Vec<ModeComparison>,
}

/// PyTorch's milliseconds for a window.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Times {
    pub(super) eager_ms: f64,
    /// `None` where this PyTorch has no TorchScript any more.
    pub(super) torchscript_ms: Option<f64>,
}

/// A mode's stride: a whole window in PyTorch, what the stride needs in Netbend.
#[derive(Debug, Clone, Serialize)]
pub(super) struct ModeComparison {
    pub(super) mode: String,
    /// Encode, clean and bent decode.
    pub(super) pair: Ratio,
    /// Encode and bent decode.
    pub(super) bent_only: Ratio,
}

/// Netbend's time, PyTorch's for a second of sound, and how many times longer PyTorch takes.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Ratio {
    pub(super) netbend_ms_per_stride: f64,
    pub(super) netbend_ms_per_second: f64,
    pub(super) eager_ms_per_second: f64,
    pub(super) eager_ratio: f64,
    pub(super) torchscript_ms_per_second: Option<f64>,
    pub(super) torchscript_ratio: Option<f64>,
}

/// Of ours and of theirs so many come in a row, so that each finds its own weights in the caches.
const IN_A_ROW: usize = 5;

/// Runs `rounds` of PyTorch's windows and of our strides in turn.
pub(super) fn compare(
    scenario: &Scenario,
    modes: &[LatencyMode],
    networks: &mut Networks,
    python: &Path,
    rounds: usize,
) -> Result<Comparison> {
    let package = &networks.package;
    if package.sidecar().is_some() {
        bail!("--against pytorch: only models that hold their own manifest can be compared");
    }
    let shape = scenario.shape(LatencyMode::Live)?;
    let mut reference = Strides::new(scenario, shape, &networks.bender)?;
    let job = job(&mut reference, networks)?;
    let (mut torch, said) = Torch::start(python, &job)?;
    let facts: Facts = serde_json::from_value(said)?;
    if facts.clean_error > TOLERANCE || facts.bent_error > TOLERANCE {
        bail!(
            "PyTorch's output differs from ONNX Runtime's by {:.1e} (clean) and {:.1e} (bent); at most {TOLERANCE:.0e} is expected",
            facts.clean_error,
            facts.bent_error
        );
    }
    let mut streams = Vec::new();
    for &mode in modes {
        let strides = Strides::new(scenario, scenario.shape(mode)?, &networks.bender)?;
        streams.push((mode, Ours::new(strides)));
    }
    let mut theirs: [Vec<f64>; 4] = Default::default();
    for _ in 0..rounds.max(1).div_ceil(IN_A_ROW) {
        let round = torch.round()?;
        let said = [
            round.eager_pair,
            round.eager_bent,
            round.script_pair,
            round.script_bent,
        ];
        theirs
            .iter_mut()
            .zip(said)
            .for_each(|(all, ms)| all.extend(ms));
        for (_, ours) in &mut streams {
            for _ in 0..IN_A_ROW {
                ours.round(networks)?;
            }
        }
    }
    let [eager_pair, eager_bent, script_pair, script_bent] =
        theirs.map(|mut all| (!all.is_empty()).then(|| median(&mut all)));
    let times = |eager: Option<f64>, script| Times {
        eager_ms: eager.unwrap_or(f64::NAN),
        torchscript_ms: script,
    };
    let (window, window_bent_only) = (
        times(eager_pair, script_pair),
        times(eager_bent, script_bent),
    );
    let modes = streams.into_iter().map(|(mode, ours)| ModeComparison {
        mode: mode_name(mode),
        pair: ratio(ours.pair, ours.strides.per_second(), &window),
        bent_only: ratio(ours.bent, ours.strides.per_second(), &window_bent_only),
    });
    Ok(Comparison {
        torch: facts.torch,
        python: facts.python,
        rounds: rounds.max(1),
        clean_error: facts.clean_error,
        bent_error: facts.bent_error,
        modes: modes.collect(),
        window,
        window_bent_only,
    })
}

/// What the script is to do: model, bends, one window, and what ONNX Runtime makes of it.
fn job(strides: &mut Strides, networks: &mut Networks) -> Result<Value> {
    let window = strides.window();
    let (mut latent, mut decoded) = (Vec::new(), Vec::new());
    networks.bender.encode(&window, &mut latent)?;
    latent.extend_from_within(..);
    networks
        .bender
        .decode(&latent, &strides.pair, &mut decoded)?;
    let (clean, bent) = decoded.split_at(decoded.len() / 2);
    let package = &networks.package;
    let manifest = package.manifest();
    Ok(json!({
        "model": std::path::absolute(package.path())?,
        "tensors": manifest.tensors,
        "frames": manifest.frames,
        "bins": manifest.bins,
        "bends": bends(&strides.bent, manifest),
        "window": window,
        "clean": clean,
        "bent": bent,
    }))
}

fn bends(program: &Program, manifest: &Manifest) -> Vec<Value> {
    let tensor = |layer: usize| match layer.checked_sub(1) {
        None => manifest.tensors.latent.as_str(),
        Some(place) => manifest.layers.get(place).map_or("", |layer| &layer.tensor),
    };
    Program::entries(program.words())
        .map(|entry| {
            let features: Vec<_> = entry.features.iter().map(|&x| cut::<usize>(x)).collect();
            json!({
                "tensor": tensor(entry.layer),
                "transform": entry.transform.name(),
                "parameters": entry.parameters,
                "features": features,
            })
        })
        .collect()
}

fn ratio(mut ours: Vec<f64>, strides_per_second: f64, theirs: &Times) -> Ratio {
    let ms = median(&mut ours);
    Ratio {
        netbend_ms_per_stride: ms,
        netbend_ms_per_second: ms * strides_per_second,
        eager_ms_per_second: theirs.eager_ms * strides_per_second,
        eager_ratio: theirs.eager_ms / ms,
        torchscript_ms_per_second: theirs.torchscript_ms.map(|ms| ms * strides_per_second),
        torchscript_ratio: theirs.torchscript_ms.map(|script| script / ms),
    }
}

/// Our side of a mode.
struct Ours {
    strides: Strides,
    latents: Vec<f32>,
    decoded: Vec<f32>,
    /// Milliseconds of each round.
    pair: Vec<f64>,
    bent: Vec<f64>,
}

impl Ours {
    fn new(strides: Strides) -> Self {
        Self {
            strides,
            latents: Vec::new(),
            decoded: Vec::new(),
            pair: Vec::new(),
            bent: Vec::new(),
        }
    }

    /// Two strides: one decoded clean and bent, and one decoded bent only.
    fn round(&mut self, networks: &mut Networks) -> Result<()> {
        let bender = &mut networks.bender;
        let (strides, latents, decoded) = (&mut self.strides, &mut self.latents, &mut self.decoded);
        for pair in [true, false] {
            strides.advance()?;
            let window = strides.window();
            let first = strides.first_frame;
            let ms = timed(|| {
                strides.encode(bender, &window, latents)?;
                if pair {
                    latents.extend_from_within(..);
                }
                let program = if pair { &strides.pair } else { &strides.bent };
                Ok(bender.decode_from(first, None, latents, program, decoded)?)
            })?;
            if pair { &mut self.pair } else { &mut self.bent }.push(ms);
        }
        Ok(())
    }
}
