//! Many states, each spoilt somewhere, loaded one after the other: used by a test and, for longer, by an example.

use std::time::Duration;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::audio::Audio;
use crate::hosted::Hosted;
use crate::measure;
use crate::state::State;

/// What may come out of a sound that peaks at −6 dBFS, in dB relative to full scale.
pub const LOUDEST_DB: f64 = 12.0;

/// What is loaded, and how much of it is listened to.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// How many states.
    pub states: u64,
    /// Of how many one is played.
    pub every: u64,
    /// The seed of the first; the next ones count on.
    pub seed: u64,
}

/// What came of it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Findings {
    /// States that the plugin took.
    pub taken: u64,
    /// States that it refused.
    pub refused: u64,
    /// The loudest sample that came out, in dB relative to full scale.
    pub loudest_db: Option<f64>,
    /// The longest that a load took.
    pub slowest: Duration,
}

/// Settings that the states are spoilt from, so that there is something to hear.
const SETTINGS: [&[(&str, &str)]; 4] = [
    &[
        ("slot_on_1", "On"),
        ("slot_layer_1", "2"),
        ("slot_transform_1", "Ablate"),
    ],
    &[
        ("slot_on_1", "On"),
        ("slot_transform_1", "Multiply"),
        ("voice", "100 %"),
        ("weight_on_1", "On"),
    ],
    &[
        ("slot_on_2", "On"),
        ("slot_transform_2", "Threshold"),
        ("latent_freeze", "On"),
        ("phase", "Griffin-Lim"),
    ],
    &[
        ("slot_on_3", "On"),
        ("slot_transform_3", "Rotate"),
        ("latent_blend", "70 %"),
        ("latent_source", "Walk"),
        ("auto_gain", "Off"),
    ],
];

/// Loads states that are spoilt, half of them value by value and half byte by byte, into one instance. `watch` is told
/// how many are done.
///
/// # Errors
/// The first state that did harm, by its seed: it was refused and changed something, left a value out of its range,
/// was saved as what does not load again, or made a sound that is not finite or above [`LOUDEST_DB`].
pub fn fuzz<P: Hosted>(
    plan: Plan,
    input: &Audio,
    mut watch: impl FnMut(u64, &Findings),
) -> Result<Findings, String> {
    let mut plugin = open::<P>()?;
    let sources = SETTINGS
        .iter()
        .map(|settings| source::<P>(settings))
        .collect::<Result<Vec<_>, _>>()?;
    let mut findings = Findings::default();
    for index in 0..plan.states {
        let seed = plan.seed + index;
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let source = &sources[random.random_range(0..sources.len())];
        let bytes = match random.random() {
            true => {
                let mut state = source.clone();
                for _ in 0..random.random_range(1..=3) {
                    state = state.with_value_spoilt(&mut random);
                }
                state.bytes()
            }
            false => source.with_bytes_spoilt(&mut random),
        };
        let harm = |what: String| format!("{}, seed {seed}: {what}", P::FORMAT);
        load(&mut plugin, &bytes, &mut findings).map_err(harm)?;
        if index % plan.every == 0 {
            let peak_db = play(&mut plugin, input).map_err(harm)?;
            findings.loudest_db = Some(findings.loudest_db.unwrap_or(peak_db).max(peak_db));
        }
        watch(index + 1, &findings);
    }
    Ok(findings)
}

fn open<P: Hosted>() -> Result<P, String> {
    P::open().map_err(|error| error.to_string())
}

fn source<P: Hosted>(settings: &[(&str, &str)]) -> Result<State, String> {
    let mut plugin = open::<P>()?;
    for (param, text) in settings {
        plugin
            .set_text(param, text)
            .map_err(|error| error.to_string())?;
    }
    let saved = plugin.save().map_err(|error| error.to_string())?;
    State::parse(&saved).map_err(|error| error.to_string())
}

/// Loads a state, saves what has become of it and loads that.
fn load<P: Hosted>(plugin: &mut P, bytes: &[u8], findings: &mut Findings) -> Result<(), String> {
    let before = plugin.save().map_err(|error| error.to_string())?;
    let start = std::time::Instant::now();
    let taken = plugin.load(bytes).is_ok();
    findings.slowest = findings.slowest.max(start.elapsed());
    let saved = plugin.save().map_err(|error| format!("then {error}"))?;
    match taken {
        true => findings.taken += 1,
        false if saved == before => findings.refused += 1,
        false => return Err(String::from("refused, and something has changed")),
    }
    if !taken {
        return Ok(());
    }
    for (param, value, [min, max]) in plugin.values().map_err(|error| error.to_string())? {
        if !(min..=max).contains(&value) {
            return Err(format!("parameter {param} is {value}"));
        }
    }
    plugin
        .load(&saved)
        .map_err(|_| String::from("what was saved does not load again"))?;
    let again = plugin.save().map_err(|error| error.to_string())?;
    match again == saved {
        true => Ok(()),
        false => Err(String::from("what was saved loads as something else")),
    }
}

/// Plays a sound and returns how loud it became, in dB relative to full scale.
fn play<P: Hosted>(plugin: &mut P, input: &Audio) -> Result<f64, String> {
    let output = plugin.bounce(input).map_err(|error| error.to_string())?;
    if !measure::is_finite(&output) {
        return Err(String::from("the sound is not finite"));
    }
    let peak_db = 20.0 * f64::from(measure::peak(&output)).log10();
    if peak_db > LOUDEST_DB {
        return Err(format!("the sound has {peak_db:.1} dBFS"));
    }
    Ok(peak_db)
}
