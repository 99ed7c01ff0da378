//! Rests of nice-plug's thread for tasks, while the host's main thread opens or closes an editor.
//!
//! On Linux nice-plug tells an editor of a VST3 what changed from a thread of its own, and looks there at the window that the main
//! thread is making or taking away (0.4.2). Where both meet the thread panics, and it is one for all instances: from then on no change
//! of latency is told to the host. So it is given a task that lasts as long as the window takes.

use std::sync::OnceLock;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

/// How long the thread may take to come to rest: what it does in between may itself wait for the main thread.
const PATIENCE: Duration = Duration::from_millis(100);

/// One rest, for the thread to [take](Self::take).
pub struct Rest {
    begun: Sender<()>,
    over: Receiver<()>,
}

impl Rest {
    /// Rests until whoever asked is done. Thread for tasks.
    pub fn take(self) {
        // Whoever asked may have gone on by now; then this ends at once.
        let _ = self.begun.send(());
        let _ = self.over.recv();
    }
}

type Tell = Box<dyn Fn(Rest) + Send + Sync>;

/// Where rests are asked for.
#[derive(Default)]
pub struct Rests(OnceLock<Tell>);

impl Rests {
    /// Says how the thread is given a rest. The first to say so is heard.
    pub fn through(&self, tell: impl Fn(Rest) + Send + Sync + 'static) {
        let _ = self.0.set(Box::new(tell));
    }

    /// Does `work` while the thread rests, or after a tenth of a second where it does not come to that. Main thread.
    pub fn during<R>(&self, work: impl FnOnce() -> R) -> R {
        let Some(tell) = self.0.get().filter(|_| cfg!(target_os = "linux")) else {
            return work();
        };
        let (begun, has_begun) = channel();
        let (resume, over) = channel();
        tell(Rest { begun, over });
        let _ = has_begun.recv_timeout(PATIENCE);
        let done = work();
        drop::<Sender<()>>(resume);
        done
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)] // A failed expectation is a failed test.

    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::*;

    #[test]
    fn the_thread_does_nothing_else_meanwhile() {
        let (tasks, of_thread) = channel::<Box<dyn FnOnce() + Send>>();
        let thread = std::thread::spawn(move || of_thread.into_iter().for_each(|task| task()));
        let rests = Rests::default();
        let told = tasks.clone();
        rests.through(move |rest| told.send(Box::new(|| rest.take())).unwrap());
        let disturbed = Arc::new(AtomicBool::new(false));
        let disturbs = Arc::clone(&disturbed);
        rests.during(|| {
            let task = move || disturbs.store(true, Ordering::SeqCst);
            tasks.send(Box::new(task)).unwrap();
            std::thread::sleep(Duration::from_millis(50));
            assert_eq!(disturbed.load(Ordering::SeqCst), !cfg!(target_os = "linux"));
        });
        drop((rests, tasks));
        thread.join().unwrap();
        assert!(disturbed.load(Ordering::SeqCst));
    }

    #[test]
    fn a_thread_that_is_gone_or_busy_is_not_waited_for() {
        assert_eq!(Rests::default().during(|| 1), 1);
        let dropped = Rests::default();
        dropped.through(drop);
        assert_eq!(dropped.during(|| 2), 2);
        let busy = Rests::default();
        let kept = std::sync::Mutex::new(Vec::new());
        busy.through(move |rest| kept.lock().unwrap().push(rest));
        assert_eq!(busy.during(|| 3), 3);
    }
}
