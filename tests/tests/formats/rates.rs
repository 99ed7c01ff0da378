//! Rates and block sizes that change a hundred times in a session: what is bypassed comes out whole, to the bit, after the latency that is
//! reported.

use netbend_dsp::signal::noise;
use netbend_tests::alone;
use netbend_tests::bus::Bus;
use netbend_tests::callbacks::{Call, Callable};
use netbend_tests::{host, vst3};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

const CHANGES: usize = 100;
/// The ends of what there is, what is usual, and odd ones.
const RATES: [f64; 14] = [
    8_000.0, 11_025.0, 16_000.0, 22_050.0, 32_000.0, 44_100.0, 48_000.0, 88_200.0, 96_000.0,
    176_400.0, 192_000.0, 384_000.0, 768_000.0, 47_999.5,
];
/// Samples that are compared after each change.
const COMPARED: usize = 5_000;

fn changes<P: Callable>() {
    let random = &mut ChaCha8Rng::seed_from_u64(1);
    let mut plugin = P::open().unwrap();
    for (id, text) in [("bypass", "On"), ("latency", "Live"), ("slot_on_1", "On")] {
        plugin.set_text(id, text).unwrap();
    }
    for change in 0..CHANGES {
        let rate = match change {
            0..14 => RATES[change],
            _ if random.random_bool(0.3) => random.random_range(8_000.0..200_000.0),
            _ => RATES[random.random_range(0..RATES.len())],
        };
        let longest = random.random_range(1..=4_096);
        plugin.begin(rate, longest, false).unwrap();
        let latency = plugin.latency_samples().unwrap();
        let total = latency + COMPARED;
        let input = noise(
            rate as f32,
            1.0 + total as f32 / rate as f32,
            0.4,
            change as u64,
        );
        let input = &input[..total];
        let (mut left, mut right) = (input.to_vec(), input.to_vec());
        let mut start = 0;
        while start < total {
            // Sometimes none, sometimes longer than announced.
            let samples = random.random_range(0..=longest + longest / 2);
            let part = start..(start + samples).min(total);
            let mut copies = [left[part.clone()].to_vec(), right[part.clone()].to_vec()];
            let [first, second] = &mut copies;
            plugin
                .call(Call {
                    samples: part.len(),
                    inputs: vec![Bus::of([&mut first[..], &mut second[..]]), Bus::empty()],
                    outputs: vec![Bus::of([&mut left[part.clone()], &mut right[part.clone()]])],
                    changes: &[],
                    notes: &[],
                    offline: false,
                })
                .unwrap();
            plugin.settle().unwrap();
            start = part.end;
        }
        for output in [&left, &right] {
            let whole = output[latency..] == input[..COMPARED];
            assert!(whole, "{} change {change}: {rate} Hz, {longest}", P::FORMAT);
        }
    }
}

#[test]
fn a_clap_follows_a_hundred_changes() {
    alone::apart(
        "rates::a_clap_follows_a_hundred_changes",
        changes::<host::Plugin>,
    );
}

#[test]
fn a_vst3_follows_a_hundred_changes() {
    alone::apart(
        "rates::a_vst3_follows_a_hundred_changes",
        changes::<vst3::Plugin>,
    );
}
