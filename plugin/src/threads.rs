//! Threads and how they treat each other, whatever they do.
//!
//! | module | what it is |
//! |---|---|
//! | `aside` | a thread that does one thing and can be given up |
//! | `left` | threads that were given up |
//! | `pinned` | the plugin's code, which stays in memory for them |
//! | `pool_thread` | what a pool thread proves itself with |
//! | `priority` | a thread's place in the queue |
//! | `wake_up` | how a thread that waits is woken |

pub(crate) mod aside;
pub(crate) mod left;
pub(crate) mod pinned;
pub(crate) mod pool_thread;
pub(crate) mod priority;
pub(crate) mod wake_up;
