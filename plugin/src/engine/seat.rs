//! Where an instance sits while nobody works on it, and what it has been told.
//!
//! Whoever works on an instance takes it out and puts it back: a pool thread for a stride, the loader for a command. Nobody holds a lock
//! meanwhile. The host's thread ends it where it sits, or leaves that to who works on it.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use netbend_models::bends::BendFrame;
use netbend_models::bends::weights::WeightFrame;

use crate::exchange::WorkerEnd;
use crate::params::model::WantedModel;
use crate::params::sound_clusters::SoundClusterStore;
use crate::worker::instance::Instance;

/// What an instance is told. Carried out by the loader, one after the other.
pub(super) enum Command {
    /// Loads the model it was made with.
    Load,
    Model(WantedModel),
    Open(WorkerEnd),
    /// Bends beyond the slots, each with the number its random draw is keyed by.
    FixedBends(Vec<(u64, BendFrame)>),
    /// Bends of weights beyond the slots.
    FixedWeights(Vec<WeightFrame>),
    SoundClusters(SoundClusterStore),
    /// Bends of what is soloed and muted, after all others.
    Isolate(Vec<BendFrame>),
    /// Panics at the next stride.
    #[cfg(test)]
    Break,
    /// Panics at the next stride, where nothing is guarded.
    #[cfg(test)]
    BreakThread,
}

impl Command {
    /// Whether it may take as long as a model takes to load.
    fn may_load(&self) -> bool {
        matches!(self, Self::Load | Self::Model(_))
    }
}

/// One instance's seat.
pub(super) struct Seat {
    lying: Mutex<Lying>,
    /// Something changed there.
    changed: Condvar,
    /// Those who wait for the instance: while there is one, no pool thread takes it up.
    waiting: AtomicUsize,
    commands: Mutex<VecDeque<Command>>,
    /// Commands that are not carried out yet.
    pending: AtomicUsize,
}

struct Lying {
    /// `None` while somebody works on it, and when it has ended.
    instance: Option<Box<Instance>>,
    /// Whether it is to end, or has ended.
    closed: bool,
}

impl Seat {
    pub(super) fn new(instance: Instance) -> Self {
        Self {
            lying: Mutex::new(Lying {
                instance: Some(Box::new(instance)),
                closed: false,
            }),
            changed: Condvar::new(),
            waiting: AtomicUsize::new(0),
            commands: Mutex::default(),
            pending: AtomicUsize::new(0),
        }
    }

    fn lying(&self) -> MutexGuard<'_, Lying> {
        self.lying.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn commands(&self) -> MutexGuard<'_, VecDeque<Command>> {
        self.commands.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What `look` says of the instance where it lies there and nobody waits for it. `look` is to be quick.
    pub(super) fn look<R>(&self, look: impl FnOnce(&mut Instance) -> R) -> Option<R> {
        if self.waiting.load(Ordering::Acquire) > 0 {
            return None;
        }
        self.lying().instance.as_deref_mut().map(look)
    }

    /// Takes the instance out, where it lies there.
    pub(super) fn take(self: &Arc<Self>) -> Option<Taken> {
        let mut lying = self.lying();
        if lying.closed {
            return None;
        }
        let instance = lying.instance.take()?;
        Some(Taken::new(self, instance))
    }

    /// Takes the instance out once nobody works on it; `None` where it is to end.
    pub(super) fn wait_and_take(self: &Arc<Self>) -> Option<Taken> {
        self.waiting.fetch_add(1, Ordering::AcqRel);
        let lying = self.lying();
        let mut lying = self
            .changed
            .wait_while(lying, |lying| !lying.closed && lying.instance.is_none())
            .unwrap_or_else(PoisonError::into_inner);
        let instance = if lying.closed {
            None
        } else {
            lying.instance.take()
        };
        self.waiting.fetch_sub(1, Ordering::AcqRel);
        instance.map(|instance| Taken::new(self, instance))
    }

    /// Puts it back, or ends it where that is wanted by now.
    fn put(&self, instance: Box<Instance>) {
        let mut lying = self.lying();
        if lying.closed {
            drop(lying);
            drop(instance);
            return;
        }
        lying.instance = Some(instance);
        drop(lying);
        self.changed.notify_all();
    }

    /// Ends the instance. Whoever works on it does so, when done; nobody waits for that.
    pub(super) fn close(&self) {
        let mut lying = self.lying();
        lying.closed = true;
        let instance = lying.instance.take();
        drop(lying);
        self.changed.notify_all();
        drop(instance);
        self.commands().clear();
    }

    /// Tells it something, and does `meanwhile` before that can be carried out.
    pub(super) fn tell(&self, command: Command, meanwhile: impl FnOnce()) {
        self.pending.fetch_add(1, Ordering::AcqRel);
        let mut commands = self.commands();
        commands.push_back(command);
        meanwhile();
    }

    /// Does `report`, unless there is something to carry out that may change what is reported.
    pub(super) fn unless_told(&self, report: impl FnOnce()) {
        let commands = self.commands();
        if commands.is_empty() {
            report();
        }
    }

    /// The next command; [`carried_out`](Self::carried_out) is to follow.
    pub(super) fn next_command(&self) -> Option<Command> {
        self.commands().pop_front()
    }

    pub(super) fn carried_out(&self) {
        self.pending.fetch_sub(1, Ordering::AcqRel);
    }

    /// Whether it was told something that is not carried out yet.
    pub(super) fn is_told(&self) -> bool {
        self.pending.load(Ordering::Acquire) > 0
    }

    /// Whether the next command may take as long as a model takes to load.
    pub(super) fn may_load(&self) -> bool {
        self.commands().front().is_some_and(Command::may_load)
    }
}

/// An instance that was taken out. It lies where it belongs again when this is dropped, also where whoever worked on it panicked: then it has
/// failed, and says so.
pub(super) struct Taken {
    seat: Arc<Seat>,
    /// `None` while it is dropped.
    instance: Option<Box<Instance>>,
}

impl Taken {
    fn new(seat: &Arc<Seat>, instance: Box<Instance>) -> Self {
        Self {
            seat: Arc::clone(seat),
            instance: Some(instance),
        }
    }

    /// Puts it back, with its status told.
    pub(super) fn report(mut self) {
        let seat = Arc::clone(&self.seat);
        seat.unless_told(|| self.report_it());
    }

    fn report_it(&mut self) {
        if let Some(instance) = &mut self.instance {
            instance.report();
        }
    }

    /// Does something with it: see [`Instance::guarded`].
    pub(super) fn guarded<R>(&mut self, work: impl FnOnce(&mut Instance) -> R) -> Option<R> {
        self.instance
            .as_mut()?
            .guarded(|instance| Ok(work(instance)))
    }

    pub(super) fn instance(&mut self) -> Option<&mut Instance> {
        self.instance.as_deref_mut()
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        let Some(mut instance) = self.instance.take() else {
            return;
        };
        if std::thread::panicking() {
            instance.break_off();
            instance.report();
        }
        self.seat.put(instance);
    }
}
