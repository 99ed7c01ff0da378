//! The loader: one thread that carries out what instances are told, and has models loaded and their session sets made, so that no pool thread ever does.
//!
//! Each load is a thread of its own, which the loader waits for: what takes longer than [`LOADING`] is given up, and the next one is not held up
//! by it ([why not a process](../../../docs/decisions/loading.md)).

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use netbend_models::run::runtime::Cancellation;

use super::freed;
use super::models::{Models, SessionSetWanted};
use super::seat::{Command, Seat};
use crate::error::Error;
use crate::threads::aside::{Aside, Outcome};
use crate::threads::priority::step_back;
use crate::worker::instance::Instance;

/// How far the loader steps back behind what sounds: enough that it never takes a core from it, little enough that loading goes on.
const STEPS_BACK: i32 = 5;
/// How long a model may take to load: the one that ships takes a second on a machine that has much else to do.
const LOADING: Duration = Duration::from_secs(if cfg!(test) { 5 } else { 30 });

/// What the loader is to do.
#[derive(Default)]
pub(super) struct Orders {
    waiting: Mutex<Waiting>,
    came: Condvar,
    /// Ends whatever is loaded, and whatever runs on what was loaded.
    cancellation: Cancellation,
}

#[derive(Default)]
struct Waiting {
    /// Those who were told something.
    seats: VecDeque<Arc<Seat>>,
    session_sets: VecDeque<SessionSetWanted>,
    stop: bool,
}

enum Order {
    Attend(Arc<Seat>),
    SessionSet(SessionSetWanted),
}

impl Orders {
    /// Tells the instance in `seat` something, and does `meanwhile` before that can be carried out.
    pub(super) fn tell(&self, seat: &Arc<Seat>, command: Command, meanwhile: impl FnOnce()) {
        seat.tell(command, meanwhile);
        self.with(|waiting| waiting.seats.push_back(Arc::clone(seat)));
    }

    /// Ends the loader, what it has begun, and all that runs on the models it has loaded.
    pub(super) fn stop(&self) {
        self.with(|waiting| waiting.stop = true);
        self.cancellation.cancel();
    }

    fn with(&self, change: impl FnOnce(&mut Waiting)) {
        change(&mut self.waiting.lock().unwrap_or_else(PoisonError::into_inner));
        self.came.notify_one();
    }

    /// The next order: what is quick first, then models, then session sets. Waits for one; `None` at the end.
    fn next(&self) -> Option<Order> {
        let waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let mut waiting = self
            .came
            .wait_while(waiting, |waiting| {
                !waiting.stop && waiting.seats.is_empty() && waiting.session_sets.is_empty()
            })
            .unwrap_or_else(PoisonError::into_inner);
        if waiting.stop {
            return None;
        }
        let quick = waiting.seats.iter().position(|seat| !seat.may_load());
        match waiting.seats.remove(quick.unwrap_or(0)) {
            Some(seat) => Some(Order::Attend(seat)),
            None => waiting.session_sets.pop_front().map(Order::SessionSet),
        }
    }
}

/// The loader's thread. A model is given a session set for each instance that plays it, as many as there are `threads` at most.
pub(super) fn run(orders: &Orders, threads: usize) {
    step_back(STEPS_BACK);
    let mut loader = Loader {
        models: Models::default(),
        orders,
        threads,
    };
    while let Some(order) = orders.next() {
        match order {
            Order::Attend(seat) => loader.attend(&seat),
            Order::SessionSet(wanted) => loader.make(wanted),
        }
    }
}

struct Loader<'o> {
    models: Models,
    orders: &'o Orders,
    threads: usize,
}

impl Loader<'_> {
    /// Carries out everything the instance was told. Then its status says what holds: a model and the stream that belongs to it come one
    /// after the other, and between them is nothing to tell.
    fn attend(&mut self, seat: &Arc<Seat>) {
        let mut carried_out = 0;
        while let Some(command) = seat.next_command() {
            self.carry_out(seat, command);
            carried_out += 1;
        }
        work_on(seat, |instance| seat.unless_told(|| instance.report()));
        // Only now: whoever renders offline waits for all of it.
        for _ in 0..carried_out {
            seat.carried_out();
        }
    }

    fn carry_out(&mut self, seat: &Arc<Seat>, command: Command) {
        match command {
            Command::Load => self.load(seat),
            Command::Model(wanted) => {
                if work_on(seat, |instance| instance.want(wanted)) == Some(true) {
                    self.load(seat);
                }
            }
            Command::Open(stream) => {
                let known = work_on(seat, Instance::begin_to_open);
                if known == Some(false) {
                    // What was missing may have been put right since.
                    self.load(seat);
                }
                let fits = work_on(seat, |instance| instance.open(stream));
                if (known, fits) == (Some(true), Some(false)) {
                    // The stream was opened for the model's file as it is now, which may not be the one that was loaded.
                    self.load(seat);
                }
            }
            Command::FixedBends(bends) => {
                work_on(seat, |instance| instance.set_fixed_bends(bends));
            }
            Command::FixedWeights(weights) => {
                work_on(seat, |instance| instance.set_fixed_weights(weights));
            }
            Command::Isolate(bends) => {
                work_on(seat, |instance| instance.isolate(bends));
            }
            Command::SoundClusters(store) => {
                work_on(seat, |instance| instance.attach_sound(store));
            }
            #[cfg(test)]
            Command::Break => {
                work_on(seat, Instance::break_down);
            }
            #[cfg(test)]
            Command::BreakThread => {
                work_on(seat, |instance| instance.breaks_thread = true);
            }
        }
    }

    /// Loads the instance's model. It plays on meanwhile.
    fn load(&mut self, seat: &Arc<Seat>) {
        let Some((resources, wanted)) = work_on(seat, |instance| instance.wanted()) else {
            return;
        };
        let name = wanted.name.clone();
        let job = (self.models.clone(), resources, wanted);
        let mut is_new = false;
        let loaded = match self.aside(move || job.0.get(&job.1, &job.2)) {
            Outcome::Done(loaded) => loaded,
            Outcome::Failed => Err(Error::Unloaded(name)),
            Outcome::Left => Err(Error::Deadline {
                name,
                seconds: LOADING.as_secs(),
            }),
        };
        let model = loaded.map(|(model, wanted)| {
            is_new = self.models.add(&model);
            if model.count_instance(self.threads) {
                self.orders
                    .with(|waiting| waiting.session_sets.push_back(wanted));
            }
            model
        });
        work_on(seat, |instance| instance.take_model(model));
        if is_new {
            freed::give_back();
        }
    }

    /// Makes a further session set, or gives up all that are wanted of its model.
    fn make(&self, wanted: SessionSetWanted) {
        let this = wanted.clone();
        if let Outcome::Left = self.aside(move || this.make()) {
            self.orders
                .with(|waiting| waiting.session_sets.retain(|other| !other.is_like(&wanted)));
        }
        freed::give_back();
    }

    /// Does what may take too long.
    fn aside<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Outcome<T> {
        let cancellation = self.orders.cancellation.part();
        // It is as far behind what sounds as the thread that begins it.
        match Aside::begin("netbend-load", 0, cancellation, work) {
            Ok(aside) => aside.wait(LOADING),
            Err(_) => Outcome::Failed,
        }
    }
}

/// Does something with an instance once nobody else does; `None` where it has ended or this failed, which it then says.
fn work_on<R>(seat: &Arc<Seat>, work: impl FnOnce(&mut Instance) -> R) -> Option<R> {
    seat.wait_and_take()?.guarded(work)
}
