//! Threads that were left to themselves, since nothing can end a thread from outside and nobody may wait for it.

#[cfg(unix)]
use std::sync::Once;
use std::sync::{Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// How often a thread that is about to end is looked at.
const LOOK: Duration = Duration::from_micros(300);
/// How long the end of the process waits for threads that were left.
#[cfg(unix)]
const AT_EXIT_PATIENCE: Duration = Duration::from_secs(2);

/// Waits until `thread` has ended, but not beyond `until`: then it is left to itself.
pub(crate) fn leave(thread: JoinHandle<()>, until: Instant) {
    while !thread.is_finished() {
        if Instant::now() >= until {
            return remember(thread);
        }
        std::thread::sleep(LOOK);
    }
    let _ = thread.join();
}

/// Those that were left.
static LEFT: Mutex<Vec<JoinHandle<()>>> = Mutex::new(Vec::new());

/// Remembers a thread that was left. When the process ends it is waited for a little longer: what ONNX Runtime keeps for the whole process
/// is taken down then, and nobody may be inside.
fn remember(thread: JoinHandle<()>) {
    let mut threads = LEFT.lock().unwrap_or_else(PoisonError::into_inner);
    threads.retain(|thread| !thread.is_finished());
    threads.push(thread);
    #[cfg(unix)]
    {
        static AT_EXIT: Once = Once::new();
        // Said after ONNX Runtime was loaded, so this comes before what its library does at the end.
        // SAFETY: the handler is a function that stays in memory (`pinned`), and cannot unwind: it is `extern "C"`.
        AT_EXIT.call_once(|| unsafe {
            libc::atexit(wait_for_those_left);
        });
    }
}

#[cfg(unix)]
extern "C" fn wait_for_those_left() {
    let until = Instant::now() + AT_EXIT_PATIENCE;
    let all_ended = || {
        let threads = LEFT.lock().unwrap_or_else(PoisonError::into_inner);
        threads.iter().all(JoinHandle::is_finished)
    };
    while !all_ended() && Instant::now() < until {
        std::thread::sleep(LOOK);
    }
}
