//! Where deeds were done, as far as symbols tell: the first few, kept without memory being taken.

use std::ffi::{CStr, c_int, c_void};
use std::ptr::null_mut;
use std::sync::atomic::{AtomicPtr, AtomicUsize, Ordering};

const TRACES: usize = 4;
const DEPTH: usize = 24;
static PLACES: [[AtomicPtr<c_void>; DEPTH]; TRACES] =
    [const { [const { AtomicPtr::new(null_mut()) }; DEPTH] }; TRACES];
static LEFT: AtomicUsize = AtomicUsize::new(0);

unsafe extern "C" {
    fn backtrace(buffer: *mut *mut c_void, size: c_int) -> c_int;
}

/// Loads what the library loads at its first trace.
pub(super) fn prepare() {
    let mut places = [null_mut(); DEPTH];
    // SAFETY: there is room for as many.
    unsafe { backtrace(places.as_mut_ptr(), DEPTH as c_int) };
}

/// Leaves where we are.
pub(super) fn leave() {
    let number = LEFT.fetch_add(1, Ordering::Relaxed);
    let Some(trace) = PLACES.get(number) else {
        return;
    };
    let mut places = [null_mut(); DEPTH];
    // SAFETY: there is room for as many.
    unsafe { backtrace(places.as_mut_ptr(), DEPTH as c_int) };
    for (to, place) in trace.iter().zip(places) {
        to.store(place, Ordering::Relaxed);
    }
}

pub(super) fn read() -> String {
    let count = LEFT.load(Ordering::Relaxed).min(TRACES);
    let mut text = String::new();
    for (number, trace) in PLACES[..count].iter().enumerate() {
        text += &format!("deed {}\n", number + 1);
        let places = trace.iter().map(|place| place.load(Ordering::Relaxed));
        for place in places.take_while(|place| !place.is_null()) {
            text += &format!("    {}\n", named(place));
        }
    }
    text
}

fn named(place: *mut c_void) -> String {
    // SAFETY: all zeros are a value of this structure, which the library fills; its names live as long as the code.
    unsafe {
        let mut info: libc::Dl_info = std::mem::zeroed();
        let name = |text: *const libc::c_char| {
            let text = (!text.is_null()).then(|| CStr::from_ptr(text).to_string_lossy());
            text.unwrap_or_default().into_owned()
        };
        if libc::dladdr(place, &mut info) == 0 {
            return format!("{place:p}");
        }
        let offset = place as usize - info.dli_fbase as usize;
        format!(
            "{}+{offset:#x} {}",
            name(info.dli_fname),
            name(info.dli_sname)
        )
    }
}
