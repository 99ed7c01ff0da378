//! Rests of nice-plug's thread for tasks, while the host's main thread opens an editor.
//!
//! On Linux nice-plug (0.4.2) tells an editor of a VST3 what changed by tasks. Until the window is there they go to a thread of nice-plug's own, and
//! that thread panics where it finds the window: whether the main thread is making it or has made it. It is one thread for all instances;
//! without it no change of latency is told to the host, and the last instance to go takes the host with it. So while a window opens
//! that thread is given a task that lasts as long, after all that were there before; and for as long as it opens or closes no block
//! may leave a task ([`is_quiet`](Rests::is_quiet)). From then on tasks go to the host's own loop; where it has none, it stays quiet.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

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
pub struct Rests {
    tell: OnceLock<Tell>,
    quiet: AtomicBool,
    in_block: AtomicBool,
}

impl Rests {
    /// Says how the thread is given a rest. The first to say so is heard.
    pub fn through(&self, tell: impl Fn(Rest) + Send + Sync + 'static) {
        let _ = self.tell.set(Box::new(tell));
    }

    /// Does `block`, the work of one call for sound. Audio thread.
    ///
    /// # Real-time safety
    /// Two atomic stores.
    pub fn block<R>(&self, block: impl FnOnce() -> R) -> R {
        // In one order with `quiet`: a block that does not see it is seen.
        self.in_block.store(true, Ordering::SeqCst);
        let done = block();
        self.in_block.store(false, Ordering::SeqCst);
        done
    }

    /// Whether blocks are to leave no task. Audio thread, within [`block`](Self::block).
    ///
    /// # Real-time safety
    /// One atomic load.
    pub fn is_quiet(&self) -> bool {
        self.quiet.load(Ordering::SeqCst)
    }

    /// Opens an editor by `work`: [`during`](Self::during) a rest, and in quiet; which it stays unless tasks go to the host's own
    /// loop from then on, as `has_loop` says. Main thread.
    pub fn open<R>(&self, has_loop: bool, work: impl FnOnce() -> R) -> R {
        if !cfg!(target_os = "linux") {
            return work();
        }
        self.quieten();
        let done = self.during(work);
        self.quiet.store(!has_loop, Ordering::SeqCst);
        done
    }

    /// Closes an editor by `work`, in quiet. No task lies in wait then: all went to the host's own loop, or there was none. (The thread is
    /// not to rest here. What it does holds on to the instance, and where an instance goes right after its editor, the thread would
    /// be the last to let go, and wait for itself.) Main thread.
    pub fn close<R>(&self, work: impl FnOnce() -> R) -> R {
        if cfg!(target_os = "linux") {
            self.quieten();
        }
        let done = work();
        self.quiet.store(false, Ordering::SeqCst);
        done
    }

    /// From now on blocks leave no task; waits for the one that may not know it yet.
    fn quieten(&self) {
        self.quiet.store(true, Ordering::SeqCst);
        let begun = Instant::now();
        while self.in_block.load(Ordering::SeqCst) && begun.elapsed() < PATIENCE {
            std::thread::sleep(Duration::from_micros(200));
        }
    }

    /// Does `work` while the thread rests, or after a tenth of a second where it does not come to that. Main thread.
    pub fn during<R>(&self, work: impl FnOnce() -> R) -> R {
        let Some(tell) = self.tell.get().filter(|_| cfg!(target_os = "linux")) else {
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
    fn an_editor_opens_in_quiet_and_between_blocks() {
        let rests = Arc::new(Rests::default());
        let (of_thread, stop) = (Arc::clone(&rests), Arc::new(AtomicBool::new(false)));
        let stopped = Arc::clone(&stop);
        let (told, has_told) = channel();
        let thread = std::thread::spawn(move || {
            while !stopped.load(Ordering::SeqCst) {
                of_thread.block(|| {
                    if !of_thread.is_quiet() {
                        told.send(()).unwrap();
                    }
                });
            }
        });
        has_told.recv().unwrap();
        let linux = cfg!(target_os = "linux");
        for has_loop in [true, false] {
            rests.open(has_loop, || {
                has_told.try_iter().for_each(drop);
                std::thread::sleep(Duration::from_millis(20));
                assert_eq!(has_told.try_recv().is_err(), linux);
            });
            assert_eq!(rests.is_quiet(), linux && !has_loop);
        }
        rests.close(|| {});
        assert!(!rests.is_quiet());
        stop.store(true, Ordering::SeqCst);
        thread.join().unwrap();
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
