//! What a pool thread does with a job. Whatever it holds goes back where it belongs when it is done with, also where it panics.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Instant;

use super::desk::Job;
use super::slot::Taken;
use crate::threads::pool_thread::PoolThread;
use crate::worker::instance::{Instance, decode};
use crate::worker::model::Lane;

/// Items that are decoded as one batch: no further stride is prepared for a batch that has as many.
const MAX_ITEMS: usize = 8;

/// Does the job.
pub(super) fn run(job: Job, thread: &PoolThread) {
    match job {
        Job::Strides(lane, taken) => bend(lane, taken, thread),
        Job::Sound(lane, taken) => attend_to_sound(lane, taken, thread),
    }
}

/// Bends a stride of each stream. The lane is free as soon as all are decoded, and a stream as soon as it is finished, unless it wants
/// something decoded for its next strides.
fn bend(mut lane: Lane, taken: Vec<Taken>, thread: &PoolThread) {
    let mut prepared: Vec<Taken> = Vec::with_capacity(taken.len());
    let mut items = 0;
    for one in taken {
        // What panics goes back by itself; those who were to be decoded with it are none the wiser.
        let ready = catch_unwind(AssertUnwindSafe(|| {
            prepare(one, &mut lane, &mut items, thread)
        }));
        prepared.extend(ready.ok().flatten());
    }
    let started = Instant::now();
    let mut instances: Vec<&mut Instance> =
        prepared.iter_mut().filter_map(Taken::instance).collect();
    if let Some(bender) = lane.bender() {
        decode(&mut instances, bender, thread);
    }
    let seconds = started.elapsed().as_secs_f32();
    let mut lane = Some(lane);
    if !instances.iter_mut().any(|one| one.wants_more()) {
        drop(lane.take());
    }
    let mut finished: Vec<Taken> = Vec::new();
    for mut one in prepared {
        let Some(instance) = one.instance() else {
            continue;
        };
        let share = instance.items() as f32 / items.max(1) as f32;
        instance.finish(seconds * share, thread);
        if lane.is_some() && instance.wants_more() {
            finished.push(one);
        } else {
            one.report();
        }
    }
    // What is not heard yet comes when all that is has been sent.
    for mut one in finished {
        let bender = lane.as_mut().and_then(Lane::bender);
        if let (Some(bender), Some(instance)) = (bender, one.instance()) {
            instance.decode_later(bender, thread);
        }
        one.report();
    }
}

/// Prepares the stride of one stream, unless there are enough `items` already; `None` where nothing is to be decoded.
fn prepare(
    mut one: Taken,
    lane: &mut Lane,
    items: &mut usize,
    thread: &PoolThread,
) -> Option<Taken> {
    let (instance, bender) = (one.instance()?, lane.bender()?);
    #[cfg(test)]
    assert!(
        !std::mem::take(&mut instance.breaks_thread),
        "as it was told"
    );
    if *items >= MAX_ITEMS {
        return None;
    }
    if instance.prepare(bender, thread) {
        *items += instance.items();
        Some(one)
    } else {
        one.report();
        None
    }
}

fn attend_to_sound(mut lane: Option<Lane>, mut taken: Taken, thread: &PoolThread) {
    if let Some(instance) = taken.instance() {
        let bender = lane.as_mut().and_then(Lane::bender);
        instance.attend_to_sound(bender, thread);
    }
    drop(lane);
    taken.report();
}
