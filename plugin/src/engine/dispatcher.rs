//! Where pool threads find their work.
//!
//! One of the threads without work keeps watch: it looks at all instances every millisecond, takes their frames in passing, and
//! leaves with the first job it finds; then the next one keeps watch. An audio thread wakes nobody, unless its host renders offline.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::schedule::{Candidate, choose, companions};
use super::seat::{Seat, Taken};
use crate::threads::pool_thread::PoolThread;
use crate::threads::wake_up::WakeUp;
use crate::worker::instance::Due;
use crate::worker::model::{Model, SessionSet};

/// How long the watch sleeps between two looks: a fraction of the shortest stride.
const POLL: Duration = Duration::from_millis(1);
/// How long while there is no sound: much less than the shortest stride takes to come.
const IDLE_POLL: Duration = Duration::from_millis(10);
/// There is none when no frame has come for this long.
const IDLE_AFTER: Duration = Duration::from_secs(1);

/// What a pool thread does next.
pub(super) enum Job {
    /// Bends a stride of each, all of the same model, with this session set of it.
    Strides(SessionSet, Vec<Taken>),
    /// Begins or ends a learning, with a session set of its model if it has one.
    Sound(Option<SessionSet>, Taken),
}

/// What pool threads and those who want something of them share.
pub(super) struct Dispatcher {
    plan: Mutex<Plan>,
    /// Wakes those who wait for the watch.
    relief: Condvar,
    /// Wakes the watch.
    wake_up: Arc<WakeUp>,
    stop: AtomicBool,
    threads: usize,
}

struct Plan {
    seats: Vec<Arc<Seat>>,
    /// Whether somebody keeps watch.
    watched: bool,
    /// Threads with a job.
    busy: usize,
    /// Jobs so far.
    turn: u64,
    /// Whether the job before was a live stream's.
    live_before: bool,
    /// When a frame came last.
    heard: Instant,
}

/// A candidate and whose it is.
struct Ready {
    seat: Arc<Seat>,
    model: Option<Arc<Model>>,
    candidate: Candidate,
}

impl Dispatcher {
    pub(super) fn new(threads: usize) -> Self {
        Self {
            plan: Mutex::new(Plan {
                seats: Vec::new(),
                watched: false,
                busy: 0,
                turn: 0,
                live_before: false,
                heard: Instant::now(),
            }),
            relief: Condvar::new(),
            wake_up: Arc::default(),
            stop: AtomicBool::new(false),
            threads,
        }
    }

    fn plan(&self) -> MutexGuard<'_, Plan> {
        self.plan.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What wakes the watch.
    pub(super) fn wake_up(&self) -> &Arc<WakeUp> {
        &self.wake_up
    }

    pub(super) fn add(&self, seat: Arc<Seat>) {
        self.plan().seats.push(seat);
    }

    pub(super) fn remove(&self, seat: &Arc<Seat>) {
        self.plan().seats.retain(|other| !Arc::ptr_eq(seat, other));
    }

    /// Sends all threads home, each when its job is done.
    pub(super) fn stop(&self) {
        let plan = self.plan();
        self.stop.store(true, Ordering::Release);
        drop(plan);
        self.wake_up.call();
        self.relief.notify_all();
    }

    /// The next job. Waits for one; `None` at the end. The job before is done, if there was one.
    pub(super) fn next(&self, had_job: bool, thread: &PoolThread) -> Option<Job> {
        let mut plan = self.plan();
        plan.busy -= usize::from(had_job);
        loop {
            if self.stop.load(Ordering::Acquire) {
                return None;
            }
            if let Some(job) = plan.find(self.threads, thread) {
                plan.busy += 1;
                if !plan.watched {
                    self.relief.notify_one();
                }
                return Some(job);
            }
            if plan.watched {
                let waited = self.relief.wait(plan);
                plan = waited.unwrap_or_else(PoisonError::into_inner);
                continue;
            }
            plan.watched = true;
            let idle = plan.heard.elapsed() > IDLE_AFTER;
            drop(plan);
            self.wake_up.wait(if idle { IDLE_POLL } else { POLL });
            plan = self.plan();
            plan.watched = false;
        }
    }
}

impl Plan {
    /// Takes the frames that have come, and takes up the most urgent of what can be done.
    fn find(&mut self, threads: usize, thread: &PoolThread) -> Option<Job> {
        loop {
            let ready = self.look_around(thread);
            let candidates: Vec<_> = ready.iter().map(|ready| ready.candidate).collect();
            let first = choose(&candidates, self.live_before)?;
            let free = threads.saturating_sub(self.busy).max(1);
            let session_sets = |model: &Arc<Model>| model.free_session_sets().min(free);
            let others = match &ready[first].model {
                Some(model) => companions(&candidates, first, session_sets(model)),
                None => Vec::new(),
            };
            // None where the loader or its owner was faster: then there is less to choose from.
            if let Some(job) = self.take_up(&ready, first, &others) {
                return Some(job);
            }
        }
    }

    fn look_around(&mut self, thread: &PoolThread) -> Vec<Ready> {
        let now = Instant::now();
        let mut ready = Vec::new();
        for seat in &self.seats {
            let told = seat.is_told();
            let looked = seat.look(|instance| {
                let frames = instance.collect(now, told, thread);
                let due = instance.due(now, told);
                let ready = due.map(|due| (due, instance.model().cloned(), instance.served));
                (frames, ready)
            });
            let Some((frames, due)) = looked else {
                continue;
            };
            if frames {
                self.heard = now;
            }
            let Some((due, model, served)) = due else {
                continue;
            };
            if model
                .as_ref()
                .is_some_and(|model| model.free_session_sets() == 0)
            {
                continue;
            }
            let Due {
                is_stride,
                slack,
                waited,
                cost,
            } = due;
            let kind = model.as_ref().filter(|_| is_stride).map(Arc::as_ptr);
            ready.push(Ready {
                seat: Arc::clone(seat),
                model,
                candidate: Candidate {
                    slack,
                    waited,
                    cost,
                    served,
                    kind: kind.map(|model| model as usize),
                },
            });
        }
        ready
    }

    fn take_up(&mut self, ready: &[Ready], first: usize, others: &[usize]) -> Option<Job> {
        let turn = self.turn + 1;
        let take = |place: usize| {
            let mut taken = ready[place].seat.take()?;
            taken.instance()?.served = turn;
            Some(taken)
        };
        let one = take(first)?;
        let Ready {
            model, candidate, ..
        } = &ready[first];
        let session_set = match model {
            // Where there is none the loader has it, for as long as it takes to look at it.
            Some(model) => Some(model.take_session_set()?),
            None => None,
        };
        self.turn = turn;
        self.live_before = candidate.slack.is_some();
        Some(match session_set {
            Some(session_set) if candidate.kind.is_some() => {
                let others = others.iter().filter_map(|&place| take(place));
                let taken = std::iter::once(one).chain(others).collect();
                Job::Strides(session_set, taken)
            }
            session_set => Job::Sound(session_set, one),
        })
    }
}
