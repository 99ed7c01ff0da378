//! What Netbend costs where it runs: measurements that `netbend bench`, the program `netbend-bench` and the examples share.
//!
//! Everything is synthesised from a seed, so that two machines measure the same work.
//!
//! | module | what it is |
//! |---|---|
//! | [`scenario`] | what is played and bent |
//! | [`bounce`], [`live`], [`audio_thread`] | renders, instances in real time, the audio thread alone |
//! | [`figures`], [`table`], [`mode`] | what was found, and how it is shown |
//! | [`machine`], [`clock`] | what the system says of itself and of this process |
//! | [`statistics`] | medians and percentiles |

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

pub mod audio_thread;
pub mod bounce;
pub mod clock;
pub mod figures;
pub mod live;
pub mod machine;
pub mod mode;
pub mod scenario;
pub mod statistics;
pub mod table;
