//! The half of a plugin that plays, for a thread of its own: hosts call it there while they save, load and show the other half.

use crate::host::HostError;
use crate::notes::Note;

/// A change of a parameter within a block.
#[derive(Clone, Copy, Debug)]
pub struct Change {
    /// The sample of the block.
    pub offset: u32,
    /// The host's number for the parameter.
    pub param: u32,
    /// The value, in the host's range.
    pub value: f64,
}

/// Gives the calling thread the priority that hosts give theirs for audio, where the system lets us. Returns whether it does.
pub fn at_audio_priority() -> bool {
    #[cfg(target_os = "linux")]
    {
        let wanted = libc::sched_param { sched_priority: 10 };
        // SAFETY: the structure lives during the call; 0 is the calling thread.
        unsafe { libc::sched_setscheduler(0, libc::SCHED_FIFO, &wanted) == 0 }
    }
    #[cfg(not(target_os = "linux"))]
    false
}

/// Seconds that the calling thread has worked, where the system tells; 0 elsewhere.
pub fn thread_seconds() -> f64 {
    netbend_usage::thread_time()
        .unwrap_or_default()
        .as_secs_f64()
}

/// What plays.
pub trait Sounding: Send {
    /// Plays one stereo block; `changes` are in order of time.
    ///
    /// # Errors
    /// If the plugin fails.
    fn play(
        &mut self,
        input: [&mut [f32]; 2],
        output: [&mut [f32]; 2],
        changes: &[Change],
    ) -> Result<(), HostError> {
        self.play_notes(input, output, changes, &[])
    }

    /// The same with notes, in order, whose samples count from the block's start.
    ///
    /// # Errors
    /// If the plugin fails.
    fn play_notes(
        &mut self,
        input: [&mut [f32]; 2],
        output: [&mut [f32]; 2],
        changes: &[Change],
        notes: &[Note],
    ) -> Result<(), HostError>;
}
