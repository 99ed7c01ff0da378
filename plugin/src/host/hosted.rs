//! What an instance of the plugin shares with the [`boundary`](crate::host::boundary) that stands between it and its host.
//!
//! nice-plug creates the plugin behind its own objects and hands nothing of it out. So an instance leaves a handle for whoever
//! had it created: creation runs on one thread from beginning to end, and [`take_newest`] on that thread finds the handle
//! right after.

mod rest;

use std::cell::RefCell;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use netbend_models::Preset;

use crate::engine::Engine;
use crate::engine::preset::settle;
use crate::error::Error;
use crate::keep::Keeper;
use crate::params::NetbendParams;
use crate::params::preset::{fixed_of_state, frames, weight_frames};
use crate::params::sides;
use crate::player::{Deck, Player};
use crate::report::scope::Scope;
use crate::report::status::Status;
use crate::resources::Resources;
use crate::resources::format::FormatReader;
use crate::resources::library;
use crate::stream::shape::StreamShape;

pub use rest::{Rest, Rests};

type Greeting = Box<dyn Fn(&Arc<Hosted>)>;

thread_local! {
    static NEWEST: RefCell<Option<Arc<Hosted>>> = const { RefCell::new(None) };
    static GREETING: RefCell<Option<Greeting>> = const { RefCell::new(None) };
}

/// One instance, as plugin and boundary both see it.
#[derive(Default)]
pub struct Hosted {
    /// Everything that a host can see, automate and save.
    pub params: Arc<NetbendParams>,
    /// What the engine is doing, and what was said about the saved state.
    pub status: Arc<Status>,
    /// What the editor draws.
    pub scope: Arc<Scope>,
    /// Started at the first activation, so that scanning is quick.
    pub engine: Arc<OnceLock<Engine>>,
    /// Looked for at the first activation.
    resources: OnceLock<Resources>,
    format: Mutex<FormatReader>,
    offline: AtomicBool,
    restart: AtomicBool,
    player: OnceLock<(Arc<Player>, Mutex<Option<Deck>>)>,
    /// What was heard last, if it is remembered.
    pub keeper: Arc<Keeper>,
    /// For while an editor opens or closes.
    pub rests: Rests,
}

impl Hosted {
    /// A new instance, which [`take_newest`] finds on this thread.
    pub fn announced() -> Arc<Self> {
        let hosted = Arc::new(Self::default());
        NEWEST.with_borrow_mut(|newest| *newest = Some(Arc::clone(&hosted)));
        GREETING.with_borrow(|greeting| {
            if let Some(greeting) = greeting {
                greeting(&hosted);
            }
        });
        hosted
    }

    /// Whether the host renders offline, so that `process` may wait.
    ///
    /// # Real-time safety
    /// One atomic load.
    pub fn is_offline(&self) -> bool {
        self.offline.load(Ordering::Relaxed)
    }

    /// Says whether the host renders offline from now on: what it set up, or what it says of a block.
    ///
    /// # Real-time safety
    /// One atomic store.
    pub fn set_offline(&self, offline: bool) {
        self.offline.store(offline, Ordering::Relaxed);
    }

    /// Whether the stream no longer fits the model, and the host is to restart the plugin. Asking clears it.
    ///
    /// # Real-time safety
    /// Atomic operations only.
    pub fn take_restart(&self) -> bool {
        self.restart.load(Ordering::Relaxed) && self.restart.swap(false, Ordering::Relaxed)
    }

    /// The player, if this instance was given one.
    pub fn player(&self) -> Option<&Arc<Player>> {
        self.player.get().map(|(player, _)| player)
    }

    /// Gives the instance a player before it is made, or finds the one it has. Main thread.
    pub fn with_player(&self) -> &Arc<Player> {
        let made = || {
            let (player, deck) = Deck::with_player();
            self.keeper.always();
            (player, Mutex::new(Some(deck)))
        };
        &self.player.get_or_init(made).0
    }

    /// The player's end for the audio thread, once. Main thread.
    pub fn take_deck(&self) -> Option<Deck> {
        let (_, deck) = self.player.get()?;
        deck.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Where ONNX Runtime and the models lie. Main thread.
    pub fn resources(&self) -> &Resources {
        self.resources.get_or_init(Resources::find)
    }

    /// The instance's engine, started if it is not yet there. Main thread.
    pub fn engine(&self) -> &Engine {
        self.engine.get_or_init(|| {
            Engine::playing(
                self.resources().clone(),
                self.params.wanted_model(),
                Arc::clone(&self.status),
                Arc::clone(&self.scope),
            )
        })
    }

    /// The format of the model that the parameters name. Reads files where they changed. Main thread.
    pub fn format(&self) -> netbend_models::ModelFormat {
        let mut reader = self.format.lock().unwrap_or_else(PoisonError::into_inner);
        let name = self.params.model_name();
        let wanted = self.params.model_sha256.text();
        // The engine knows where a file lies that has another name now.
        let found = self.status.loaded().filter(|loaded| {
            loaded.name == name && loaded.sha256 == wanted && loaded.path.is_file()
        });
        match found {
            Some(loaded) => reader.format_of(loaded.path),
            None => reader.format(self.resources(), &name),
        }
    }

    /// Tells the engine what the parameters name beside their values: the model, bends beyond the slots, sound clusters.
    /// Never waits. Main thread.
    pub fn tell_engine(&self) {
        let engine = self.engine();
        // A text that does not parse was written by a newer version: it bends nothing and is kept.
        let fixed = fixed_of_state(&self.params).unwrap_or_else(|error| {
            self.notice(format!(
                "its bends beyond the slots are kept and bend nothing ({error})"
            ));
            Preset::default()
        });
        if let Err(error) = self.params.modulation.understood() {
            self.notice(format!(
                "its modulators are kept and move nothing ({error})"
            ));
        }
        if let Err(error) = self.params.pads.understood() {
            self.notice(format!("its pads are kept, and play as at first ({error})"));
        }
        sides::hear(&self.params);
        engine.play(self.params.wanted_model());
        engine.set_fixed_bends(frames(&fixed));
        engine.set_fixed_weights(weight_frames(&fixed));
        engine.set_sound_clusters(self.params.sound_clusters.clone());
    }

    /// Says something of the saved state, once.
    fn notice(&self, notice: String) {
        let mut notices = self.status.notices();
        if !notices.contains(&notice) {
            notices.push(notice);
            self.status.set_notices(notices);
        }
    }

    /// Loads the preset in the file at `path`, as the editor does. The host is to hear of it from whoever calls. Main thread.
    ///
    /// # Errors
    /// Why it cannot be loaded, which the status line says, too; nothing has changed then.
    pub fn load_preset(&self, path: &Path) -> Result<(), Error> {
        let loaded = library::load(path)
            .map_err(Error::from)
            .and_then(|preset| settle(&preset, &self.params, self.resources()));
        match loaded {
            Ok(settled) => {
                self.status.set_notices(Vec::new());
                settled.snapshot.put(&self.params);
                self.state_loaded();
                Ok(())
            }
            Err(reason) => {
                let notice = format!("unchanged, for the preset cannot be loaded: {reason}");
                self.status.set_notices(vec![notice]);
                Err(reason)
            }
        }
    }

    /// After a state was loaded: an engine that runs takes what it names, and where the stream that is open does not fit the
    /// new model, the host is asked to restart the plugin. Main thread.
    pub fn state_loaded(&self) {
        if self.engine.get().is_none() {
            return; // The first activation tells it.
        }
        self.tell_engine();
        let Some(stream) = self.status.stream() else {
            return;
        };
        let wanted = StreamShape::new(self.format(), stream.geometry.sample_rate, stream.mode);
        if wanted.is_ok_and(|wanted| wanted != stream) {
            self.restart.store(true, Ordering::Relaxed);
        }
    }
}

/// The instance that was created last on this thread, once.
pub fn take_newest() -> Option<Arc<Hosted>> {
    NEWEST.with_borrow_mut(Option::take)
}

/// Has every instance that is created on this thread from now on greeted, before anyone else knows of it.
pub fn on_each(greeting: impl Fn(&Arc<Hosted>) + 'static) {
    GREETING.with_borrow_mut(|own| *own = Some(Box::new(greeting)));
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)] // A failed expectation is a failed test.

    use super::*;

    #[test]
    fn an_instance_is_found_once_and_on_its_own_thread() {
        let hosted = Hosted::announced();
        let elsewhere = std::thread::spawn(|| take_newest().is_none()).join();
        assert!(elsewhere.unwrap());
        let found = take_newest().unwrap();
        assert!(Arc::ptr_eq(&found, &hosted));
        assert!(take_newest().is_none());
    }
}
