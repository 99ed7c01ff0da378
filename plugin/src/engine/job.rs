//! What a pool thread does with a job.

use std::sync::Arc;
use std::time::Instant;

use netbend_models::Bender;

use super::desk::{Job, Taken};
use super::model::Model;
use crate::worker::instance::{Instance, decode};

/// Items that are decoded as one batch: no further stride is prepared for a batch that has as many.
const MAX_ITEMS: usize = 8;

/// Does the job, and puts everything back where it belongs.
pub(super) fn run(job: Job) {
    match job {
        Job::Strides(model, lane, taken) => bend(model, lane, taken),
        Job::Sound(lane, taken) => attend_to_sound(lane, taken),
    }
}

/// Bends a stride of each stream. The lane is free as soon as all are decoded, and a stream as soon as it is finished, unless it wants
/// something decoded for its next strides.
fn bend(model: Arc<Model>, mut lane: Bender, taken: Vec<Taken>) {
    let mut prepared: Vec<Taken> = Vec::with_capacity(taken.len());
    let mut items = 0;
    for (slot, mut instance) in taken {
        if items >= MAX_ITEMS {
            slot.put(instance);
            continue;
        }
        if instance.prepare(&mut lane) {
            items += instance.items();
            prepared.push((slot, instance));
        } else {
            put_back((slot, instance));
        }
    }
    let started = Instant::now();
    let mut instances: Vec<&mut Instance> = prepared
        .iter_mut()
        .map(|(_, instance)| &mut **instance)
        .collect();
    decode(&mut instances, &mut lane);
    let seconds = started.elapsed().as_secs_f32();
    let mut lane = Some(lane);
    if !prepared.iter_mut().any(|(_, one)| one.wants_more()) {
        lane.take()
            .into_iter()
            .for_each(|lane| model.give_back(lane));
    }
    let mut finished: Vec<Taken> = Vec::new();
    for (slot, mut instance) in prepared {
        let share = instance.items() as f32 / items.max(1) as f32;
        instance.finish(seconds * share);
        if lane.is_some() && instance.wants_more() {
            finished.push((slot, instance));
        } else {
            put_back((slot, instance));
        }
    }
    // What is not heard yet comes when all that is has been sent.
    for (slot, mut instance) in finished {
        if let Some(lane) = &mut lane {
            instance.decode_later(lane);
        }
        put_back((slot, instance));
    }
    lane.into_iter().for_each(|lane| model.give_back(lane));
}

fn attend_to_sound(lane: Option<(Arc<Model>, Bender)>, (slot, mut instance): Taken) {
    match lane {
        Some((model, mut lane)) => {
            instance.attend_to_sound(Some(&mut lane));
            model.give_back(lane);
        }
        None => instance.attend_to_sound(None),
    }
    put_back((slot, instance));
}

fn put_back((slot, mut instance): Taken) {
    slot.unless_told(|| instance.report());
    slot.put(instance);
}
