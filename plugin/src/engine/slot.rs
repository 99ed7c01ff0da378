//! Where an instance lies while nobody works on it, and what it has been told.
//!
//! Whoever works on an instance takes it out and puts it back: a pool thread for a stride, the loader for a command, the host's thread to
//! end it. Nobody holds a lock meanwhile.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use netbend_models::bend::BendFrame;
use netbend_models::weights::WeightFrame;

use crate::exchange::WorkerEnd;
use crate::params::model::WantedModel;
use crate::sound_clusters::SoundClusterStore;
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
    /// Panics at the next stride.
    #[cfg(test)]
    Break,
}

impl Command {
    /// Whether it may take as long as a model takes to load.
    fn may_load(&self) -> bool {
        matches!(self, Self::Load | Self::Model(_))
    }
}

/// One instance's place.
pub(super) struct Slot {
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

impl Slot {
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
    pub(super) fn take(&self) -> Option<Box<Instance>> {
        let mut lying = self.lying();
        if lying.closed {
            return None;
        }
        lying.instance.take()
    }

    /// Takes the instance out once nobody works on it; `None` where it is to end.
    pub(super) fn wait_and_take(&self) -> Option<Box<Instance>> {
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
        instance
    }

    /// Puts it back.
    pub(super) fn put(&self, instance: Box<Instance>) {
        self.lying().instance = Some(instance);
        self.changed.notify_all();
    }

    /// Ends the instance, once nobody works on it.
    pub(super) fn close(&self) {
        self.waiting.fetch_add(1, Ordering::AcqRel);
        let mut lying = self.lying();
        lying.closed = true;
        self.changed.notify_all();
        let mut lying = self
            .changed
            .wait_while(lying, |lying| lying.instance.is_none())
            .unwrap_or_else(PoisonError::into_inner);
        let instance = lying.instance.take();
        drop(lying);
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
