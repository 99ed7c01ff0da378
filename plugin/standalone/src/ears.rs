//! Hears what nice-plug says of itself: its errors go to the terminal, and that no audio device could be opened to the window.

use std::fmt::{Debug, Write as _};
use std::sync::{Mutex, PoisonError};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};

/// What nice-plug 0.4.2 says where it goes on without a device; behind a colon, why.
const FALLS_BACK: &str = "falling back to the dummy audio backend";

/// What it says where signals are followed by somebody else.
const HAS_SIGNALS: &str = "Error setting close signal callback";

/// Why there is no device, since it was last asked for.
static SILENCE: Mutex<Option<String>> = Mutex::new(None);

struct Ears;

/// Listens from now on.
pub fn open() {
    // Where somebody else listens already, nothing is heard here.
    let _ = tracing::subscriber::set_global_default(Ears);
}

/// Why no audio device could be opened; `None` where one could.
pub fn silence() -> Option<String> {
    let silence = SILENCE.lock();
    silence.unwrap_or_else(PoisonError::into_inner).clone()
}

/// Forgets what was heard: the program starts once more.
pub fn forget() {
    *SILENCE.lock().unwrap_or_else(PoisonError::into_inner) = None;
}

fn hear(words: &str) {
    if let Some(reason) = reason(words) {
        *SILENCE.lock().unwrap_or_else(PoisonError::into_inner) = Some(reason.to_owned());
    }
}

fn reason(words: &str) -> Option<&str> {
    let (_, behind) = words.split_once(FALLS_BACK)?;
    let reason = behind.strip_prefix(':')?.trim();
    // Where a device is unknown, the ones there are follow.
    Some(reason.lines().next().unwrap_or_default())
}

impl Subscriber for Ears {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        *metadata.level() == Level::ERROR && metadata.is_event()
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut words = Words(String::new());
        event.record(&mut words);
        // It is followed by `leaving`.
        if words.0.contains(HAS_SIGNALS) {
            return;
        }
        eprintln!("netbend-standalone: {}", words.0);
        hear(&words.0);
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

struct Words(String);

impl Visit for Words {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        if field.name() == "message" {
            let _ = write!(self.0, "{value:?}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn why_there_is_no_device_is_understood() {
        let said = "Could not initialize either the JACK or the ALSA backends, falling back to the dummy audio backend: \
                    Unknown output device 'x'. Available devices are:\nSpeakers";
        let expected = "Unknown output device 'x'. Available devices are:";
        assert_eq!(reason(said), Some(expected));
        assert_eq!(reason("Using the ALSA backend"), None);
    }
}
