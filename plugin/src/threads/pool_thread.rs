//! The role of a pool thread as a type: what only such a thread may do takes a [`PoolThread`].
//!
//! It takes no room, is made where a pool thread starts and nowhere else, and does not leave that thread. So what would infer, allocate or lock
//! on an audio thread does not compile there: an audio thread has none.
//!
//! ```
//! use netbend::offline::WorkerEnd;
//! use netbend::offline::PoolThread;
//!
//! fn on_a_pool_thread(stream: &mut WorkerEnd, thread: &PoolThread) {
//!     let _frame = stream.receive(thread);
//! }
//! ```
//!
//! ```compile_fail
//! use netbend::offline::WorkerEnd;
//!
//! fn on_an_audio_thread(stream: &mut WorkerEnd) {
//!     let _frame = stream.receive();
//! }
//! ```
//!
//! Nobody hands one to another thread:
//!
//! ```compile_fail
//! use netbend::offline::PoolThread;
//!
//! fn hand_on(thread: &PoolThread) {
//!     std::thread::scope(|scope| {
//!         scope.spawn(|| thread);
//!     });
//! }
//! ```
//!
//! Nor makes one:
//!
//! ```compile_fail
//! let thread = netbend::offline::PoolThread::default();
//! ```

use std::io;
use std::marker::PhantomData;
use std::thread::JoinHandle;

/// That this is a pool thread.
#[derive(Debug)]
pub struct PoolThread {
    /// Neither `Send` nor `Sync`.
    here: PhantomData<*const ()>,
}

impl PoolThread {
    /// Starts a pool thread that is called `name` and does `work`.
    ///
    /// # Errors
    /// Where the system gives no thread.
    pub(crate) fn start(
        name: String,
        work: impl FnOnce(&Self) + Send + 'static,
    ) -> io::Result<JoinHandle<()>> {
        let builder = std::thread::Builder::new().name(name);
        builder.spawn(move || work(&Self { here: PhantomData }))
    }

    /// The thread of a test, which does a pool thread's work itself.
    #[cfg(test)]
    pub(crate) fn of_a_test() -> Self {
        Self { here: PhantomData }
    }
}
