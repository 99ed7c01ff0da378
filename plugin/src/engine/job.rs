//! What a pool thread does with a job. Whatever it holds goes back where it belongs when it is done with, also where it panics.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Instant;

use netbend_dsp::number::nearest_f32;

use super::dispatcher::Job;
use super::seat::Taken;
use crate::threads::pool_thread::PoolThread;
use crate::worker::instance::{Instance, decode};
use crate::worker::model::{SessionSet, Sessions};

/// Items that are decoded as one batch: no further stride is prepared for a batch that has as many.
const MAX_ITEMS: usize = 8;

/// Does the job.
pub(super) fn run(job: Job, thread: &PoolThread) {
    match job {
        Job::Strides(session_set, taken) => bend(session_set, taken, thread),
        Job::Sound(session_set, taken) => attend_to_sound(session_set, taken, thread),
    }
}

/// Bends a stride of each stream. The session set is free as soon as all are decoded, and a stream as soon as it is finished, unless it wants
/// something decoded for its next strides.
fn bend(mut session_set: SessionSet, taken: Vec<Taken>, thread: &PoolThread) {
    if let Some(Sessions::Waveform(player)) = session_set.sessions() {
        for mut one in taken {
            // What panics goes back by itself.
            let _ = catch_unwind(AssertUnwindSafe(|| {
                if let Some(instance) = one.instance() {
                    instance.play(player, thread);
                }
                one.report();
            }));
        }
        return;
    }
    let mut prepared: Vec<Taken> = Vec::with_capacity(taken.len());
    let mut items = 0;
    for one in taken {
        // What panics goes back by itself; those who were to be decoded with it are none the wiser.
        let ready = catch_unwind(AssertUnwindSafe(|| {
            prepare(one, &mut session_set, &mut items, thread)
        }));
        prepared.extend(ready.ok().flatten());
    }
    let started = Instant::now();
    let mut instances: Vec<&mut Instance> =
        prepared.iter_mut().filter_map(Taken::instance).collect();
    if let Some(bender) = session_set.bender() {
        decode(&mut instances, bender, thread);
    }
    let seconds = started.elapsed().as_secs_f32();
    let mut session_set = Some(session_set);
    if !instances.iter_mut().any(|one| one.wants_more()) {
        drop(session_set.take());
    }
    let mut finished: Vec<Taken> = Vec::new();
    for mut one in prepared {
        let Some(instance) = one.instance() else {
            continue;
        };
        let share = nearest_f32(instance.items()) / nearest_f32(items.max(1));
        instance.finish(seconds * share, thread);
        if session_set.is_some() && instance.wants_more() {
            finished.push(one);
        } else {
            one.report();
        }
    }
    // What is not heard yet comes when all that is has been sent.
    for mut one in finished {
        let bender = session_set.as_mut().and_then(SessionSet::bender);
        if let (Some(bender), Some(instance)) = (bender, one.instance()) {
            instance.decode_later(bender, thread);
        }
        one.report();
    }
}

/// Prepares the stride of one stream, unless there are enough `items` already; `None` where nothing is to be decoded.
fn prepare(
    mut one: Taken,
    session_set: &mut SessionSet,
    items: &mut usize,
    thread: &PoolThread,
) -> Option<Taken> {
    let (instance, bender) = (one.instance()?, session_set.bender()?);
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

fn attend_to_sound(mut session_set: Option<SessionSet>, mut taken: Taken, thread: &PoolThread) {
    if let Some(instance) = taken.instance() {
        let bender = session_set.as_mut().and_then(SessionSet::bender);
        instance.attend_to_sound(bender, thread);
    }
    drop(session_set);
    taken.report();
}
