//! The engine: one for all instances of a process. They share models, the threads that bend, and the one that loads.
//!
//! [`Engine`] is an instance's handle, which the plugin or the command line holds. Nothing of an instance is a thread. Pool threads never
//! load, and never hold up an audio thread, which only ever touches the rings of [`exchange`].
//!
//! | module | what it is |
//! |---|---|
//! | `pool` | the threads; they live while an instance does |
//! | `dispatcher` | where they find their work: all instances, looked at in turn |
//! | `schedule` | who is served next, and together with whom |
//! | `job` | a stride of one stream or of several, from its frames to its sound |
//! | `seat` | where an instance sits while nobody works on it, and what it was told |
//! | `loader` | carries out what instances are told; loads |
//! | `search` | which file a model is, by name and by hash |
//! | `preset` | what a preset makes of an instance, with the parts its model has |
//! | `models` | the models that are loaded, each once for all who play it |
//! | `freed` | memory that loading has freed, given back |
//!
//! # Time
//! A stream is due when the first hop of its complete stride is to go out. The earliest goes first. Hosts that render offline wait for
//! their sound, and come after live streams that are near; they get every second turn where those have time. Where more strides wait than
//! there are threads, those of one model are decoded as one batch; the samples are the same to the bit.
//!
//! # Trouble
//! What goes wrong in an instance ends that instance's bending, and its status says so; others never notice.

mod denormals;
mod dispatcher;
mod freed;
mod job;
mod loader;
mod models;
mod pool;
pub(crate) mod preset;
mod schedule;
pub(crate) mod search;
mod seat;
#[cfg(test)]
mod stall;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use netbend_models::bends::BendFrame;
use netbend_models::bends::weights::WeightFrame;

use crate::error::Error;
use crate::exchange::{self, AudioEnd};
use crate::params::model::WantedModel;
use crate::params::sound_clusters::SoundClusterStore;
use crate::report::scope::Scope;
use crate::report::status::{EngineState, Status};
use crate::resources::Resources;
use crate::stream::shape::StreamShape;
use crate::worker::instance::Instance;
use pool::Pool;
use seat::{Command, Seat};

/// Handle to one instance; dropping it ends what the instance was doing, and with the last one all threads. That never takes longer than 250 ms:
/// what does not come to an end by then is left to itself.
pub struct Engine {
    seat: Arc<Seat>,
    /// `None` where its threads do not start.
    pool: Option<Arc<Pool>>,
    status: Arc<Status>,
}

impl Engine {
    /// An instance that begins to load ONNX Runtime and the model called `model`. Where another instance plays it, it is there at once.
    pub fn spawn(
        resources: Resources,
        model: String,
        status: Arc<Status>,
        scope: Arc<Scope>,
    ) -> Self {
        Self::playing(resources, WantedModel::named(model), status, scope)
    }

    /// As [`spawn`](Self::spawn), with the model's hash where there is one.
    pub fn playing(
        resources: Resources,
        model: WantedModel,
        status: Arc<Status>,
        scope: Arc<Scope>,
    ) -> Self {
        let instance = Instance::new(resources, model, Arc::clone(&status), scope);
        let seat = Arc::new(Seat::new(instance));
        let pool = Pool::shared();
        if let Err(error) = &pool {
            status.set_failed(Error::Threads(error.to_string()));
        }
        let engine = Self {
            seat,
            pool: pool.ok(),
            status,
        };
        if let Some(pool) = &engine.pool {
            pool.dispatcher.add(Arc::clone(&engine.seat));
        }
        engine.tell(Command::Load);
        engine
    }

    /// An engine that has loaded the model called `model` from where Netbend finds it, and what it says of itself: for programs without
    /// a window. Waits.
    ///
    /// # Errors
    /// What is wrong, where it does not load.
    pub fn ready(model: &str) -> Result<(Self, Arc<Status>), Error> {
        let status = Arc::new(Status::default());
        let engine = Self::spawn(
            Resources::find(),
            model.to_owned(),
            Arc::clone(&status),
            Arc::default(),
        );
        status.wait_until_ready()?;
        Ok((engine, status))
    }

    /// What the engine is doing.
    pub fn status(&self) -> &Arc<Status> {
        &self.status
    }

    /// Opens a stream in place of the current one; the model is looked for again where it had failed. Never waits. Not for the audio thread.
    pub fn open(&self, shape: StreamShape, channels: usize) -> AudioEnd {
        let (audio, worker) = exchange::open(shape, channels);
        self.status.set_stream(shape);
        if let Some(pool) = &self.pool {
            audio
                .progress
                .set_wake_up(Arc::clone(pool.dispatcher.wake_up()));
            let status = &self.status;
            pool.orders.tell(&self.seat, Command::Open(worker), || {
                // What was said before was said of another stream: nobody is to go by it.
                if status.state() == EngineState::Failed {
                    status.set_loading();
                }
            });
        }
        audio
    }

    /// Changes the model. Until it is loaded the old one bends on, and a host that renders offline waits; where it cannot be loaded, audio
    /// passes dry and the status says why.
    pub fn set_model(&self, name: String) {
        self.play(WantedModel::named(name));
    }

    /// As [`set_model`](Self::set_model), with the model's hash where there is one: a file that has it is played whatever it is called;
    /// where none has, the file of that name is, and the status says that it is another.
    pub fn play(&self, model: WantedModel) {
        self.tell(Command::Model(model));
    }

    /// Looks for the model again.
    pub fn look_again(&self) {
        self.tell(Command::Load);
    }

    /// Sets the bends that run beside the slots.
    pub fn set_fixed_bends(&self, bends: Vec<(u64, BendFrame)>) {
        self.tell(Command::FixedBends(bends));
    }

    /// Sets the bends of weights that run beside the slots, after them and in this order.
    pub fn set_fixed_weights(&self, weights: Vec<WeightFrame>) {
        self.tell(Command::FixedWeights(weights));
    }

    /// Sets the bends of what is soloed and muted while somebody looks into the network: after all others, and no part of any setting.
    pub fn isolate(&self, bends: Vec<BendFrame>) {
        self.tell(Command::Isolate(bends));
    }

    /// Takes the clusters of `store`, and from now on its wishes for others.
    pub fn set_sound_clusters(&self, store: SoundClusterStore) {
        self.tell(Command::SoundClusters(store));
    }

    fn tell(&self, command: Command) {
        if let Some(pool) = &self.pool {
            pool.orders.tell(&self.seat, command, || {});
        }
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        if let Some(pool) = &self.pool {
            pool.dispatcher.remove(&self.seat);
        }
        self.seat.close();
    }
}
