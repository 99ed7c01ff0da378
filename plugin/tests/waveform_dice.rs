//! Dice and variations of a waveform model: as far and as loud as was asked, bends that mean something, and the judge hears what the engine plays.
#![allow(clippy::unwrap_used)] // A failed expectation is a failed test.

mod support;

use std::sync::Arc;
use std::time::{Duration, Instant};

use netbend::offline::audition::{
    ClusterLabels, Judge, Locks, ModelLayout, Range, Reference, Snapshot, roll, vary,
};
use netbend::offline::preset::apply;
use netbend::offline::{
    Controls, Engine, FormatReader, LatencyMode, NetbendParams, Processor, Resources, Status,
    StreamShape,
};
use netbend_dsp::metrics::BandLevels;
use netbend_models::Preset;
use netbend_models::node::operator::sequence::acts_on_sequences;
use support::stream::bounce;

const MODEL: &str = "drums-waveform";
/// Rolls in a usual run; the variable `NETBEND_ROLLS` says how many are wanted.
const ROLLS: u64 = 22;
/// A roll takes two seconds of one quiet thread at most; tests share theirs.
const LONGEST: Duration = Duration::from_secs(30);

struct Table {
    engine: Engine,
    status: Arc<Status>,
    judge: Judge,
    layout: Arc<ModelLayout>,
    clusters: Arc<ClusterLabels>,
    params: NetbendParams,
}

fn table() -> Table {
    let (engine, status) = Engine::ready(MODEL).unwrap();
    let params = NetbendParams::default();
    params.set_model(MODEL);
    let mut judge = Judge::open(&Resources::find(), &params.wanted_model()).unwrap();
    judge.hear(&Reference::stand_in()).unwrap();
    Table {
        layout: status.model(),
        clusters: status.clusters(),
        engine,
        status,
        judge,
        params,
    }
}

impl Table {
    fn roll(&mut self, locks: &Locks, range: Range, seed: u64) -> netbend::offline::audition::Roll {
        let model = (&*self.layout, &*self.clusters);
        roll(&mut self.judge, &self.params, locks, model, range, seed).unwrap()
    }

    fn put(&self, text: &str) {
        let preset = Preset::from_yaml(text, "dice.yaml").unwrap();
        apply(&preset, &self.params).unwrap();
        self.params.set_model(MODEL);
    }
}

/// Whether every bend that is on means something where it is.
fn assert_meant(params: &NetbendParams, layout: &ModelLayout, seed: u64) {
    for slot in params.slots.iter().filter(|slot| slot.on.value()) {
        let layer = usize::try_from(slot.layer.value()).unwrap();
        assert!(
            (1..=layout.shown_layers).contains(&layer),
            "seed {seed}: layer {layer}"
        );
        let size = &layout.layers[layer - 1];
        assert!(size.features > 1, "seed {seed}: layer {layer}");
        let kind = slot.transform.value().kind();
        assert!(
            acts_on_sequences(kind, size.rows),
            "seed {seed}: {kind:?} on layer {layer}"
        );
    }
    let tensors = layout.weights.len();
    for slot in params.weights.iter().filter(|slot| slot.on.value()) {
        let layer = usize::try_from(slot.layer.value()).unwrap();
        assert!(
            (1..=tensors).contains(&layer),
            "seed {seed}: weights {layer}"
        );
    }
}

#[test]
fn every_roll_is_as_far_and_as_loud_as_asked_and_means_something() {
    let mut table = table();
    let rolls = std::env::var("NETBEND_ROLLS").map_or(ROLLS, |text| text.parse().unwrap());
    let (mut longest, mut most) = (Duration::ZERO, 0);
    let mut within = 0;
    for seed in 0..rolls {
        let range = Range::of((seed % 11) as f32 / 10.0);
        let (begun, before) = (Instant::now(), table.judge.verdicts());
        let rolled = table.roll(&Locks::default(), range, seed);
        let took = begun.elapsed();
        let verdicts = table.judge.verdicts() - before;
        println!(
            "seed {seed}: {took:?}, {verdicts} verdicts, {:.1} dB of {range:?}, {:+.1} dB, {}",
            rolled.verdict.distance_db, rolled.verdict.loudness_db, rolled.is_within
        );
        longest = longest.max(took);
        most = most.max(verdicts);
        within += u64::from(rolled.is_within);
        rolled.settings.put(&table.params);
        assert_meant(&table.params, &table.layout, seed);
    }
    println!("{within} of {rolls} within; longest {longest:?}, {most} verdicts at most");
    assert!(longest < LONGEST);
    assert_eq!(within, rolls);
}

#[test]
fn the_same_seed_rolls_the_same_and_what_is_locked_stays() {
    let mut table = table();
    table.put("transforms:\n- layer: 8\n  transform: scalar-multiply\n  params: [2]\n  features: random\n  feature-param: 0.2\n");
    let mut locks = Locks::default();
    locks.0[0] = true;
    let before = table.params.slots[0].frame(1);
    let mut settings = Vec::new();
    for seed in [7, 7, 8] {
        let rolled = table.roll(&locks, Range::of(0.5), seed);
        assert_eq!(table.params.slots[0].frame(1), before);
        settings.push(rolled.settings);
    }
    assert!(settings[0] == settings[1] && settings[0] != settings[2]);
}

#[test]
fn variations_differ_from_what_they_vary_and_from_each_other() {
    let mut table = table();
    table.put("transforms:\n- layer: 7\n  transform: scalar-multiply\n  params: [3]\n  features: random\n  feature-param: 0.3\n");
    let settings = Snapshot::of(&table.params);
    let original = table.judge.judge(&table.params).unwrap();
    let mut varied = Vec::new();
    for seed in [1, 1, 2, 3, 4, 5, 6, 7, 8] {
        let model = (&*table.layout, &*table.clusters);
        let begun = Instant::now();
        let roll = vary(&mut table.judge, &table.params, &settings, model, seed).unwrap();
        let apart = roll.verdict.levels.distance_db(&original.levels);
        println!(
            "seed {seed}: {:?}, {:.1} dB far, {apart:.1} apart, {:+.1} dB, {}",
            begun.elapsed(),
            roll.verdict.distance_db,
            roll.verdict.loudness_db,
            roll.is_within
        );
        assert!(roll.is_within, "seed {seed}");
        assert!(apart >= 1.0, "seed {seed}: {apart:.2} dB from the original");
        roll.settings.put(&table.params);
        assert_meant(&table.params, &table.layout, seed);
        varied.push(roll);
    }
    assert!(varied[0] == varied[1], "the same seed varies alike");
    for (place, one) in varied.iter().enumerate().skip(1) {
        let mut others = varied[place + 1..].iter();
        assert!(others.all(|other| other.settings != one.settings));
    }
}

/// What the engine makes of the sound that verdicts are given on, going round as it does for the judge.
fn played(table: &Table, sound: &[f32], rate: f32) -> Vec<f32> {
    let format = FormatReader::default().format(&Resources::find(), MODEL);
    let shape = StreamShape::new(format, rate, LatencyMode::default()).unwrap();
    let exchange = table.engine.open(shape, 1);
    let (geometry, stride) = (shape.geometry, shape.stride_frames);
    let status = Arc::clone(&table.status);
    let mut processor = Processor::new(geometry, 1, stride, exchange, status).unwrap();
    processor.reset();
    let thrice = [sound, sound, sound].concat();
    // The judge leaves the ceiling out.
    let controls = Controls {
        ceiling: false,
        ..table.params.controls()
    };
    let mut made = bounce(&mut processor, &[thrice], &[], |_| controls);
    made.remove(0).split_off(sound.len())
}

#[test]
fn the_judge_hears_what_the_engine_plays() {
    let mut table = table();
    let reference = Reference::stand_in();
    let (sound, rate) = (&reference.samples, reference.rate_hz);
    let levels = |samples: &[f32]| BandLevels::of(&[samples.to_vec()], rate).unwrap();
    let dry = levels(sound);
    for text in [
        "{layer: 8, transform: scalar-multiply, params: [2.5], features: random, feature-param: 0.3}",
        "{layer: 2, transform: ablate, features: random, feature-param: 0.5}",
        "{layer: 6, transform: flip-h, features: random, feature-param: 0.4, amount: 0.5}",
    ] {
        for voice in [0.0, 1.0] {
            table.put(&format!("voice: {voice}\ntransforms:\n- {text}\n"));
            let verdict = table.judge.judge(&table.params).unwrap();
            let both = played(&table, sound, rate);
            let heard = levels(&both[..sound.len()]);
            let third = levels(&both[sound.len()..]);
            // The model draws noise, other one at each time round.
            let of_noise = heard.distance_db(&third);
            let apart = heard.distance_db(&verdict.levels);
            let distance = heard.distance_db(&dry);
            println!(
                "{text} at {voice}: engine {distance:.2} dB, judge {:.2} dB, {apart:.2} dB apart where noise is {of_noise:.2}",
                verdict.distance_db
            );
            assert!(
                (distance - verdict.distance_db).abs() < 0.25,
                "{text} at {voice}"
            );
            assert!(
                apart < of_noise + 0.25,
                "{text} at {voice}: {apart:.2} dB apart"
            );
        }
    }
}

#[test]
fn what_bends_nothing_is_no_distance_and_a_moved_latent_is_one() {
    let mut table = table();
    let verdict = table.judge.judge(&table.params).unwrap();
    assert_eq!((verdict.distance_db, verdict.loudness_db), (0.0, 0.0));
    table.put("latent:\n  offsets: [2]\n");
    let verdict = table.judge.judge(&table.params).unwrap();
    assert!(verdict.distance_db > 1.0, "{}", verdict.distance_db);
}
