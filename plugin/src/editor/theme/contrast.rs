//! Colours of high contrast: each of the theme's as another, wherever it is painted. GUI thread.
//!
//! Nothing that draws knows of it: shapes go through [`high_contrast`] on their way to the screen, pictures, whose points have no colour of the
//! theme's, as they are.

use std::sync::OnceLock;

use egui::Color32;

use super::{
    ACCENT, BACK, BACKGROUND, FAINT, FOCUS, HOVERED, IDLE, MOTION, MUTED, ON_ACCENT, OUTLINE,
    PANEL, RAISED, TEXT, WARNING, WELL,
};

const BLACK: Color32 = Color32::BLACK;
const BRIGHT: Color32 = Color32::from_rgb(0xff, 0xb8, 0x90);

/// A colour of the theme, and what it is instead.
const PAIRS: [(Color32, Color32); 16] = [
    (BACKGROUND, BLACK),
    (PANEL, BLACK),
    (BACK, BLACK),
    (WELL, Color32::from_rgb(0x2a, 0x2a, 0x2a)),
    (RAISED, Color32::from_rgb(0x36, 0x36, 0x36)),
    (HOVERED, Color32::from_rgb(0x4a, 0x4a, 0x4a)),
    (OUTLINE, Color32::from_rgb(0xa8, 0xa8, 0xa8)),
    (TEXT, Color32::from_rgb(0xfe, 0xff, 0xff)),
    (MUTED, Color32::from_rgb(0xe8, 0xe8, 0xe8)),
    (FAINT, Color32::from_rgb(0xbe, 0xbe, 0xbe)),
    (ACCENT, BRIGHT),
    (ON_ACCENT, BLACK),
    (IDLE, Color32::from_rgb(0xc4, 0xc4, 0xc4)),
    (WARNING, Color32::from_rgb(0xff, 0xe0, 0x50)),
    (MOTION, Color32::from_rgb(0x8c, 0xd8, 0xff)),
    (FOCUS, Color32::from_rgb(0xff, 0xff, 0x00)),
];

/// How much of the accent stands behind values, and how much does instead.
const BEHIND: [(f32, f32); 5] = [
    (0.55, 0.27),
    (0.5, 0.8),
    (0.45, 0.25),
    (0.35, 0.22),
    (0.3, 0.2),
];

fn pairs() -> &'static [(Color32, Color32)] {
    static ALL: OnceLock<Vec<(Color32, Color32)>> = OnceLock::new();
    ALL.get_or_init(|| {
        let behind = BEHIND
            .map(|(share, instead)| (ACCENT.gamma_multiply(share), BRIGHT.gamma_multiply(instead)));
        PAIRS.into_iter().chain(behind).collect()
    })
}

/// Makes a colour of the theme the one of high contrast; others stay.
pub fn high_contrast(colour: &mut Color32) {
    let found = pairs().iter().find(|(from, _)| from == colour);
    if let Some((_, to)) = found {
        *colour = *to;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::editor::theme::vision::{blended, contrast};

    /// What is written, and the grounds it is written on.
    const WRITTEN: [(&[Color32], &[Color32]); 3] = [
        (
            &[TEXT, MUTED, WARNING, ACCENT],
            &[BACKGROUND, PANEL, BACK, RAISED, WELL],
        ),
        (&[FAINT], &[BACKGROUND, PANEL, BACK, WELL]),
        (&[ON_ACCENT], &[ACCENT, WARNING, IDLE]),
    ];

    fn assert_readable(least: f32, shown: impl Fn(Color32) -> Color32) {
        let all = WRITTEN
            .iter()
            .flat_map(|(texts, grounds)| texts.iter().map(move |text| (text, grounds)));
        for (text, grounds) in all {
            for ground in grounds.iter() {
                let ratio = contrast(shown(*text), shown(*ground));
                assert!(ratio >= least, "{text:?} on {ground:?}: {ratio}");
            }
        }
        // Under the pointer words are brighter.
        assert!(contrast(shown(TEXT), shown(HOVERED)) >= least);
        // A value in front of its bar.
        for (share, _) in BEHIND.into_iter().filter(|(share, _)| *share != 0.5) {
            let bar = blended(shown(ACCENT.gamma_multiply(share)), shown(WELL));
            let ratio = contrast(shown(TEXT), bar);
            assert!(ratio >= least, "a value on a bar of {share}: {ratio}");
        }
    }

    #[test]
    fn what_is_written_can_be_read() {
        assert_readable(4.5, |colour| colour);
    }

    #[test]
    fn in_high_contrast_it_can_be_read_by_those_who_see_little() {
        assert_readable(7.0, |mut colour| {
            high_contrast(&mut colour);
            colour
        });
    }

    #[test]
    fn what_has_the_focus_is_seen() {
        for ground in [BACKGROUND, PANEL, BACK, RAISED, WELL] {
            assert!(contrast(FOCUS, ground) >= 7.0);
        }
    }

    #[test]
    fn pictures_keep_their_colours() {
        for colour in [Color32::WHITE, Color32::PLACEHOLDER, Color32::TRANSPARENT] {
            let mut shown = colour;
            high_contrast(&mut shown);
            assert_eq!(shown, colour);
        }
    }
}
