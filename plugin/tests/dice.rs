//! Dice: every roll is as far from the sound and as loud as was asked.
#![allow(clippy::unwrap_used)] // A failed expectation is a failed test.

use std::time::{Duration, Instant};

use netbend::offline::audition::{
    ClusterLabels, Judge, Locks, ModelLayout, Range, Reference, Snapshot, roll, vary,
};
use netbend::offline::preset::apply;
use netbend::offline::{Engine, NetbendParams, Resources};
use netbend_models::Preset;
use std::sync::Arc;

/// Rolls in a usual run; the variable `NETBEND_ROLLS` says how many are wanted.
const ROLLS: u64 = 40;

struct Table {
    judge: Judge,
    layout: Arc<ModelLayout>,
    clusters: Arc<ClusterLabels>,
    params: NetbendParams,
}

fn table() -> Table {
    let (_engine, status) = Engine::ready("drums").unwrap();
    let params = NetbendParams::default();
    let mut judge = Judge::open(&Resources::find(), &params.wanted_model()).unwrap();
    judge.hear(&Reference::stand_in()).unwrap();
    Table {
        judge,
        layout: status.model(),
        clusters: status.clusters(),
        params,
    }
}

#[test]
fn every_roll_is_as_far_and_as_loud_as_asked() {
    let mut table = table();
    let rolls = std::env::var("NETBEND_ROLLS").map_or(ROLLS, |text| text.parse().unwrap());
    let (mut longest, mut total) = (Duration::ZERO, Duration::ZERO);
    let mut times = Vec::new();
    let mut most = 0;
    for seed in 0..rolls {
        let range = Range::of((seed % 11) as f32 / 10.0);
        let (begun, before) = (Instant::now(), table.judge.verdicts());
        let layout = (&*table.layout, &*table.clusters);
        let locks = Locks::default();
        let rolled = roll(&mut table.judge, &table.params, &locks, layout, range, seed).unwrap();
        let took = begun.elapsed();
        times.push(took);
        let verdicts = table.judge.verdicts() - before;
        most = most.max(verdicts);
        (longest, total) = (longest.max(took), total + took);
        let verdict = rolled.verdict;
        assert!(
            rolled.is_within
                && (range.least_db..=range.most_db).contains(&verdict.distance_db)
                && verdict.loudness_db.abs() <= 3.0,
            "seed {seed}: {:.2} dB far where {range:?} was asked, {:+.2} dB loud",
            verdict.distance_db,
            verdict.loudness_db
        );
    }
    times.sort();
    println!(
        "{rolls} rolls: median {:?}, 95 % {:?}, longest {longest:?}, mean {:?}; {most} verdicts at most",
        times[times.len() / 2],
        times[times.len() * 95 / 100],
        total / rolls as u32
    );
}

#[test]
fn the_same_seed_rolls_the_same_and_what_is_locked_stays() {
    let mut table = table();
    let text = "transforms:\n- layer: 3\n  transform: rotate\n  params: [20]\n  features: random\n  feature-param: 0.1\n";
    apply(
        &Preset::from_yaml(text, "locked.yaml").unwrap(),
        &table.params,
    )
    .unwrap();
    let mut locks = Locks::default();
    locks.0[0] = true;
    let before = table.params.slots[0].frame(1);
    let range = Range::of(0.6);
    let mut settings = Vec::new();
    for seed in [7, 7, 8] {
        let layout = (&*table.layout, &*table.clusters);
        let rolled = roll(&mut table.judge, &table.params, &locks, layout, range, seed).unwrap();
        assert_eq!(table.params.slots[0].frame(1), before);
        settings.push(rolled.settings);
    }
    assert!(settings[0] == settings[1] && settings[0] != settings[2]);
    assert_ne!(settings[0], Snapshot::of(&NetbendParams::default()));
}

#[test]
fn variations_differ_from_what_they_vary_and_from_each_other_and_stay_as_loud() {
    let mut table = table();
    let text = "transforms:\n- layer: 2\n  transform: scalar-multiply\n  params: [4]\n  features: random\n  feature-param: 0.3\n";
    apply(
        &Preset::from_yaml(text, "varied.yaml").unwrap(),
        &table.params,
    )
    .unwrap();
    let settings = Snapshot::of(&table.params);
    let original = table.judge.judge(&table.params).unwrap();
    let mut varied = Vec::new();
    for seed in [1, 1, 2, 3, 4, 5, 6, 7, 8] {
        let layout = (&*table.layout, &*table.clusters);
        let roll = vary(&mut table.judge, &table.params, &settings, layout, seed).unwrap();
        assert!(
            roll.is_within,
            "seed {seed}: {:?}",
            roll.verdict.distance_db
        );
        assert!(roll.verdict.loudness_db.abs() <= 3.0, "seed {seed}");
        let apart = roll.verdict.levels.distance_db(&original.levels);
        assert!(apart >= 1.0, "seed {seed}: {apart:.2} dB from the original");
        varied.push(roll);
    }
    assert!(varied[0] == varied[1], "the same seed varies alike");
    for (place, one) in varied.iter().enumerate().skip(1) {
        let mut others = varied[place + 1..].iter();
        assert!(others.all(|other| other.settings != one.settings));
    }
}
