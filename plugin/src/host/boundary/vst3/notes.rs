//! The notes of one piece of a block, as the plugin reads them. Audio thread.
//!
//! They are copies of the host's: times count from the piece's start, and what is no note, or holds what is no number, is left out.

use netbend_dsp::number::low_bits;
use try_lock::TryLock;
use vst3::Steinberg::Vst::{Event, Event_::EventTypes_, IEventList, IEventListTrait};
use vst3::Steinberg::{int32, kInvalidArgument, kResultFalse, kResultOk, tresult};
use vst3::{Class, ComRef, ComWrapper};

/// Notes of a piece; what is more is left out.
const MOST: usize = 1_024;
// The enum's type differs between systems; its values are small.
#[allow(clippy::unnecessary_cast, clippy::cast_possible_truncation)]
const ON: u16 = EventTypes_::kNoteOnEvent as u16;
#[allow(clippy::unnecessary_cast, clippy::cast_possible_truncation)]
const OFF: u16 = EventTypes_::kNoteOffEvent as u16;

/// The copies.
pub(super) struct Notes(TryLock<Copies>);

struct Copies {
    events: Box<[Event]>,
    count: usize,
    /// Whether the piece had no samples, so that its notes are played with the next one.
    waits: bool,
}

impl Class for Notes {
    type Interfaces = (IEventList,);
}

impl Notes {
    /// None. Allocates.
    pub(super) fn new() -> ComWrapper<Self> {
        // SAFETY: a struct of numbers and pointers.
        let none: Event = unsafe { std::mem::zeroed() };
        ComWrapper::new(Self(TryLock::new(Copies {
            events: vec![none; MOST].into_boxed_slice(),
            count: 0,
            waits: false,
        })))
    }

    /// Copies the notes from `from` to before `to` of a block that ends at `end`. What is too early comes at the block's start, what is too
    /// late at its end.
    ///
    /// # Safety
    /// `host` is the host's list, or null.
    ///
    /// # Real-time safety
    /// Never allocates, locks, waits or panics, as far as the host's list does not.
    pub(super) unsafe fn show(&self, host: *mut IEventList, from: i32, to: i32, end: i32) {
        // Nobody else is there: the plugin reads only while it processes.
        let Some(mut copies) = self.0.try_lock() else {
            return;
        };
        if !copies.waits {
            copies.count = 0;
        }
        for waiting in 0..copies.count {
            if let Some(event) = copies.events.get_mut(waiting) {
                event.sampleOffset = 0;
            }
        }
        copies.waits = from == to;
        // SAFETY: the caller's promise.
        let Some(host) = (unsafe { ComRef::from_raw(host) }) else {
            return;
        };
        // SAFETY: as above.
        for index in 0..unsafe { host.getEventCount() } {
            // SAFETY: a struct of numbers and pointers.
            let mut event: Event = unsafe { std::mem::zeroed() };
            // SAFETY: the host's list, with a place of our own.
            let got = unsafe { host.getEvent(index, &mut event) };
            let offset = event.sampleOffset.clamp(0, (end - 1).max(0));
            let is_in = offset >= from && (offset < to || to == end);
            if got == kResultOk && is_in && is_note(&event) {
                let Copies { events, count, .. } = &mut *copies;
                let Some(own) = events.get_mut(*count) else {
                    return;
                };
                *own = event;
                own.sampleOffset = offset - from;
                *count += 1;
            }
        }
    }
}

/// Whether it begins or ends a note.
fn is_note(event: &Event) -> bool {
    match event.r#type {
        // SAFETY: the type says what it is.
        ON => unsafe { event.__field0.noteOn.velocity }.is_finite(),
        // SAFETY: as above.
        OFF => unsafe { event.__field0.noteOff.velocity }.is_finite(),
        _ => false,
    }
}

impl IEventListTrait for Notes {
    unsafe fn getEventCount(&self) -> int32 {
        let copies = self.0.try_lock();
        copies.map_or(0, |copies| low_bits::<int32>(copies.count))
    }

    unsafe fn getEvent(&self, index: int32, event: *mut Event) -> tresult {
        let (Ok(index), false) = (usize::try_from(index), event.is_null()) else {
            return kInvalidArgument;
        };
        let Some(copies) = self.0.try_lock() else {
            return kResultFalse;
        };
        match copies.events.get(index).filter(|_| index < copies.count) {
            Some(own) => {
                // SAFETY: the plugin's place.
                unsafe { event.write(*own) };
                kResultOk
            }
            None => kInvalidArgument,
        }
    }

    unsafe fn addEvent(&self, _event: *mut Event) -> tresult {
        kResultFalse
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Host(Vec<Event>);

    impl Class for Host {
        type Interfaces = (IEventList,);
    }

    impl IEventListTrait for Host {
        unsafe fn getEventCount(&self) -> int32 {
            self.0.len() as int32
        }

        unsafe fn getEvent(&self, index: int32, event: *mut Event) -> tresult {
            match self.0.get(index as usize) {
                // SAFETY: the caller's place.
                Some(own) => unsafe { event.write(*own) },
                None => return kInvalidArgument,
            }
            kResultOk
        }

        unsafe fn addEvent(&self, _event: *mut Event) -> tresult {
            kResultFalse
        }
    }

    fn event(kind: u16, offset: i32, pitch: i16, velocity: f32) -> Event {
        // SAFETY: a struct of numbers and pointers.
        let mut event: Event = unsafe { std::mem::zeroed() };
        (event.r#type, event.sampleOffset) = (kind, offset);
        if kind == OFF {
            event.__field0.noteOff.pitch = pitch;
            event.__field0.noteOff.velocity = velocity;
        } else {
            event.__field0.noteOn.pitch = pitch;
            event.__field0.noteOn.velocity = velocity;
        }
        event
    }

    /// Pitches and times that the plugin reads of a piece.
    fn read(notes: &Notes, host: &ComWrapper<Host>, [from, to, end]: [i32; 3]) -> Vec<(i16, i32)> {
        let list = host.as_com_ref::<IEventList>().unwrap();
        // SAFETY: a list of our own.
        unsafe { notes.show(list.as_ptr(), from, to, end) };
        // SAFETY: as above.
        let count = unsafe { notes.getEventCount() };
        (0..count)
            .map(|index| {
                let mut own = event(0, 0, 0, 0.0);
                // SAFETY: as above.
                assert_eq!(unsafe { notes.getEvent(index, &mut own) }, kResultOk);
                // SAFETY: both kinds have it at the same place.
                (unsafe { own.__field0.noteOn.pitch }, own.sampleOffset)
            })
            .collect()
    }

    #[test]
    fn every_note_is_read_once_with_its_piece() {
        // As nice-plug would trip over: a message of no bytes.
        #[allow(clippy::unnecessary_cast)]
        let data = event(EventTypes_::kDataEvent as u16, 0, 0, 0.0);
        let host = ComWrapper::new(Host(vec![
            event(ON, -5, 1, 1.0),
            data,
            event(ON, 9, 2, 0.5),
            event(OFF, 10, 3, 0.0),
            event(ON, 12, 4, f32::NAN),
            event(ON, 99, 5, 1.0),
        ]));
        let notes = Notes::new();
        assert_eq!(read(&notes, &host, [0, 10, 20]), [(1, 0), (2, 9)]);
        assert_eq!(read(&notes, &host, [10, 20, 20]), [(3, 0), (5, 9)]);
        assert_eq!(read(&notes, &host, [0, 20, 20]).len(), 4);
        // SAFETY: no list at all.
        unsafe { notes.show(std::ptr::null_mut(), 0, 20, 20) };
        // SAFETY: a list of our own.
        assert_eq!(unsafe { notes.getEventCount() }, 0);
        // SAFETY: as above.
        let got = unsafe { notes.getEvent(0, std::ptr::null_mut()) };
        assert_ne!(got, kResultOk);
    }

    #[test]
    fn the_notes_of_a_block_without_samples_are_played_with_the_next() {
        let flush = ComWrapper::new(Host(vec![event(OFF, 3, 7, 0.0)]));
        let block = ComWrapper::new(Host(vec![event(ON, 3, 8, 1.0)]));
        let notes = Notes::new();
        assert_eq!(read(&notes, &flush, [0, 0, 0]), [(7, 0)]);
        assert_eq!(read(&notes, &block, [0, 20, 20]), [(7, 0), (8, 3)]);
        assert_eq!(read(&notes, &block, [0, 20, 20]), [(8, 3)]);
    }

    #[test]
    fn more_notes_than_there_is_room_for_are_left_out() {
        let many = (0..3 * MOST).map(|_| event(ON, 0, 1, 1.0)).collect();
        let host = ComWrapper::new(Host(many));
        assert_eq!(read(&Notes::new(), &host, [0, 8, 8]).len(), MOST);
    }
}
