//! What a user chose of how the editor is shown, in a file of their own folder: the same in every instance and every host. GUI thread.

use std::path::PathBuf;

use netbend_atomic_file::replace;
use serde::{Deserialize, Serialize};

use crate::resources::user_folder;

/// The file's name.
const FILE: &str = "view.json";

/// Zooms that can be chosen.
pub const ZOOMS: [f32; 9] = [0.75, 0.85, 1.0, 1.25, 1.5, 1.75, 2.0, 2.5, 3.0];

/// What was chosen. What cannot be read is as in a new installation.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Preferences {
    #[serde(default = "one")]
    zoom: f32,
    /// Whether colours are those of high contrast.
    #[serde(default)]
    pub high_contrast: bool,
}

impl Default for Preferences {
    fn default() -> Self {
        Self {
            zoom: one(),
            high_contrast: false,
        }
    }
}

fn one() -> f32 {
    1.0
}

fn file() -> Option<PathBuf> {
    user_folder().map(|folder| folder.join(FILE))
}

impl Preferences {
    /// What lies in the user's folder.
    pub fn read() -> Self {
        let text = file().and_then(|file| std::fs::read(file).ok());
        text.map(|text| Self::of(&text)).unwrap_or_default()
    }

    fn of(text: &[u8]) -> Self {
        serde_json::from_slice(text).unwrap_or_default()
    }

    /// Keeps it. Where that cannot be, it holds for this window alone.
    pub fn write(&self) {
        let Some(file) = file() else { return };
        let folder = file.parent().map_or(Ok(()), std::fs::create_dir_all);
        if folder.is_ok()
            && let Ok(text) = serde_json::to_vec(self)
        {
            let _ = replace(&file, &text);
        }
    }

    /// The zoom: one of [`ZOOMS`], the nearest to what was written.
    pub fn zoom(&self) -> f32 {
        let wanted = self.zoom.clamp(ZOOMS[0], ZOOMS[ZOOMS.len() - 1]);
        let distance = |zoom: f32| (zoom - wanted).abs();
        let nearest = |best: f32, zoom: f32| match distance(zoom) < distance(best) {
            true => zoom,
            false => best,
        };
        ZOOMS.into_iter().fold(1.0, nearest)
    }

    /// Chooses a zoom.
    pub fn set_zoom(&mut self, zoom: f32) {
        self.zoom = zoom;
    }

    /// The zoom so many steps on.
    pub fn zoom_beside(&self, steps: isize) -> f32 {
        let now = self.zoom();
        let place = ZOOMS.iter().position(|zoom| *zoom == now);
        let place = place.unwrap_or_default().saturating_add_signed(steps);
        ZOOMS[place.min(ZOOMS.len() - 1)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let mut preferences = Preferences::default();
        preferences.set_zoom(1.75);
        preferences.high_contrast = true;
        let text = serde_json::to_vec(&preferences).unwrap();
        assert_eq!(Preferences::of(&text), preferences);
        assert_eq!(Preferences::of(br#"{"zoom": 2}"#).zoom(), 2.0);
    }

    #[test]
    fn nothing_that_is_written_leads_to_another_zoom_than_those_offered() {
        for text in ["", "{", "[]", r#"{"zoom": "large"}"#, r#"{"zoom": null}"#] {
            assert_eq!(Preferences::of(text.as_bytes()), Preferences::default());
        }
        for (zoom, expected) in [("-1", 0.75), ("1e30", 3.0), ("1.3", 1.25), ("0", 0.75)] {
            let text = format!(r#"{{"zoom": {zoom}}}"#);
            assert_eq!(Preferences::of(text.as_bytes()).zoom(), expected, "{zoom}");
        }
        let mut preferences = Preferences::default();
        preferences.set_zoom(f32::NAN);
        assert_eq!(preferences.zoom(), 1.0);
    }

    #[test]
    fn steps_end_at_the_least_and_the_most() {
        let mut preferences = Preferences::default();
        for _ in 0..20 {
            preferences.set_zoom(preferences.zoom_beside(1));
        }
        assert_eq!(preferences.zoom(), 3.0);
        preferences.set_zoom(preferences.zoom_beside(-1));
        assert_eq!(preferences.zoom(), 2.5);
        for _ in 0..20 {
            preferences.set_zoom(preferences.zoom_beside(-1));
        }
        assert_eq!(preferences.zoom(), 0.75);
    }
}
