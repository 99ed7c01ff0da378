//! Automation adds no click: while a parameter jumps over its whole range at every 1/16 note, and where it can then
//! runs to and fro, no step between two samples is more than twice the largest of the renders in which it rests.
//!
//! The parameters are those the plugin lists, so that a new one is tested from its first day.

use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use netbend_dsp::signal::{noise, sine};
use netbend_tests::audio::Audio;
use netbend_tests::host::{Automation, Blocks, Param, Plugin, param_id};
use netbend_tests::measure::largest_step;

use crate::fixture;

const RATE: u32 = 44_100;
/// A sixteenth at 120 beats per minute.
const SIXTEENTH: usize = RATE as usize / 8;
/// Sixteenths that begin with a jump, and sixteenths that are ramps after them.
const JUMPS: usize = 6;
const RAMPS: usize = 4;
const SAMPLES: usize = (JUMPS + RAMPS) * SIXTEENTH;
/// How often a ramp moves, in samples.
const RAMP_STEP: usize = 64;
/// The largest step while a parameter moves, as a multiple of the largest while it rests.
const LIMIT: f32 = 2.0;
/// A stepped parameter takes this many values from its lowest on, and its highest; others take both ends.
const CHOICES: usize = 11;
/// As many of a parameter with more values than that, such as a seed.
const CHOICES_OF_MANY: usize = 5;
const THREADS: usize = 2;

/// What bends in every render, so that parameters matter.
const BEND: [(&str, &str); 3] = [
    ("slot_on_1", "On"),
    ("slot_layer_1", "2"),
    ("slot_transform_1", "Multiply"),
];

/// What a parameter needs beside [`BEND`] to do anything.
const NEEDS: [(&str, &[(&str, &str)]); 17] = [
    ("slot_cluster_1", &[("slot_selection_1", "Cluster")]),
    ("slot_within_1", &[("slot_selection_1", "Cluster")]),
    ("slot_second_1", &[("slot_transform_1", "Translate")]),
    ("weight_layer_1", &[("weight_on_1", "On")]),
    ("weight_transform_1", &[("weight_on_1", "On")]),
    ("weight_percentage_1", &[("weight_on_1", "On")]),
    ("weight_amount_1", &[("weight_on_1", "On")]),
    ("weight_seed_1", RANDOM_WEIGHTS),
    ("latent_freeze", &[("voice", "50 %")]),
    ("latent_source", &[("latent_blend", "100 %")]),
    ("latent_seed", &[("latent_blend", "100 %")]),
    ("latent_rate", WALK),
    ("phase", &[("voice", "50 %")]),
    ("phase_iterations", GRIFFIN_LIM),
    ("phase_look_ahead", GRIFFIN_LIM),
    ("auto_gain", &[("voice", "50 %")]),
    ("stereo", &[("voice", "50 %")]),
];
const RANDOM_WEIGHTS: &[(&str, &str)] =
    &[("weight_on_1", "On"), ("weight_transform_1", "Randomise")];
const WALK: &[(&str, &str)] = &[("latent_blend", "100 %"), ("latent_source", "Walk")];
const GRIFFIN_LIM: &[(&str, &str)] = &[("voice", "50 %"), ("phase", "Griffin-Lim")];

/// What [`LIVE`] plays again in *Live*, where strides are short and every frame is near a seam.
const LIVE: [&str; 8] = [
    "slot_amount_1",
    "slot_layer_1",
    "voice",
    "phase",
    "latent_freeze",
    "seed",
    "gain",
    "bypass",
];

/// Low tones beating against each other over soft noise: a step of 0.1 would be plain to hear.
fn tones() -> Audio {
    let seconds = SAMPLES as f32 / RATE as f32;
    let channel = |detune: f32, seed: u64| {
        let mut mix = noise(RATE as f32, seconds, 0.005, seed);
        for (hz, amplitude) in [(110.0, 0.2), (110.7, 0.1), (221.3, 0.1), (331.0, 0.05)] {
            let tone = sine(RATE as f32, seconds, hz * detune, amplitude);
            mix.iter_mut().zip(tone).for_each(|(sum, x)| *sum += x);
        }
        // Without fades, the largest step of all is where the sound breaks off.
        for n in 0..SIXTEENTH / 2 {
            let gain = n as f32 / (SIXTEENTH / 2) as f32;
            mix[n] *= gain;
            mix[SAMPLES - 1 - n] *= gain;
        }
        mix
    };
    Audio {
        sample_rate: RATE,
        channels: vec![channel(1.0, 1), channel(1.003, 2)],
    }
}

fn drums() -> Audio {
    fixture::drums(RATE, 2, SAMPLES as f32 / RATE as f32)
}

/// One parameter, in one setting.
struct Case {
    param: Param,
    settings: Vec<(&'static str, &'static str)>,
}

/// The largest steps of renders at rest, by settings.
type Rests = HashMap<Vec<(&'static str, &'static str)>, f32>;

impl Case {
    fn new(param: Param, more: &[(&'static str, &'static str)]) -> Self {
        let needs = NEEDS.iter().find(|(id, _)| param_id(id) == param.id);
        let needs = needs.map_or(&[][..], |(_, needs)| *needs);
        Self {
            settings: BEND.iter().chain(needs).chain(more).copied().collect(),
            param,
        }
    }

    /// The values it jumps between.
    fn values(&self) -> Vec<f64> {
        let (min, max) = (self.param.min, self.param.max);
        if !self.param.stepped {
            return vec![min, max];
        }
        let steps = (max - min) as usize;
        let choices = if steps < CHOICES {
            steps
        } else {
            CHOICES_OF_MANY
        };
        let first = (0..choices).map(|step| min + step as f64);
        first.chain([max]).collect()
    }

    fn automation(&self) -> Automation {
        let values = self.values();
        let ramps = if self.param.stepped { 0 } else { RAMPS };
        let jumps = JUMPS + RAMPS - ramps;
        let times = (0..jumps).map(|sixteenth| sixteenth * SIXTEENTH);
        let id = self.param.id;
        let mut automation = times
            .zip(values.iter().cycle())
            .fold(Automation::default(), |automation, (sample, &value)| {
                automation.at_number(sample, id, value)
            });
        for sample in (jumps * SIXTEENTH..SAMPLES).step_by(RAMP_STEP) {
            let turn = (sample as f64 / SIXTEENTH as f64).rem_euclid(2.0);
            let share = 1.0 - (turn - 1.0).abs();
            let value = self.param.min + share * (self.param.max - self.param.min);
            automation = automation.at_number(sample, id, value);
        }
        automation
    }

    /// The largest step while it moves, as a multiple of the largest while it rests.
    fn ratio(&self, plugin: &mut Plugin, input: &Audio, rests: &mut Rests) -> f32 {
        let mut render = |start: f64, automation: &Automation| {
            plugin.set_number(self.param.id, start).unwrap();
            let output = plugin.render(input, Blocks::Fixed(512), automation);
            largest_step(&output.unwrap())
        };
        let values = self.values();
        let mut resting = values.clone();
        let mut loudest = 0.0;
        // At its default a parameter leaves the settings what they are, unless they say otherwise.
        if !self
            .settings
            .iter()
            .any(|(id, _)| param_id(id) == self.param.id)
        {
            let settings = rests.entry(self.settings.clone());
            loudest =
                *settings.or_insert_with(|| render(self.param.default, &Automation::default()));
            resting.retain(|value| *value != self.param.default);
        }
        let rests = resting
            .into_iter()
            .map(|value| render(value, &Automation::default()))
            .fold(loudest, f32::max);
        render(values[0], &self.automation()) / rests
    }

    /// Plays an input, and leaves the plugin as it was.
    fn play(&self, plugin: &mut Plugin, fresh: &[Param], input: &Audio, rests: &mut Rests) -> f32 {
        for (id, text) in &self.settings {
            plugin.set_text(id, text).unwrap();
        }
        let ratio = self.ratio(plugin, input, rests);
        let ids = self.settings.iter().map(|(id, _)| param_id(id));
        for id in ids.chain([self.param.id]) {
            let param = fresh.iter().find(|param| param.id == id).unwrap();
            plugin.set_number(id, param.default).unwrap();
        }
        ratio
    }
}

/// Every parameter that may be automated; of slots that are like slot 1, and of weight slots that are like the first,
/// what turns them on.
fn automatable() -> Vec<Param> {
    let params = fixture::plugin().params().unwrap();
    let wanted = |param: &Param| match slot(&param.name) {
        Some((2.., what)) => ["On", "Amount"].contains(&what),
        _ => true,
    };
    params
        .into_iter()
        .filter(|param| param.automatable && wanted(param))
        .collect()
}

/// The number and the rest of a name such as `Slot 3 Amount`.
fn slot(name: &str) -> Option<(u32, &str)> {
    let numbered = name
        .strip_prefix("Slot ")
        .or_else(|| name.strip_prefix("Weights "))?;
    let (number, what) = numbered.split_once(' ')?;
    Some((number.parse().ok()?, what))
}

/// Plays all cases on a few threads and fails with the list of those that click.
fn assert_no_clicks(cases: &[Case], input: &Audio) {
    let next = AtomicUsize::new(0);
    let ratios = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                let mut plugin = fixture::plugin();
                let fresh = plugin.params().unwrap();
                let mut rests = Rests::new();
                while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let ratio = case.play(&mut plugin, &fresh, input, &mut rests);
                    ratios
                        .lock()
                        .unwrap()
                        .push((case.param.name.clone(), ratio));
                }
            });
        }
    });
    let mut ratios = ratios.into_inner().unwrap();
    ratios.sort_by(|a, b| b.1.total_cmp(&a.1));
    println!("{ratios:.2?}");
    let held = |ratio: f32| ratio <= LIMIT; // not a number, where nothing was heard
    let clicks: Vec<_> = ratios.iter().filter(|(_, ratio)| !held(*ratio)).collect();
    assert!(clicks.is_empty(), "{clicks:#?}");
}

#[test]
fn no_parameter_clicks_when_it_jumps_at_every_sixteenth() {
    let cases: Vec<Case> = automatable()
        .into_iter()
        .map(|param| Case::new(param, &[]))
        .collect();
    assert!(cases.len() > 40, "{} parameters", cases.len());
    assert_no_clicks(&cases, &tones());
    let (_, one_of_each_kind): (_, Vec<Case>) = cases
        .into_iter()
        .partition(|case| matches!(slot(&case.param.name), Some((2.., _))));
    assert_no_clicks(&one_of_each_kind, &drums());
}

#[test]
fn none_clicks_in_live_either() {
    let mut plugin = fixture::plugin();
    let cases = LIVE.map(|id| Case::new(plugin.param(id).unwrap(), &[("latency", "Live")]));
    assert_no_clicks(&cases, &tones());
}

#[test]
fn a_gain_that_switches_within_a_sample_would_be_found() {
    let still = tones();
    let mut switched = still.clone();
    for channel in &mut switched.channels {
        for (n, sample) in channel.iter_mut().enumerate() {
            *sample *= if (n / SIXTEENTH).is_multiple_of(2) {
                1.0
            } else {
                0.7
            };
        }
    }
    let ratio = largest_step(&switched) / largest_step(&still);
    assert!(ratio > LIMIT, "{ratio:.2}");
}
