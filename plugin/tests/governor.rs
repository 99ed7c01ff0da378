//! The governor in the real engine: it saves where frames come faster than they are bent, and never where the host waits.

#![allow(clippy::unwrap_used)] // A failed expectation is a failed test.

mod support;

use std::time::{Duration, Instant};

use netbend::offline::{Controls, LatencyMode, Quality, StereoMode};
use netbend_dsp::signal::noise;
use support::stream::bent;
use support::{Instance, RATE, instance};

const BLOCK: usize = 256;
/// The longest it may take until the worker has found out.
const PATIENCE: Duration = Duration::from_secs(30);

/// A bend of each channel by itself, so that a stride takes far longer than its frames do here.
fn apart() -> Controls {
    let mut controls = bent(0.0);
    controls.stereo = StereoMode::Dual;
    controls
}

/// Plays as if the host were many times faster than time, which is a worker that is many times too slow, until work is lowered.
fn overrun(instance: &mut Instance, input: &[f32]) -> Quality {
    let started = Instant::now();
    while instance.status.quality() == Quality::Full && started.elapsed() < PATIENCE {
        for block in input.chunks_exact(BLOCK) {
            let (mut left, mut right) = (block.to_vec(), block.to_vec());
            let channels = &mut [left.as_mut_slice(), right.as_mut_slice()];
            instance.processor.live().process(channels, |_| apart());
            // Time for a frame to be taken, not for a stride to be bent.
            std::thread::sleep(Duration::from_micros(300));
        }
    }
    instance.status.quality()
}

#[test]
fn an_overrun_worker_saves_and_a_bounce_gets_everything() {
    let input = noise(RATE, 1.0, 0.1, 3);
    let mut instance = instance(LatencyMode::Live);
    let alone = instance.bounce(&input, BLOCK, |_| apart());
    assert_eq!(instance.status.quality(), Quality::Full);
    assert_ne!(overrun(&mut instance, &input), Quality::Full);
    instance.processor.reset();
    let after = instance.bounce(&input, BLOCK, |_| apart());
    assert_eq!(instance.status.quality(), Quality::Full);
    assert!(alone == after, "a bounce is the same whatever came before");
}
