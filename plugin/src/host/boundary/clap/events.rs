//! The events of a block, in order and within it. Audio thread.
//!
//! Where a block is played in one piece and its events are as CLAP wants them, the plugin reads the host's own list. Else it reads
//! copies: of one piece's events, with times that count from its start. What pads do not hear and nice-plug would read without a look is no
//! event that CLAP wants; a controller that ends all notes is copied as what CLAP says for it.

use clap_sys::events::{
    CLAP_CORE_EVENT_SPACE_ID, CLAP_EVENT_MIDI, CLAP_EVENT_MIDI_SYSEX, CLAP_EVENT_NOTE_CHOKE,
    CLAP_EVENT_NOTE_EXPRESSION, CLAP_EVENT_NOTE_OFF, CLAP_EVENT_NOTE_ON, CLAP_EVENT_PARAM_MOD,
    CLAP_EVENT_PARAM_VALUE, clap_event_header, clap_event_midi, clap_event_note,
    clap_event_param_mod, clap_event_param_value, clap_input_events,
};
use netbend_dsp::number::low_bits;

/// The longest event that is copied, in bytes; CLAP's own are no longer.
const EVENT_BYTES: usize = 128;
/// Events of a piece that has to be cut; what is more is left out.
const EVENTS: usize = 1024;
/// Controllers that end all notes of a channel: all sound off, all notes off.
const ENDING: [u8; 2] = [120, 123];
const CONTROL_CHANGE: u8 = 0xb0;

#[derive(Clone, Copy)]
#[repr(C, align(16))]
struct EventBytes([u8; EVENT_BYTES]);

/// Copies of events.
pub(super) struct Events {
    copies: Box<[EventBytes]>,
    count: usize,
}

impl Events {
    pub(super) fn new() -> Self {
        Self {
            copies: vec![EventBytes([0; EVENT_BYTES]); EVENTS].into_boxed_slice(),
            count: 0,
        }
    }

    /// Copies the events of `host` from `from` to before `to`, where the block ends at `end`: those later than a block come with its
    /// last piece. What is not a number is left out, as is a null event.
    ///
    /// # Safety
    /// `host` is the host's list, or null; what is returned is good until the next call.
    ///
    /// # Real-time safety
    /// Never allocates, locks or waits, as far as the host's list does not.
    pub(super) unsafe fn of_piece(
        &mut self,
        host: *const clap_input_events,
        from: u32,
        to: u32,
        end: u32,
    ) -> clap_input_events {
        self.count = 0;
        // SAFETY: the caller's promise.
        if let Some(list) = unsafe { host.as_ref() }
            && let (Some(size), Some(get)) = (list.size, list.get)
        {
            // SAFETY: the host's functions with the host's list.
            let size = unsafe { size(host) };
            for index in 0..size {
                // SAFETY: as above; the index is within the list.
                let event = unsafe { get(host, index) };
                // SAFETY: the host's event, or null.
                let Some(header) = (unsafe { event.as_ref() }) else {
                    continue;
                };
                let in_piece = header.time >= from && (header.time < to || to == end);
                // SAFETY: the host's event.
                if !in_piece || !unsafe { is_usable(header) } {
                    continue;
                }
                // SAFETY: as above.
                match unsafe { ended_channel(header) } {
                    Some(channel) => {
                        let choke = all_of(channel, header.time);
                        // SAFETY: an event of our own.
                        unsafe { self.push(&choke.header, from, to) };
                    }
                    // SAFETY: the host's event.
                    None => unsafe { self.push(header, from, to) },
                }
            }
        }
        clap_input_events {
            ctx: std::ptr::from_mut(self).cast(),
            size: Some(count_of),
            get: Some(event_of),
        }
    }

    /// # Safety
    /// `header` is that of an event as long as it says.
    unsafe fn push(&mut self, header: &clap_event_header, from: u32, to: u32) {
        let bytes = header.size as usize;
        let fits = (size_of::<clap_event_header>()..=EVENT_BYTES).contains(&bytes);
        let Some(copy) = self.copies.get_mut(self.count).filter(|_| fits) else {
            return;
        };
        let own = copy.0.as_mut_ptr();
        // SAFETY: the event is as long as it says, and so long is the copy, which is aligned for any event.
        unsafe {
            std::ptr::copy_nonoverlapping(std::ptr::from_ref(header).cast(), own, bytes);
            let latest = to.saturating_sub(1).max(from);
            (*own.cast::<clap_event_header>()).time = header.time.min(latest) - from;
        }
        // Those that came out of order move to where they belong; few do.
        let mut place = self.count;
        while place > 0 && self.copies[place - 1].time() > self.copies[place].time() {
            self.copies.swap(place - 1, place);
            place -= 1;
        }
        self.count += 1;
    }
}

impl EventBytes {
    fn time(&self) -> u32 {
        // SAFETY: every copy begins with a header, of zeros at least, and is aligned for it.
        unsafe { (*self.0.as_ptr().cast::<clap_event_header>()).time }
    }
}

/// Whether every event of `host` lies in a block of `samples`, none before the one that precedes it, and can be read as it is, and whether
/// they are no more than there is memory for.
///
/// # Safety
/// `host` is the host's list, or null.
pub(super) unsafe fn are_orderly(host: *const clap_input_events, samples: u32) -> bool {
    // SAFETY: the caller's promise.
    let Some(list) = (unsafe { host.as_ref() }) else {
        return true;
    };
    let (Some(size), Some(get)) = (list.size, list.get) else {
        return false;
    };
    // SAFETY: the host's functions with the host's list.
    let size = unsafe { size(host) };
    let mut earliest = 0;
    // SAFETY: as above, the index within the list; the host's event, or null.
    let orderly = (0..size).all(|index| match unsafe { get(host, index).as_ref() } {
        Some(header) => {
            let in_order = header.time >= earliest && header.time < samples.max(1);
            earliest = header.time;
            // SAFETY: the host's event.
            in_order && unsafe { is_usable(header) && ended_channel(header).is_none() }
        }
        None => false,
    });
    // SAFETY: as above.
    orderly && (size as usize <= EVENTS || unsafe { notes(host, size, get) } <= EVENTS)
}

/// How many events of `host` are notes.
///
/// # Safety
/// `host` is the host's list of `size` events, and `get` its function; no event is null.
unsafe fn notes(
    host: *const clap_input_events,
    size: u32,
    get: unsafe extern "C" fn(*const clap_input_events, u32) -> *const clap_event_header,
) -> usize {
    // SAFETY: the caller's promise.
    let header = |index: u32| unsafe { &*get(host, index) };
    let is_note = |header: &clap_event_header| {
        header.space_id == CLAP_CORE_EVENT_SPACE_ID
            && matches!(
                header.type_,
                CLAP_EVENT_NOTE_ON | CLAP_EVENT_NOTE_OFF | CLAP_EVENT_NOTE_CHOKE | CLAP_EVENT_MIDI
            )
    };
    (0..size).filter(|index| is_note(header(*index))).count()
}

/// The channel whose notes an event ends as a controller, which nice-plug does not read.
///
/// # Safety
/// As [`is_usable`], which it is.
unsafe fn ended_channel(header: &clap_event_header) -> Option<i16> {
    if (header.space_id, header.type_) != (CLAP_CORE_EVENT_SPACE_ID, CLAP_EVENT_MIDI) {
        return None;
    }
    // SAFETY: the type says what it is, and it is as long.
    let [status, controller, _] =
        unsafe { (*std::ptr::from_ref(header).cast::<clap_event_midi>()).data };
    let is_ending = status & 0xf0 == CONTROL_CHANGE && ENDING.contains(&controller);
    is_ending.then_some(i16::from(status & 0x0f))
}

/// What ends all notes of a channel.
fn all_of(channel: i16, time: u32) -> clap_event_note {
    clap_event_note {
        header: clap_event_header {
            size: low_bits::<u32>(size_of::<clap_event_note>()),
            time,
            space_id: CLAP_CORE_EVENT_SPACE_ID,
            type_: CLAP_EVENT_NOTE_CHOKE,
            flags: 0,
        },
        note_id: -1,
        port_index: -1,
        channel,
        key: -1,
        velocity: 0.0,
    }
}

/// Whether an event holds numbers only, is as long as its type says, and is one that the plugin hears.
///
/// # Safety
/// `header` is that of an event as long as it says.
unsafe fn is_usable(header: &clap_event_header) -> bool {
    if header.space_id != CLAP_CORE_EVENT_SPACE_ID {
        return true;
    }
    let event = std::ptr::from_ref(header);
    let size = header.size as usize;
    match header.type_ {
        CLAP_EVENT_PARAM_VALUE => {
            // SAFETY: the type and the size say what it is.
            size >= size_of::<clap_event_param_value>()
                && unsafe { (*event.cast::<clap_event_param_value>()).value }.is_finite()
        }
        CLAP_EVENT_PARAM_MOD => {
            // SAFETY: as above.
            size >= size_of::<clap_event_param_mod>()
                && unsafe { (*event.cast::<clap_event_param_mod>()).amount }.is_finite()
        }
        CLAP_EVENT_NOTE_ON | CLAP_EVENT_NOTE_OFF | CLAP_EVENT_NOTE_CHOKE => {
            // SAFETY: as above.
            size >= size_of::<clap_event_note>()
                && unsafe { (*event.cast::<clap_event_note>()).velocity }.is_finite()
        }
        CLAP_EVENT_MIDI => size >= size_of::<clap_event_midi>(),
        CLAP_EVENT_NOTE_EXPRESSION | CLAP_EVENT_MIDI_SYSEX => false,
        _ => true,
    }
}

unsafe extern "C" fn count_of(list: *const clap_input_events) -> u32 {
    // SAFETY: `of_piece` made the list.
    unsafe { low_bits::<u32>((*(*list).ctx.cast::<Events>()).count) }
}

unsafe extern "C" fn event_of(
    list: *const clap_input_events,
    index: u32,
) -> *const clap_event_header {
    // SAFETY: `of_piece` made the list.
    let events = unsafe { &*(*list).ctx.cast::<Events>() };
    match events.copies[..events.count].get(index as usize) {
        Some(event) => event.0.as_ptr().cast(),
        None => std::ptr::null(),
    }
}
