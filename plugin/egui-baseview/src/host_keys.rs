//! On X11 the window that was clicked has the keyboard, and what it does with a key is nobody's concern: the host would not hear of its own. So keys
//! that are of no use here are sent on to the nearest window around this one that listens to keys.

use std::cell::RefCell;
use std::collections::HashSet;

use keyboard_types::{Code, KeyState, KeyboardEvent, Modifiers};
use raw_window_handle::{HasWindowHandle, RawWindowHandle};
use x11rb::connection::Connection;
use x11rb::errors::ReplyError;
use x11rb::protocol::xproto::{
    ConnectionExt, EventMask, KEY_PRESS_EVENT, KEY_RELEASE_EVENT, KeyButMask, KeyPressEvent,
};
use x11rb::rust_connection::RustConnection;

/// Keys that hosts have uses for without Ctrl or Alt, by their numbers: space, Enter, digits, letters, signs, F keys, the number pad.
const KEYS: [(Code, u8); 83] = [
    (Code::Space, 65),
    (Code::Enter, 36),
    (Code::Digit1, 10),
    (Code::Digit2, 11),
    (Code::Digit3, 12),
    (Code::Digit4, 13),
    (Code::Digit5, 14),
    (Code::Digit6, 15),
    (Code::Digit7, 16),
    (Code::Digit8, 17),
    (Code::Digit9, 18),
    (Code::Digit0, 19),
    (Code::Minus, 20),
    (Code::Equal, 21),
    (Code::KeyQ, 24),
    (Code::KeyW, 25),
    (Code::KeyE, 26),
    (Code::KeyR, 27),
    (Code::KeyT, 28),
    (Code::KeyY, 29),
    (Code::KeyU, 30),
    (Code::KeyI, 31),
    (Code::KeyO, 32),
    (Code::KeyP, 33),
    (Code::BracketLeft, 34),
    (Code::BracketRight, 35),
    (Code::KeyA, 38),
    (Code::KeyS, 39),
    (Code::KeyD, 40),
    (Code::KeyF, 41),
    (Code::KeyG, 42),
    (Code::KeyH, 43),
    (Code::KeyJ, 44),
    (Code::KeyK, 45),
    (Code::KeyL, 46),
    (Code::Semicolon, 47),
    (Code::Quote, 48),
    (Code::Backquote, 49),
    (Code::Backslash, 51),
    (Code::KeyZ, 52),
    (Code::KeyX, 53),
    (Code::KeyC, 54),
    (Code::KeyV, 55),
    (Code::KeyB, 56),
    (Code::KeyN, 57),
    (Code::KeyM, 58),
    (Code::Comma, 59),
    (Code::Period, 60),
    (Code::Slash, 61),
    (Code::IntlBackslash, 94),
    (Code::F1, 67),
    (Code::F2, 68),
    (Code::F3, 69),
    (Code::F4, 70),
    (Code::F5, 71),
    (Code::F6, 72),
    (Code::F7, 73),
    (Code::F8, 74),
    (Code::F9, 75),
    (Code::F10, 76),
    (Code::F11, 95),
    (Code::F12, 96),
    (Code::Numpad7, 79),
    (Code::Numpad8, 80),
    (Code::Numpad9, 81),
    (Code::NumpadSubtract, 82),
    (Code::Numpad4, 83),
    (Code::Numpad5, 84),
    (Code::Numpad6, 85),
    (Code::NumpadAdd, 86),
    (Code::Numpad1, 87),
    (Code::Numpad2, 88),
    (Code::Numpad3, 89),
    (Code::Numpad0, 90),
    (Code::NumpadDecimal, 91),
    (Code::NumpadMultiply, 63),
    (Code::NumpadDivide, 106),
    (Code::NumpadEnter, 104),
    (Code::MediaPlayPause, 172),
    (Code::MediaStop, 174),
    (Code::MediaTrackNext, 171),
    (Code::MediaTrackPrevious, 173),
    (Code::Insert, 118),
];

/// The way to the host.
#[derive(Default)]
pub(crate) struct HostKeys {
    /// Made with the first key; `None` where there is no way.
    connection: RefCell<Option<RustConnection>>,
    /// Sent on and still held down. A host that sends keys back to us gets no echo of them.
    held: RefCell<HashSet<Code>>,
}

impl HostKeys {
    /// Sends `event` on, which `window` has no use for.
    pub(crate) fn send(&self, window: &impl HasWindowHandle, event: &KeyboardEvent) {
        let Some((_, number)) = KEYS.iter().find(|(code, _)| *code == event.code) else {
            return;
        };
        let is_down = event.state == KeyState::Down;
        let others = Modifiers::CONTROL | Modifiers::ALT | Modifiers::META;
        let is_new = match is_down {
            true => {
                !event.modifiers.intersects(others) && self.held.borrow_mut().insert(event.code)
            }
            false => self.held.borrow_mut().remove(&event.code),
        };
        let window = match window.window_handle().map(|handle| handle.as_raw()) {
            Ok(RawWindowHandle::Xlib(handle)) => u32::try_from(handle.window).ok(),
            Ok(RawWindowHandle::Xcb(handle)) => Some(handle.window.get()),
            _ => None,
        };
        if let (true, Some(window)) = (is_new, window) {
            let shift = match event.modifiers.contains(Modifiers::SHIFT) {
                true => KeyButMask::SHIFT,
                false => KeyButMask::default(),
            };
            // A host whose window has gone hears nothing.
            let _ = self.pass(window, *number, shift, is_down);
        }
    }

    fn pass(
        &self,
        window: u32,
        number: u8,
        state: KeyButMask,
        is_down: bool,
    ) -> Result<(), ReplyError> {
        let mut connection = self.connection.borrow_mut();
        if connection.is_none() {
            *connection = RustConnection::connect(None)
                .ok()
                .map(|(connection, _)| connection);
        }
        let Some(connection) = connection.as_ref() else {
            return Ok(());
        };
        let (kind, mask) = match is_down {
            true => (KEY_PRESS_EVENT, EventMask::KEY_PRESS),
            false => (KEY_RELEASE_EVENT, EventMask::KEY_RELEASE),
        };
        let Some((root, listener)) = listener(connection, window)? else {
            return Ok(());
        };
        let typed = KeyPressEvent {
            response_type: kind,
            detail: number,
            sequence: 0,
            time: x11rb::CURRENT_TIME,
            root,
            event: listener,
            child: x11rb::NONE,
            root_x: 0,
            root_y: 0,
            event_x: 0,
            event_y: 0,
            state,
            same_screen: true,
        };
        connection.send_event(false, listener, mask, typed)?;
        connection.flush()?;
        Ok(())
    }
}

/// The screen's own window, and the nearest one around `window` that listens to keys, if one does.
fn listener(
    connection: &RustConnection,
    mut window: u32,
) -> Result<Option<(u32, u32)>, ReplyError> {
    loop {
        let tree = connection.query_tree(window)?.reply()?;
        window = tree.parent;
        if window == tree.root || window == x11rb::NONE {
            return Ok(None);
        }
        let attributes = connection.get_window_attributes(window)?.reply()?;
        if attributes.all_event_masks.contains(EventMask::KEY_PRESS) {
            return Ok(Some((tree.root, window)));
        }
    }
}
