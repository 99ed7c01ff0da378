//! Calls of `process` drawn from a seed, with all that hosts do around them: used by a test and, for longer, by an example.
//!
//! Blocks of any size, null and missing channels, values and notes at any time, storms of them, bypass, latency modes, rates, sidechains, models that change
//! through states, offline stretches. While the plugin must keep up, its thread is [watched](crate::guard).

mod callable;

use std::time::Duration;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::bus::Bus;
use crate::guard;
use crate::host::HostError;
use crate::notes::Note;
use crate::sounding::Change;
use crate::state::State;
pub use callable::{Call, Callable};

/// The longest block that is announced, and the longest that comes.
const ANNOUNCED: usize = 512;
const LONGEST: usize = 2_048;
/// Samples a second, of which one is chosen at a restart.
const RATES: [f64; 6] = [44_100.0, 48_000.0, 96_000.0, 22_050.0, 192_000.0, 37_123.0];
/// The names of models that states name: the one that ships, and one that is missing.
const MODELS: [&str; 2] = ["drums", "nowhere"];
/// Calls until libraries have made what they make once.
const WARM_UP: u64 = 50;

/// What is called, and how often.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// How many calls.
    pub calls: u64,
    /// The seed of all that is drawn.
    pub seed: u64,
}

/// Three stereo buses of sound.
struct Sound([[Vec<f32>; 2]; 3]);

impl Sound {
    fn new(random: &mut ChaCha8Rng) -> Self {
        let channel = |random: &mut ChaCha8Rng| {
            (0..LONGEST)
                .map(|_| random.random_range(-0.5..0.5))
                .collect()
        };
        Self(std::array::from_fn(|_| {
            std::array::from_fn(|_| channel(random))
        }))
    }

    /// Puts fresh noise, or what no sound should be, into the inputs.
    fn refresh(&mut self, samples: usize, random: &mut ChaCha8Rng) {
        const BAD: [f32; 6] = [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 1e38, 1e-40, 0.0];
        let level = [0.5, 0.5, 0.01, 0.0][random.random_range(0..4)];
        for channel in self.0[..2].iter_mut().flatten() {
            for sample in &mut channel[..samples] {
                *sample = random.random_range(-1.0..1.0) * level;
            }
            if samples > 0 && random.random_bool(0.01) {
                channel[random.random_range(0..samples)] = BAD[random.random_range(0..BAD.len())];
            }
        }
    }
}

/// A bus as hosts make them: whole, with holes, or not there.
fn bus<'a>(channels: &'a mut [Vec<f32>; 2], samples: usize, random: &mut ChaCha8Rng) -> Bus<'a> {
    let part = |channel: &'a mut Vec<f32>| &mut channel[..samples];
    let [left, right] = channels;
    match random.random_range(0..24) {
        0 => Bus::null_addresses(2),
        1 => Bus::empty(),
        2 => Bus::with_holes([Some(part(left)), None]),
        3 => Bus::of([part(left)]),
        _ => Bus::of([part(left), part(right)]),
    }
}

/// Calls as the plan says; `progress` is told how many are done.
///
/// # Errors
/// What the plugin failed at, and after how many calls; a sample that is not a number.
pub fn fuzz<P: Callable>(plan: Plan, mut progress: impl FnMut(u64)) -> Result<(), String> {
    let random = &mut ChaCha8Rng::seed_from_u64(plan.seed);
    let mut plugin = P::open().map_err(|error| error.to_string())?;
    for (id, text) in [("slot_on_1", "On"), ("slot_transform_1", "Multiply")] {
        plugin
            .set_text(id, text)
            .map_err(|error| error.to_string())?;
    }
    let params = plugin.values().map_err(|error| error.to_string())?;
    let saved = plugin.save().map_err(|error| error.to_string())?;
    let states = models(&saved).ok_or("the state does not name a model")?;
    let mut sound = Sound::new(random);
    let mut offline = false;
    let mut changes = Vec::new();
    let failed = |call: u64| move |error: HostError| format!("call {call}: {error}");
    let mut rate = RATES[1];
    plugin.begin(rate, ANNOUNCED, offline).map_err(failed(0))?;
    let mut set_up_offline = offline;
    for call in 0..plan.calls {
        // What a host does between blocks, each now and then.
        if random.random_bool(1.0 / 2_000.0) {
            rate = RATES[random.random_range(0..RATES.len())];
            plugin
                .begin(rate, ANNOUNCED, offline)
                .map_err(failed(call))?;
            set_up_offline = offline;
        }
        if random.random_bool(1.0 / 1_500.0) {
            let state = &states[random.random_range(0..states.len())];
            plugin.load(state).map_err(failed(call))?;
        }
        if random.random_bool(if offline { 0.1 } else { 1.0 / 1_000.0 }) {
            offline = !offline;
            plugin.say_offline(offline).map_err(failed(call))?;
            if P::SET_UP_HOLDS && set_up_offline && !offline {
                plugin
                    .begin(rate, ANNOUNCED, offline)
                    .map_err(failed(call))?;
                set_up_offline = false;
            }
        }
        if random.random_bool(1.0 / 25.0) {
            // So that the engine has something to do with.
            std::thread::sleep(Duration::from_millis(2));
        }
        let samples = match random.random_range(0..8) {
            0 => [0, 1, 2, 3, 5, 7, 31, 127][random.random_range(0..8)],
            1 => random.random_range(0..=LONGEST),
            2 => 64,
            _ => 128,
        };
        draw(&mut changes, samples, &params, random);
        let notes = notes(samples, random);
        sound.refresh(samples, random);
        let Sound([main, beside, out]) = &mut sound;
        let both = random.random_bool(0.9);
        let inputs = [
            Some(bus(main, samples, random)),
            both.then(|| bus(beside, samples, random)),
        ];
        let outputs = vec![bus(out, samples, random)];
        // While nobody waits for it, it may do as it likes.
        if offline || call < WARM_UP {
            guard::unwatch();
        } else {
            guard::watch();
        }
        let done = plugin.call(Call {
            samples,
            inputs: inputs.into_iter().flatten().collect(),
            outputs,
            changes: &changes,
            notes: &notes,
            offline,
        });
        guard::unwatch();
        done.map_err(failed(call))?;
        plugin.settle().map_err(failed(call))?;
        let mut heard = out.iter().flat_map(|channel| &channel[..samples]);
        if let Some(sample) = heard.find(|sample| !sample.is_finite()) {
            return Err(format!("call {call}: {sample} came out"));
        }
        progress(call + 1);
    }
    Ok(())
}

/// The same state with each of the models.
fn models(saved: &[u8]) -> Option<Vec<Vec<u8>>> {
    let state = State::parse(saved).ok()?;
    state.json["fields"].get("model")?;
    let with = |model: &&str| {
        let mut other = state.clone();
        other.json["fields"]["model"] = format!("\"{model}\"").into();
        other.bytes()
    };
    Some(MODELS.iter().map(with).collect())
}

/// What is set within the block: often nothing, sometimes a storm.
fn draw(
    changes: &mut Vec<Change>,
    samples: usize,
    params: &[(u32, f64, [f64; 2])],
    random: &mut ChaCha8Rng,
) {
    changes.clear();
    let count = match random.random_range(0..20) {
        0 => 40,
        1..=6 => random.random_range(1..4),
        _ => 0,
    };
    for _ in 0..count {
        let (param, _, [low, high]) = params[random.random_range(0..params.len())];
        changes.push(Change {
            offset: random.random_range(0..samples.max(1)) as u32,
            param,
            value: random.random_range(low..=high),
        });
    }
    changes.sort_by_key(|change| change.offset);
}

/// What is played within the block: often nothing, sometimes a storm.
fn notes(samples: usize, random: &mut ChaCha8Rng) -> Vec<Note> {
    let count = match random.random_range(0..30) {
        0 => 3_000,
        1..=6 => random.random_range(1..4),
        _ => 0,
    };
    let mut notes: Vec<_> = (0..count)
        .map(|_| {
            let velocity = [0.0, 0.0, 0.3, 1.0][random.random_range(0..4)];
            let sample = random.random_range(0..samples.max(1));
            Note::on(sample, random.random_range(30..50), velocity)
        })
        .collect();
    notes.sort_by_key(|note| note.sample);
    notes
}
