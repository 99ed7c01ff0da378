//! Files dragged over the editor's window and dropped on it, as a file manager does on X11: the source's side of
//! [XDND](https://www.freedesktop.org/wiki/Specifications/XDND/). Linux.

use std::path::Path;
use std::time::{Duration, Instant};

use x11rb::COPY_DEPTH_FROM_PARENT;
use x11rb::connection::Connection;
use x11rb::protocol::Event;
use x11rb::protocol::xproto::{
    Atom, ClientMessageEvent, ConnectionExt, CreateWindowAux, EventMask, PropMode,
    SELECTION_NOTIFY_EVENT, SelectionNotifyEvent, SelectionRequestEvent, WindowClass,
};
use x11rb::rust_connection::RustConnection;
use x11rb::wrapper::ConnectionExt as _;

type Failure = Box<dyn std::error::Error>;

/// The version of the protocol that is spoken.
const VERSION: u32 = 5;
/// How long the window may take to answer.
const PATIENCE: Duration = Duration::from_secs(20);

/// Files that are being dragged. The drag ends unfinished where this is let go.
pub struct Drag {
    connection: RustConnection,
    atoms: Atoms,
    source: u32,
    target: u32,
    uris: String,
}

x11rb::atom_manager! {
    Atoms: AtomsCookie {
        XdndAware,
        XdndEnter,
        XdndPosition,
        XdndStatus,
        XdndLeave,
        XdndDrop,
        XdndFinished,
        XdndSelection,
        XdndActionCopy,
        Uris: b"text/uri-list",
    }
}

impl Drag {
    /// Takes `files` in hand, to be dragged over the window `target`.
    ///
    /// # Errors
    /// If there is no screen, or the window takes no drops.
    pub fn of(files: &[&Path], target: u32) -> Result<Self, Failure> {
        let (connection, screen) = x11rb::connect(None)?;
        let atoms = Atoms::new(&connection)?.reply()?;
        let root = connection.setup().roots.get(screen);
        let root = root.ok_or("no such screen")?.root;
        let aware = connection
            .get_property(false, target, atoms.XdndAware, 0_u32, 0, 1)?
            .reply()?;
        let version = aware.value32().and_then(|mut values| values.next());
        if version.is_none_or(|version| version < VERSION) {
            return Err(format!("the window takes no drops: {version:?}").into());
        }
        let source = connection.generate_id()?;
        connection
            .create_window(
                COPY_DEPTH_FROM_PARENT,
                source,
                root,
                0,
                0,
                1,
                1,
                0,
                WindowClass::INPUT_OUTPUT,
                0,
                &CreateWindowAux::new(),
            )?
            .check()?;
        connection
            .set_selection_owner(source, atoms.XdndSelection, x11rb::CURRENT_TIME)?
            .check()?;
        let uris = files.iter().map(|file| uri(file)).collect();
        Ok(Self {
            connection,
            atoms,
            source,
            target,
            uris,
        })
    }

    /// Drags them over the window, so many pixels from the screen's left and top. Whether they would be taken.
    ///
    /// # Errors
    /// If the window does not answer.
    pub fn over(&self, x: u16, y: u16) -> Result<bool, Failure> {
        let atoms = &self.atoms;
        self.tell(atoms.XdndEnter, [VERSION << 24, atoms.Uris, 0, 0])?;
        let place = (u32::from(x) << 16) | u32::from(y);
        let mut is_taken = false;
        // The window reads the files at the first place, and goes with the pointer from then on.
        for _ in 0..2 {
            let position = [0, place, x11rb::CURRENT_TIME, atoms.XdndActionCopy];
            self.tell(atoms.XdndPosition, position)?;
            is_taken = self.answer(atoms.XdndStatus)? & 1 == 1;
        }
        Ok(is_taken)
    }

    /// Drags them out of the window again.
    ///
    /// # Errors
    /// If the screen has gone.
    pub fn away(&self) -> Result<(), Failure> {
        self.tell(self.atoms.XdndLeave, [0; 4])
    }

    /// Drops them. Whether they were taken.
    ///
    /// # Errors
    /// If the window does not answer.
    pub fn drop(&self) -> Result<bool, Failure> {
        self.tell(self.atoms.XdndDrop, [0, x11rb::CURRENT_TIME, 0, 0])?;
        Ok(self.answer(self.atoms.XdndFinished)? & 1 == 1)
    }

    fn tell(&self, kind: Atom, [a, b, c, d]: [u32; 4]) -> Result<(), Failure> {
        let data = [self.source, a, b, c, d];
        let message = ClientMessageEvent::new(32, self.target, kind, data);
        self.connection
            .send_event(false, self.target, EventMask::NO_EVENT, message)?
            .check()?;
        Ok(())
    }

    /// The second word of the message of that kind that comes next. Hands the files over when they are asked for.
    fn answer(&self, kind: Atom) -> Result<u32, Failure> {
        let start = Instant::now();
        while start.elapsed() < PATIENCE {
            match self.connection.poll_for_event()? {
                Some(Event::SelectionRequest(asked)) => self.hand_over(&asked)?,
                Some(Event::ClientMessage(message)) if message.type_ == kind => {
                    return Ok(message.data.as_data32()[1]);
                }
                Some(_) => {}
                None => std::thread::sleep(Duration::from_millis(5)),
            }
        }
        Err("the window does not answer".into())
    }

    fn hand_over(&self, asked: &SelectionRequestEvent) -> Result<(), Failure> {
        self.connection
            .change_property8(
                PropMode::REPLACE,
                asked.requestor,
                asked.property,
                self.atoms.Uris,
                self.uris.as_bytes(),
            )?
            .check()?;
        let told = SelectionNotifyEvent {
            response_type: SELECTION_NOTIFY_EVENT,
            sequence: 0,
            time: asked.time,
            requestor: asked.requestor,
            selection: asked.selection,
            target: asked.target,
            property: asked.property,
        };
        self.connection
            .send_event(false, asked.requestor, EventMask::NO_EVENT, told)?
            .check()?;
        Ok(())
    }
}

/// The line of a list of files for one of them.
fn uri(file: &Path) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/._-~".contains(&byte);
    let escape = |byte: u8| match plain(byte) {
        true => char::from(byte).to_string(),
        false => format!("%{byte:02X}"),
    };
    let path = file.as_os_str().as_encoded_bytes();
    let path: String = path.iter().copied().map(escape).collect();
    format!("file://{path}\r\n")
}
