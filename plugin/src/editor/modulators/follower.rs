//! A follower in full: what it hears, what of it it follows, and how fast.

use egui::{CornerRadius, Id, Rect, Ui};
use netbend_models::bends::modulation::{
    ATTACK_RANGE_MS, FOLLOWER_GAIN_RANGE_DB, Follower, FollowerMode, Hears, RELEASE_RANGE_MS,
};
use netbend_models::bends::sound::BAND_RANGE_HZ;

use super::clock;
use crate::editor::motion::field::{self, Bar};
use crate::editor::theme;

const HEARS: [(&str, &str); 2] = [
    ("Input", "Your sound"),
    ("Sidechain", "The sidechain, where one is connected"),
];
const MODES: [(&str, &str); 2] = [
    ("Level", "How loud it is, from -48 dB up"),
    ("Attacks", "Up at each attack, however loud it is"),
];
const GAP: f32 = 6.0;

/// Draws it in `rect`. Whether it changed.
pub(super) fn show(
    ui: &mut Ui,
    rect: Rect,
    number: usize,
    follower: &mut Follower,
    value: f32,
) -> bool {
    let id = Id::unique(("follower", number));
    let top = rect.with_max_y(rect.top() + theme::ROW);
    let (hears, mode) = top.split_left_right_at_x(top.center().x);
    let chosen = usize::from(follower.hears == Hears::Sidechain);
    let mut changed = false;
    let hears = hears.with_max_x(hears.right() - GAP);
    if let Some(place) = field::pick(ui, hears, id.with("hears"), &HEARS, chosen) {
        follower.hears = Hears::ALL.get(place).copied().unwrap_or_default();
        changed = true;
    }
    let chosen = usize::from(follower.mode == FollowerMode::Attacks);
    if let Some(place) = field::pick(ui, mode, id.with("mode"), &MODES, chosen) {
        follower.mode = FollowerMode::ALL.get(place).copied().unwrap_or_default();
        changed = true;
    }
    let foot = rect.with_min_y(rect.bottom() - clock::NAMED);
    let well = rect
        .with_min_y(top.bottom() + GAP)
        .with_max_y(foot.top() - GAP);
    let radius = CornerRadius::same(theme::RADIUS);
    ui.painter().rect_filled(well, radius, theme::WELL);
    let end = well.left() + well.width() * value.clamp(0.0, 1.0);
    let fill = theme::MOTION.gamma_multiply(0.6);
    ui.painter().rect_filled(well.with_max_x(end), radius, fill);
    let names = [
        ("From", 0.2),
        ("To", 0.2),
        ("Gain", 0.2),
        ("Attack", 0.2),
        ("Release", 0.2),
    ];
    let [low, high, gain, attack, release] = clock::fields(ui, foot, names);
    let usual = Follower::default();
    let tip = "Lower edge of what it hears";
    changed |= edge(
        ui,
        low,
        id.with("low"),
        &mut follower.band_low_hz,
        usual.band_low_hz,
        tip,
    );
    let tip = "Upper edge of what it hears";
    changed |= edge(
        ui,
        high,
        id.with("high"),
        &mut follower.band_high_hz,
        usual.band_high_hz,
        tip,
    );
    let tip = (
        "dB",
        usual.gain_db,
        "How much louder the sound is taken for",
    );
    changed |= clock::number(
        ui,
        gain,
        id.with("gain"),
        &mut follower.gain_db,
        FOLLOWER_GAIN_RANGE_DB,
        tip,
    );
    let tip = ("ms", usual.attack_ms, "Time up");
    changed |= clock::number(
        ui,
        attack,
        id.with("attack"),
        &mut follower.attack_ms,
        ATTACK_RANGE_MS,
        tip,
    );
    let tip = ("ms", usual.release_ms, "Time down");
    changed
        | clock::number(
            ui,
            release,
            id.with("release"),
            &mut follower.release_ms,
            RELEASE_RANGE_MS,
            tip,
        )
}

/// Draws an edge of the band on an axis of octaves. Whether it changed.
fn edge(ui: &mut Ui, rect: Rect, id: Id, own: &mut f32, usual: f32, tip: &str) -> bool {
    let (least, most) = BAND_RANGE_HZ;
    let span = (most / least).ln();
    let place = |hertz: f32| (hertz / least).ln() / span;
    let words = match *own {
        hertz if hertz < 1_000.0 => format!("{hertz:.0} Hz"),
        hertz => format!("{:.1} kHz", hertz / 1_000.0),
    };
    let shown = Bar {
        words: &words,
        origin: place(usual),
        usual: place(usual),
        tip,
    };
    let other = field::bar(ui, rect, id, place(*own), shown);
    other.is_some_and(|unit| {
        *own = (least * (span * unit).exp()).round().clamp(least, most);
        true
    })
}
