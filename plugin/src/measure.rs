//! What Netbend costs where it runs: measurements that `netbend bench` and the examples share. For programs, not for the plugin.

pub mod audio_thread;
pub mod clock;
pub mod memory;
pub mod statistics;
