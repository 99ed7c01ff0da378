//! What twenty routes of modulators cost: `modulators_cost [SECONDS]`.
//!
//! Run with `NETBEND_RESOURCES` set to a folder with ONNX Runtime and `models/drums.onnx`. Eight slots are bounced at rest, moved by
//! modulators, and moved by automation to the same values: processor time of the worker, and of the thread that plays, in seconds.

#![allow(missing_docs)] // A program.

use std::cell::RefCell;

use anyhow::Result;
use netbend::offline::preset::apply;
use netbend::offline::{
    ControlSource, Controls, Incoming, LatencyMode, Modulators, MovingControls, NetbendParams,
    Transport,
};
use netbend_bench::clock::Worked;
use netbend_bench::scenario::{Instance, RATE, Scenario};
use netbend_bench::statistics::median;
use netbend_models::{ModelFormat, Preset};
use netbend_usage::thread_time;

const BLOCK: usize = 1_024;
const ROUNDS: usize = 5;
const TEMPO: f64 = 174.0;

/// Writes down what modulators say.
struct Noted<'a> {
    moving: MovingControls<'a>,
    noted: &'a RefCell<Vec<Controls>>,
}

impl ControlSource for Noted<'_> {
    fn hear(&mut self, incoming: Incoming<'_>) {
        self.moving.hear(incoming);
    }

    fn at(&mut self, before: usize) -> Controls {
        let controls = self.moving.at(before);
        self.noted.borrow_mut().push(controls);
        controls
    }
}

/// How a bounce gets its controls.
#[derive(Clone, Copy, PartialEq)]
enum Way {
    Rest,
    Moved,
    Automated,
}

/// Seconds of the worker and of this thread for one bounce.
fn bounce(
    instance: &mut Instance,
    params: &NetbendParams,
    way: Way,
    noted: &RefCell<Vec<Controls>>,
    sound: &[Vec<f32>; 2],
) -> Option<(f64, f64)> {
    let [mut left, mut right] = sound.clone();
    let mut modulators = Modulators::new(RATE, 2);
    let mut next = RefCell::new(0);
    if way == Way::Moved {
        noted.borrow_mut().clear();
    }
    let (worked, began) = (Worked::begin(), thread_time()?);
    let mut from = 0;
    for (left, right) in left.chunks_mut(BLOCK).zip(right.chunks_mut(BLOCK)) {
        let transport = Transport {
            is_playing: true,
            tempo: Some(TEMPO),
            beats: Some(from as f64 / f64::from(RATE) * TEMPO / 60.0),
            seconds: None,
        };
        from += left.len();
        let mut processor = instance.processor.offline();
        match way {
            Way::Rest => processor.process(&mut [left, right], |_| params.controls()),
            Way::Moved => {
                let moving = modulators.block(params, &transport);
                processor.process(&mut [left, right], Noted { moving, noted });
            }
            Way::Automated => {
                let noted = noted.borrow();
                let next = &next;
                processor.process(&mut [left, right], |_| {
                    let place = next.replace_with(|place| *place + 1);
                    noted
                        .get(place)
                        .copied()
                        .unwrap_or_else(|| params.controls())
                });
            }
        }
    }
    *next.get_mut() = 0;
    let played = thread_time()?.checked_sub(began)?.as_secs_f64();
    let seconds = worked.elsewhere_seconds()?;
    instance.processor.reset();
    Some((seconds, played))
}

fn main() -> Result<()> {
    let seconds: f32 = match std::env::args().nth(1) {
        Some(number) => number.parse()?,
        None => 10.0,
    };
    let params = NetbendParams::default();
    let text = format!("auto-gain: false\n{}", kit::routes::twenty_routes());
    apply(&Preset::from_yaml(&text, "twenty")?, &params)?;
    let format = ModelFormat::default();
    let scenario = Scenario::new("drums", format, 5, 8, 0.25);
    for mode in [LatencyMode::Live, LatencyMode::Tight, LatencyMode::Studio] {
        let mut instance = Instance::open(&scenario, mode)?;
        let noted = RefCell::new(Vec::new());
        let warm = Scenario::drums(1.0);
        bounce(&mut instance, &params, Way::Rest, &noted, &warm);
        let sound = Scenario::drums(seconds);
        let ways = [
            (Way::Rest, "at rest"),
            (Way::Moved, "moved by modulators"),
            (Way::Automated, "automated to the same"),
        ];
        let mut times = [const { (Vec::new(), Vec::new()) }; 3];
        // Turn by turn, so that a busy machine is busy for all.
        for _ in 0..ROUNDS {
            for ((way, _), (worked, played)) in ways.iter().zip(&mut times) {
                if let Some(time) = bounce(&mut instance, &params, *way, &noted, &sound) {
                    worked.push(time.0);
                    played.push(time.1);
                }
            }
        }
        for ((_, what), (worked, played)) in ways.iter().zip(&mut times) {
            let [worked, played] = [worked, played].map(|times| median(times));
            println!(
                "{mode:?}, {what}: worker {worked:.3} s, this thread {played:.3} s for {seconds} s of sound"
            );
        }
    }
    Ok(())
}
