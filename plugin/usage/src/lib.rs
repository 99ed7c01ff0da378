//! What this process uses, for measurements and tests: memory and processor time. Any thread; not for the audio thread, since the system is
//! asked.

#![cfg_attr(
    not(test),
    deny(
        clippy::cast_lossless,
        clippy::cast_possible_truncation,
        clippy::cast_possible_wrap,
        clippy::cast_precision_loss,
        clippy::cast_sign_loss
    )
)]

mod memory;
mod time;

pub use memory::resident_bytes;
pub use time::{process_time, thread_time};
