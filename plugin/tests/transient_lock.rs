//! The transient lock through the real engine: the attacks of drums stay where and what they were, and the rest is bent.

#![allow(clippy::unwrap_used)] // A failed expectation is a failed test.

mod support;

use netbend::offline::{Controls, LatencyMode};
use netbend_dsp::metrics::{onset_lag, pre_echo};
use netbend_dsp::signal::{drum_loop, noise};
use netbend_models::bends::selection::SelectionKind;
use netbend_models::bends::transform::TransformKind;
use netbend_models::bends::{BendFrame, BendTarget};
use support::sound::null_db;
use support::{RATE, instance};

const BLOCK: usize = 480;

/// Layer 2 multiplied, in the difference voice.
fn bent(share: f32, transient_lock: f32) -> Controls {
    let mut controls = Controls {
        transient_lock,
        ..Controls::default()
    };
    controls.slots[0] = BendFrame {
        target: BendTarget {
            layer: 2,
            transform: TransformKind::ScalarMultiply,
            selection: SelectionKind::Random,
            seed: 1,
            ..BendTarget::default()
        },
        share,
        amount: 1.0,
        parameters: [3.0, 0.0],
    };
    controls
}

#[test]
fn locked_attacks_are_neither_late_nor_echoed_before() {
    for mode in [LatencyMode::Live, LatencyMode::Studio] {
        let mut instance = instance(mode);
        for seed in [1, 3] {
            let drums = drum_loop(RATE, 4.0, seed);
            for share in [0.25, 1.0] {
                let [free, locked] = [0.0, 1.0].map(|lock| {
                    let controls = bent(share, lock);
                    instance.bounce(&drums, BLOCK, |_| controls)
                });
                for (name, output) in [("free", &free), ("locked", &locked)] {
                    let lag = onset_lag(&drums, output, RATE);
                    let echo = pre_echo(&drums, output, RATE);
                    println!(
                        "{mode:?}, seed {seed}, {share}, {name}: {} onsets, lag {:.3} worst {:.3} ms, pre-echo {:.1} worst {:.1} dB, bend {:.1} dB",
                        lag.lags_ms.len(),
                        lag.median_ms,
                        lag.worst_ms,
                        echo.median_db,
                        echo.worst_db,
                        null_db(&drums, output)
                    );
                }
                let lag = onset_lag(&drums, &locked, RATE);
                assert!(lag.lags_ms.len() >= 15);
                assert!(lag.median_ms <= 0.1, "{} ms", lag.median_ms);
                assert!(lag.worst_ms <= 0.5, "{} ms", lag.worst_ms);
                let echo = pre_echo(&drums, &locked, RATE);
                assert!(echo.worst_db <= -30.0, "{} dB", echo.worst_db);
                // The bend is still there: what is heard of it between the attacks.
                let heard = null_db(&drums, &locked);
                assert!(heard > -40.0, "{heard} dB");
            }
        }
    }
}

#[test]
fn without_attacks_or_a_lock_nothing_is_taken_from_the_bend() {
    let steady = noise(RATE, 2.0, 0.3, 5);
    let mut instance = instance(LatencyMode::Live);
    let [free, half, locked] = [0.0, 0.5, 1.0].map(|lock| {
        let controls = bent(0.25, lock);
        instance.bounce(&steady, BLOCK, |_| controls)
    });
    let settled = RATE as usize / 5;
    assert!(free[settled..] == locked[settled..] && free[settled..] == half[settled..]);
    assert!(free != locked, "the beginning is an attack");
}

#[test]
fn a_lock_is_the_same_at_any_block_size() {
    let drums = drum_loop(RATE, 1.5, 2);
    let mut instance = instance(LatencyMode::Tight);
    let controls = bent(0.25, 0.7);
    let first = instance.bounce(&drums, BLOCK, |_| controls);
    for block in [64, 4_096] {
        assert!(first == instance.bounce(&drums, block, |_| controls));
    }
}
