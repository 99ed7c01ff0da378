//! The threads of the process's one engine: a few that bend, one that loads.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::denormals;
use super::dispatcher::Dispatcher;
use super::job;
use super::loader::{self, Orders};
use crate::threads::left::leave;
use crate::threads::pinned::pin;
use crate::threads::pool_thread::PoolThread;

/// Threads that bend at most: beyond that, streams wait for memory rather than for cores.
const MAX_THREADS: usize = 4;
/// How long the last instance that goes waits for the threads. With what else there is to be done, a host that closes a plugin is promised
/// 250 ms.
const FAREWELL: Duration = Duration::from_millis(100);

/// The pool there is, while there is one.
static POOL: Mutex<Weak<Pool>> = Mutex::new(Weak::new());

/// The threads, and what they work for. They live as long as any instance does: the last one to let go ends what they do and waits until they
/// have gone, and with them the models. One that does not come to an end is left to itself.
pub(super) struct Pool {
    pub(super) dispatcher: Arc<Dispatcher>,
    pub(super) orders: Arc<Orders>,
    threads: Vec<JoinHandle<()>>,
}

impl Pool {
    /// The process's pool, started if there is none.
    ///
    /// # Errors
    /// Where the system gives no threads.
    pub(super) fn shared() -> std::io::Result<Arc<Self>> {
        let mut shared = POOL.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(pool) = shared.upgrade() {
            return Ok(pool);
        }
        let pool = Arc::new(Self::start(threads())?);
        *shared = Arc::downgrade(&pool);
        Ok(pool)
    }

    fn start(count: usize) -> std::io::Result<Self> {
        // Before there is a thread that may be left.
        pin();
        let mut pool = Self {
            dispatcher: Arc::new(Dispatcher::new(count)),
            orders: Arc::default(),
            threads: Vec::with_capacity(count + 1),
        };
        let orders = Arc::clone(&pool.orders);
        let builder = std::thread::Builder::new().name("netbend-loader".into());
        let loader = builder.spawn(move || loader::run(&orders, count))?;
        pool.threads.push(loader);
        for number in 1..=count {
            let dispatcher = Arc::clone(&pool.dispatcher);
            let name = format!("netbend-pool-{number}");
            let thread = PoolThread::start(name, move |thread| bend(&dispatcher, thread))?;
            pool.threads.push(thread);
        }
        Ok(pool)
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.dispatcher.stop();
        self.orders.stop();
        let until = Instant::now() + FAREWELL;
        for thread in self.threads.drain(..) {
            leave(thread, until);
        }
    }
}

/// How many threads bend: one for each core, within reason.
fn threads() -> usize {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    cores.clamp(1, MAX_THREADS)
}

fn bend(dispatcher: &Dispatcher, thread: &PoolThread) {
    denormals::flush();
    let mut had_job = false;
    while let Some(job) = dispatcher.next(had_job, thread) {
        // What was in hand has been put back, and has failed; the thread goes on for the others.
        let _ = catch_unwind(AssertUnwindSafe(|| job::run(job, thread)));
        had_job = true;
    }
}
