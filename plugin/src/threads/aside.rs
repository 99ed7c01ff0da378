//! A thread that does one thing which may take too long: it can be given up, and is then left to itself.
//!
//! Nothing can end a thread from outside. So what is given up is [cancelled](Cancellation), which ends it as soon as ONNX Runtime looks, and
//! nobody waits for longer than is promised. A thread that was left ends on its own; what it was doing belongs to nobody, and the code it
//! runs stays in memory (`pinned`).

use std::io;
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use netbend_models::run::runtime::Cancellation;

use crate::threads::left::leave;
use crate::threads::priority::step_back;

/// Such a thread.
pub(crate) struct Aside<T> {
    cancellation: Cancellation,
    thread: JoinHandle<()>,
    done: Receiver<T>,
}

/// What came of it.
pub(crate) enum Outcome<T> {
    Done(T),
    /// It panicked.
    Failed,
    /// It took too long: it is cancelled, and left to itself.
    Left,
}

impl<T: Send + 'static> Aside<T> {
    /// Begins `work` under `cancellation`, so many nice levels behind the calling thread.
    ///
    /// # Errors
    /// Where the system gives no thread.
    pub(crate) fn begin(
        name: &str,
        steps_back: i32,
        cancellation: Cancellation,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> io::Result<Self> {
        let (send, done) = sync_channel(1);
        let covered = cancellation.clone();
        let thread = std::thread::Builder::new()
            .name(name.into())
            .spawn(move || {
                step_back(steps_back);
                // Nobody receives it where the thread was left: then it ends here.
                let _ = send.send(covered.cover(work));
            })?;
        Ok(Self {
            cancellation,
            thread,
            done,
        })
    }

    /// Whether it has ended.
    pub(crate) fn is_finished(&self) -> bool {
        self.thread.is_finished()
    }

    /// What comes of it within `patience`.
    pub(crate) fn wait(self, patience: Duration) -> Outcome<T> {
        let outcome = match self.done.recv_timeout(patience) {
            Ok(done) => Outcome::Done(done),
            Err(RecvTimeoutError::Disconnected) => Outcome::Failed,
            Err(RecvTimeoutError::Timeout) => {
                self.cancellation.cancel();
                return Outcome::Left;
            }
        };
        let _ = self.thread.join();
        outcome
    }

    /// Gives it up, and waits no longer than `patience` for its end.
    pub(crate) fn give_up(self, patience: Duration) {
        self.cancellation.cancel();
        // The thread may be about to say what came of it; nobody wants that.
        drop(self.done);
        leave(self.thread, Instant::now() + patience);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn begin<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Aside<T> {
        Aside::begin("test", 0, Cancellation::default(), work).unwrap()
    }

    #[test]
    fn what_is_done_in_time_is_received() {
        let aside = begin(|| 7);
        assert!(matches!(
            aside.wait(Duration::from_secs(60)),
            Outcome::Done(7)
        ));
    }

    #[test]
    fn a_panic_is_told() {
        let aside = begin(|| -> u8 { panic!("as it should") });
        assert!(matches!(
            aside.wait(Duration::from_secs(60)),
            Outcome::Failed
        ));
    }

    #[test]
    fn what_takes_too_long_is_cancelled_and_left() {
        let cancellation = Cancellation::default();
        let seen = cancellation.clone();
        let work = move || {
            while !seen.is_cancelled() {
                std::thread::sleep(Duration::from_micros(300));
            }
        };
        let aside = Aside::begin("test", 0, cancellation, work).unwrap();
        assert!(matches!(
            aside.wait(Duration::from_millis(10)),
            Outcome::Left
        ));
    }

    #[test]
    fn giving_up_does_not_wait_for_what_does_not_end() {
        let begun = Instant::now();
        let slow = begin(|| std::thread::sleep(Duration::from_secs(20)));
        slow.give_up(Duration::from_millis(20));
        assert!(begun.elapsed() < Duration::from_secs(10));
    }
}
