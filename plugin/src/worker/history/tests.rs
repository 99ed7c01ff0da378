//! Windows made of what is new alone, against windows made whole.

use std::path::Path;

use netbend_models::Package;
use prost::Message as _;

use super::*;
use crate::worker::tests::dice::Dice;
use crate::worker::tests::tiny_model;

fn history() -> History {
    let bytes = tiny_model::model().encode_to_vec();
    let package = Package::from_bytes(Path::new("tiny.onnx"), &bytes).unwrap();
    History::new(package.manifest())
}

#[test]
fn a_window_is_the_same_however_much_of_it_is_new() {
    let mut dice = Dice(5);
    let (mut stepwise, mut fresh) = (history(), history());
    let mut level_db = -6.0;
    for round in 0..200 {
        for _ in 0..[0, 1, 4, 16, 200][dice.below(5)] {
            let frame: Vec<f32> = match dice.below(4) {
                0 => Vec::new(),
                _ => (0..500).map(|_| dice.share()).collect(),
            };
            stepwise.push(&frame);
            fresh.push(&frame);
        }
        match dice.below(20) {
            0 => level_db -= 6.0,
            1 => level_db = -6.0,
            2 => [&mut stepwise, &mut fresh]
                .into_iter()
                .for_each(|history| history.bridge(7)),
            3 => [&mut stepwise, &mut fresh]
                .into_iter()
                .for_each(History::reset),
            _ => {}
        }
        fresh.release();
        let whole = fresh.window(level_db).to_vec();
        assert_eq!(stepwise.window(level_db), whole, "round {round}");
        assert_eq!(stepwise.last_window(), whole);
    }
}

#[test]
fn what_hears_nothing_holds_nothing() {
    let mut history = history();
    (0..300).for_each(|_| history.push(&[]));
    assert!(history.is_empty() && history.columns.is_empty() && history.window.is_empty());
    assert!(history.window(-60.0).iter().all(|unit| *unit < 1e-6));
    history.push(&[0.5]);
    assert!(!history.is_empty());
    let bins = history.bins;
    let newest = (history.seen - 1) * bins;
    let window = history.window(0.0);
    assert!(window[newest] > 0.0 && window[newest + 1..newest + bins].iter().all(|x| *x == 0.0));
}
