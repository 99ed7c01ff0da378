//! Saves what is set on an instance of the plugin while it runs, on a thread of its own.

use std::path::PathBuf;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use netbend::Instance;

use crate::memory::save;

/// How soon a change is saved.
const PAUSE: Duration = Duration::from_secs(1);

/// The thread that saves.
pub struct Saver {
    lives: Sender<()>,
    thread: JoinHandle<()>,
}

impl Saver {
    /// Has the next instance on this thread greeted, and saves to `file` what is set on it from then on.
    pub fn start(
        file: PathBuf,
        arguments: Vec<String>,
        greet: impl Fn(&Instance) + 'static,
    ) -> Self {
        let (came, instances) = channel();
        Instance::on_each(move |instance| {
            greet(instance);
            let _ = came.send(instance.clone());
        });
        let (lives, ended) = channel();
        let thread = std::thread::spawn(move || {
            let (mut instance, mut saved) = (None, Vec::new());
            loop {
                let is_over = ended.recv_timeout(PAUSE) == Err(RecvTimeoutError::Disconnected);
                instance = instances.try_iter().last().or(instance);
                if let Some(instance) = &instance {
                    save(&file, &arguments, instance, &mut saved);
                }
                if is_over {
                    return;
                }
            }
        });
        Self { lives, thread }
    }

    /// Saves a last time, and ends.
    pub fn end(self) {
        drop(self.lives);
        let _ = self.thread.join();
    }
}
