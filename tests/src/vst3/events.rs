//! The notes of one block, as a list of events.

use vst3::Class;
use vst3::ComWrapper;
use vst3::Steinberg::Vst::{Event, Event_::EventTypes_, IEventList, IEventListTrait};
use vst3::Steinberg::{int32, kInvalidArgument, kResultFalse, kResultOk, tresult};

use crate::notes::Note;

/// The list.
pub(super) struct Events(Vec<Event>);

impl Events {
    /// Of these notes, whose samples count from the block's start. `None` where there are none: then there is no list.
    pub(super) fn list(notes: &[Note]) -> Option<ComWrapper<Self>> {
        let list = Self(notes.iter().map(event).collect());
        (!notes.is_empty()).then(|| ComWrapper::new(list))
    }
}

#[allow(clippy::unnecessary_cast)] // A number of another kind on Windows.
fn event(note: &Note) -> Event {
    // SAFETY: all zeros are a value of this structure.
    let mut event: Event = unsafe { std::mem::zeroed() };
    event.sampleOffset = note.sample as i32;
    if note.begins() {
        event.r#type = EventTypes_::kNoteOnEvent as u16;
        event.__field0.noteOn.pitch = note.key.into();
        event.__field0.noteOn.velocity = note.velocity as f32;
        event.__field0.noteOn.noteId = -1;
    } else {
        event.r#type = EventTypes_::kNoteOffEvent as u16;
        event.__field0.noteOff.pitch = note.key.into();
        event.__field0.noteOff.noteId = -1;
    }
    event
}

impl Class for Events {
    type Interfaces = (IEventList,);
}

impl IEventListTrait for Events {
    unsafe fn getEventCount(&self) -> int32 {
        self.0.len() as int32
    }

    unsafe fn getEvent(&self, index: int32, event: *mut Event) -> tresult {
        let Some(own) = usize::try_from(index).ok().and_then(|n| self.0.get(n)) else {
            return kInvalidArgument;
        };
        // SAFETY: the plugin's place.
        unsafe { event.write(*own) };
        kResultOk
    }

    unsafe fn addEvent(&self, _event: *mut Event) -> tresult {
        kResultFalse
    }
}
