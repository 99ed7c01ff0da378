//! A virtual screen that editors open on, so that tests need no desktop. Linux, with Xvfb; elsewhere there is none.

#[cfg(target_os = "linux")]
pub use linux::{Screen, Window};

#[cfg(target_os = "linux")]
mod linux {
    use std::io::{BufRead, BufReader};
    use std::process::{Child, Command, Stdio};
    use std::time::Duration;

    use x11rb::COPY_DEPTH_FROM_PARENT;
    use x11rb::connection::Connection;
    use x11rb::protocol::Event;
    use x11rb::protocol::xproto::{
        BUTTON_PRESS_EVENT, BUTTON_RELEASE_EVENT, ButtonPressEvent, ChangeWindowAttributesAux,
        ConnectionExt, CreateGCAux, CreateWindowAux, EventMask, ImageFormat, KEY_PRESS_EVENT,
        KEY_RELEASE_EVENT, KeyButMask, KeyPressEvent, MOTION_NOTIFY_EVENT, Motion,
        MotionNotifyEvent, Rectangle, WindowClass,
    };
    use x11rb::rust_connection::RustConnection;

    /// The size of windows, in pixels.
    const SIZE: (u16, u16) = (1_280, 960);
    /// The size of screens, so that an editor may be drawn twice as large.
    const SCREEN: (u16, u16) = (2_560, 1_600);
    /// Longer than a picture of an editor takes.
    const A_PICTURE: Duration = Duration::from_millis(150);

    /// An X server of one's own. It ends when this is dropped.
    pub struct Screen {
        server: Child,
        name: String,
    }

    /// A window, empty, on the screen that `$DISPLAY` names.
    pub struct Window {
        connection: RustConnection,
        id: u32,
    }

    impl Screen {
        /// Starts a server on whatever number is free.
        ///
        /// # Errors
        /// Why there is none, such as that Xvfb is not installed.
        pub fn start() -> Result<Self, String> {
            // A server that begins anew when its last client goes turns away whoever comes at that moment.
            let mut server = Command::new("Xvfb")
                .args([
                    "-displayfd",
                    "1",
                    "-nolisten",
                    "tcp",
                    "-noreset",
                    "-screen",
                    "0",
                ])
                .arg(format!("{}x{}x24", SCREEN.0, SCREEN.1))
                .stdin(Stdio::null())
                .stdout(Stdio::piped())
                .stderr(Stdio::null())
                .spawn()
                .map_err(|error| format!("Xvfb: {error}"))?;
            let mut number = String::new();
            let said = server.stdout.as_mut().map(BufReader::new);
            let read = said.map(|mut said| said.read_line(&mut number));
            let screen = Self {
                server,
                name: format!(":{}", number.trim()),
            };
            match read {
                Some(Ok(1..)) => Ok(screen),
                _ => Err(String::from("Xvfb did not start")),
            }
        }

        /// What `$DISPLAY` is to be.
        pub fn name(&self) -> &str {
            &self.name
        }
    }

    impl Screen {
        /// What is seen on it: width, height, and red, green and blue of every pixel, row by row.
        ///
        /// # Errors
        /// If the screen has gone.
        pub fn picture(&self) -> Result<(u32, u32, Vec<u8>), Box<dyn std::error::Error>> {
            let (connection, screen) = x11rb::connect(Some(&self.name))?;
            let roots = &connection.setup().roots;
            let root = roots.get(screen).ok_or("no such screen")?.root;
            picture(&connection, root)
        }

        /// Clicks with the left button on the one window that lies on it, so many pixels from its left and its top.
        ///
        /// # Errors
        /// If none lies on it, or the screen has gone.
        pub fn click(&self, x: i16, y: i16) -> Result<(), Box<dyn std::error::Error>> {
            let (connection, screen) = x11rb::connect(Some(&self.name))?;
            let roots = &connection.setup().roots;
            let root = roots.get(screen).ok_or("no such screen")?.root;
            // The window of a program may hold the one that is drawn in.
            let (mut window, mut place) = (root, 0);
            while let Some(&within) = connection.query_tree(window)?.reply()?.children.first() {
                (window, place) = (within, place + 1);
            }
            if place == 0 {
                return Err("no window lies on it".into());
            }
            drag(&connection, root, window, &[(x, y)])
        }
    }

    impl Drop for Screen {
        fn drop(&mut self) {
            // It has ended already, then.
            let _ = self.server.kill();
            let _ = self.server.wait();
        }
    }

    impl Window {
        /// Shows a window.
        ///
        /// # Errors
        /// If there is no screen.
        pub fn open() -> Result<Self, Box<dyn std::error::Error>> {
            Self::open_of(SIZE.0, SIZE.1)
        }

        /// Shows a window of that width and height.
        ///
        /// # Errors
        /// If there is no screen.
        pub fn open_of(width: u16, height: u16) -> Result<Self, Box<dyn std::error::Error>> {
            let (connection, screen) = x11rb::connect(None)?;
            let id = connection.generate_id()?;
            let root = connection
                .setup()
                .roots
                .get(screen)
                .ok_or("no such screen")?
                .root;
            connection
                .create_window(
                    COPY_DEPTH_FROM_PARENT,
                    id,
                    root,
                    0,
                    0,
                    width,
                    height,
                    0,
                    WindowClass::INPUT_OUTPUT,
                    0,
                    &CreateWindowAux::new(),
                )?
                .check()?;
            connection.map_window(id)?.check()?;
            Ok(Self { connection, id })
        }

        /// Its number.
        pub fn id(&self) -> u32 {
            self.id
        }

        /// How many windows lie in it.
        ///
        /// # Errors
        /// If the screen has gone.
        pub fn children(&self) -> Result<usize, Box<dyn std::error::Error>> {
            Ok(self.connection.query_tree(self.id)?.reply()?.children.len())
        }

        /// The window that lies in it.
        ///
        /// # Errors
        /// If none lies in it, or the screen has gone.
        pub fn editor(&self) -> Result<u32, Box<dyn std::error::Error>> {
            let tree = self.connection.query_tree(self.id)?.reply()?;
            Ok(*tree.children.first().ok_or("no window lies in it")?)
        }

        /// Clicks with the left button on the window that lies in it, so many pixels from its left and its top.
        ///
        /// # Errors
        /// If none lies in it, or the screen has gone.
        pub fn click(&self, x: i16, y: i16) -> Result<(), Box<dyn std::error::Error>> {
            self.drag(&[(x, y)])
        }

        /// Drags with the left button from the first of these places over all others to the last, and lets go there.
        ///
        /// # Errors
        /// If none lies in it, or the screen has gone.
        pub fn drag(&self, places: &[(i16, i16)]) -> Result<(), Box<dyn std::error::Error>> {
            drag(&self.connection, self.root()?, self.editor()?, places)
        }

        /// Types a key on the window that lies in it, with Control held down; `key` is its number on the keyboard.
        ///
        /// # Errors
        /// If none lies in it, or the screen has gone.
        pub fn control_and(&self, key: u8) -> Result<(), Box<dyn std::error::Error>> {
            self.key(key, KeyButMask::CONTROL)
        }

        /// As [`Window::control_and`], with Shift.
        ///
        /// # Errors
        /// If none lies in it, or the screen has gone.
        pub fn shift_and(&self, key: u8) -> Result<(), Box<dyn std::error::Error>> {
            self.key(key, KeyButMask::SHIFT)
        }

        /// Types keys on the window that lies in it, one after the other, by their numbers on the keyboard.
        ///
        /// # Errors
        /// If none lies in it, or the screen has gone.
        pub fn type_keys(&self, keys: &[u8]) -> Result<(), Box<dyn std::error::Error>> {
            for key in keys {
                std::thread::sleep(A_PICTURE);
                self.key(*key, KeyButMask::default())?;
            }
            Ok(())
        }

        fn key(&self, key: u8, state: KeyButMask) -> Result<(), Box<dyn std::error::Error>> {
            let (root, editor) = (self.root()?, self.editor()?);
            for (response_type, mask) in [
                (KEY_PRESS_EVENT, EventMask::KEY_PRESS),
                (KEY_RELEASE_EVENT, EventMask::KEY_RELEASE),
            ] {
                let typed = KeyPressEvent {
                    response_type,
                    detail: key,
                    sequence: 0,
                    time: x11rb::CURRENT_TIME,
                    root,
                    event: editor,
                    child: x11rb::NONE,
                    root_x: 0,
                    root_y: 0,
                    event_x: 0,
                    event_y: 0,
                    state,
                    same_screen: true,
                };
                self.connection
                    .send_event(false, editor, mask, typed)?
                    .check()?;
            }
            Ok(())
        }

        /// From now on it hears keys, as a host's window does.
        ///
        /// # Errors
        /// If the screen has gone.
        pub fn listen(&self) -> Result<(), Box<dyn std::error::Error>> {
            let keys = EventMask::KEY_PRESS | EventMask::KEY_RELEASE;
            let heard = ChangeWindowAttributesAux::new().event_mask(keys);
            let changed = self.connection.change_window_attributes(self.id, &heard)?;
            Ok(changed.check()?)
        }

        /// The keys that it has heard since the last call: their numbers, and whether they went down.
        ///
        /// # Errors
        /// If the screen has gone.
        pub fn heard_keys(&self) -> Result<Vec<(u8, bool)>, Box<dyn std::error::Error>> {
            let mut heard = Vec::new();
            while let Some(event) = self.connection.poll_for_event()? {
                match event {
                    Event::KeyPress(key) if key.event == self.id => heard.push((key.detail, true)),
                    Event::KeyRelease(key) if key.event == self.id => {
                        heard.push((key.detail, false));
                    }
                    _ => {}
                }
            }
            Ok(heard)
        }

        /// Paints over the window that lies in it, and tells it that it has to be drawn again.
        ///
        /// # Errors
        /// If none lies in it, or the screen has gone.
        pub fn spoil(&self) -> Result<(), Box<dyn std::error::Error>> {
            let editor = self.editor()?;
            let place = self.connection.get_geometry(editor)?.reply()?;
            let whole = Rectangle {
                x: 0,
                y: 0,
                width: place.width,
                height: place.height,
            };
            let paint = self.connection.generate_id()?;
            let green = CreateGCAux::new().foreground(0x00_ff00);
            self.connection.create_gc(paint, editor, &green)?.check()?;
            self.connection
                .poly_fill_rectangle(editor, paint, &[whole])?
                .check()?;
            self.connection.free_gc(paint)?.check()?;
            Ok(self
                .connection
                .clear_area(true, editor, 0, 0, 0, 0)?
                .check()?)
        }

        fn root(&self) -> Result<u32, Box<dyn std::error::Error>> {
            Ok(self.connection.query_tree(self.id)?.reply()?.root)
        }

        /// What the window that lies in it shows: width, height, and red, green and blue of every pixel, row by row.
        ///
        /// # Errors
        /// If none lies in it, or the screen has gone.
        pub fn picture(&self) -> Result<(u32, u32, Vec<u8>), Box<dyn std::error::Error>> {
            picture(&self.connection, self.editor()?)
        }
    }

    /// Drags with the left button on a window from the first of these places over all others to the last, and lets go there.
    fn drag(
        connection: &RustConnection,
        root: u32,
        window: u32,
        places: &[(i16, i16)],
    ) -> Result<(), Box<dyn std::error::Error>> {
        let (Some(first), Some(last)) = (places.first(), places.last()) else {
            return Ok(());
        };
        point(connection, root, window, *first, KeyButMask::default())?;
        press(connection, root, window, *first, BUTTON_PRESS_EVENT)?;
        for place in &places[1..] {
            std::thread::sleep(A_PICTURE);
            point(connection, root, window, *place, KeyButMask::BUTTON1)?;
        }
        press(connection, root, window, *last, BUTTON_RELEASE_EVENT)
    }

    fn point(
        connection: &RustConnection,
        root: u32,
        window: u32,
        (x, y): (i16, i16),
        state: KeyButMask,
    ) -> Result<(), Box<dyn std::error::Error>> {
        let moved = MotionNotifyEvent {
            response_type: MOTION_NOTIFY_EVENT,
            detail: Motion::NORMAL,
            sequence: 0,
            time: x11rb::CURRENT_TIME,
            root,
            event: window,
            child: x11rb::NONE,
            root_x: x,
            root_y: y,
            event_x: x,
            event_y: y,
            state,
            same_screen: true,
        };
        let sent = connection.send_event(false, window, EventMask::POINTER_MOTION, moved)?;
        Ok(sent.check()?)
    }

    fn press(
        connection: &RustConnection,
        root: u32,
        window: u32,
        (x, y): (i16, i16),
        response_type: u8,
    ) -> Result<(), Box<dyn std::error::Error>> {
        const LEFT: u8 = 1;
        // A picture is drawn with the pointer where it is now.
        std::thread::sleep(A_PICTURE);
        let mask = match response_type {
            BUTTON_PRESS_EVENT => EventMask::BUTTON_PRESS,
            _ => EventMask::BUTTON_RELEASE,
        };
        let button = ButtonPressEvent {
            response_type,
            detail: LEFT,
            sequence: 0,
            time: x11rb::CURRENT_TIME,
            root,
            event: window,
            child: x11rb::NONE,
            root_x: x,
            root_y: y,
            event_x: x,
            event_y: y,
            state: KeyButMask::default(),
            same_screen: true,
        };
        let sent = connection.send_event(false, window, mask, button)?;
        Ok(sent.check()?)
    }

    fn picture(
        connection: &RustConnection,
        window: u32,
    ) -> Result<(u32, u32, Vec<u8>), Box<dyn std::error::Error>> {
        let place = connection.get_geometry(window)?.reply()?;
        let (width, height) = (place.width, place.height);
        let image = connection
            .get_image(ImageFormat::Z_PIXMAP, window, 0, 0, width, height, !0)?
            .reply()?;
        // Screens of 24 bits have pixels of four bytes: blue, green, red, nothing.
        let pixels = image.data.chunks_exact(4);
        let colours = pixels.flat_map(|pixel| [pixel[2], pixel[1], pixel[0]]);
        Ok((u32::from(width), u32::from(height), colours.collect()))
    }
}
