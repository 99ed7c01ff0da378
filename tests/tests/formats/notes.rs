//! Notes in both formats: a pad is heard within the latency and a hop of its press, and a bounce with notes is what `netbend render --notes` makes, to
//! the bit, at blocks of any size.

use std::path::Path;

use netbend_tests::audio::Audio;
use netbend_tests::host::{Automation, Blocks};
use netbend_tests::hosted::Hosted;
use netbend_tests::notes::Note;
use netbend_tests::rendered::rendered;
use netbend_tests::vst3::Play;
use netbend_tests::{alone, host, vst3};

use crate::sound::drums;

const SECONDS: f32 = 1.5;
const HOP: usize = 256;
/// Ticks of a quarter note in the file.
const TICKS: u16 = 480;
/// Beats per minute of the render: the file says none.
const TEMPO: f64 = 120.0;
/// Bends that are switched off, and what pads do.
const SETTINGS: [(&str, &str); 6] = [
    ("slot_layer_1", "2"),
    ("slot_transform_1", "Multiply"),
    ("slot_parameter_1", "20 %"),
    ("slot_layer_2", "3"),
    ("slot_transform_2", "Ablate"),
    ("voice", "30 %"),
];

/// Notes by their ticks, keys and velocities as MIDI has them.
const NOTES: [(u32, u8, u8); 8] = [
    (100, 36, 90),
    (300, 37, 127),
    (301, 37, 0),
    (500, 36, 0),
    (600, 38, 127),
    (700, 37, 40),
    (900, 37, 0),
    (1_000, 38, 0),
];

/// Plays a sound in either format in blocks of that size, with notes.
trait Played: Hosted {
    fn played(&mut self, input: &Audio, notes: &[Note], block: usize) -> Audio;
    fn late(&mut self) -> usize;
}

impl Played for host::Plugin {
    fn played(&mut self, input: &Audio, notes: &[Note], block: usize) -> Audio {
        let automation = Automation::default().with_notes(notes);
        self.render(input, Blocks::Fixed(block), &automation)
            .unwrap()
    }

    fn late(&mut self) -> usize {
        self.latency().unwrap()
    }
}

impl Played for vst3::Plugin {
    fn played(&mut self, input: &Audio, notes: &[Note], block: usize) -> Audio {
        let how = Play {
            blocks: Blocks::Fixed(block),
            automation: Automation::default().with_notes(notes),
            ..Play::default()
        };
        self.play(input, &how).unwrap()
    }

    fn late(&mut self) -> usize {
        self.latency()
    }
}

fn set<P: Played>() -> P {
    let mut plugin = P::open().unwrap();
    for (id, text) in SETTINGS {
        plugin.set_text(id, text).unwrap();
    }
    plugin
}

/// The notes at the samples at which a host plays them.
fn notes(rate: u32) -> Vec<Note> {
    let seconds = |tick: u32| f64::from(tick) / f64::from(TICKS) * 60.0 / TEMPO;
    let sample = |tick: u32| (seconds(tick) * f64::from(rate)).round() as usize;
    NOTES
        .iter()
        .map(|(tick, key, velocity)| Note::on(sample(*tick), *key, f64::from(*velocity) / 127.0))
        .collect()
}

/// The same as a MIDI file of format 0.
fn write_midi(path: &Path) {
    let mut track = Vec::new();
    let mut at = 0;
    for (tick, key, velocity) in NOTES {
        let delta = tick - at;
        at = tick;
        if delta >= 128 {
            track.push(0x80 | (delta >> 7) as u8);
        }
        track.extend([(delta & 0x7f) as u8, 0x90, key, velocity]);
    }
    track.extend([0, 0xff, 0x2f, 0]);
    let mut file = b"MThd\0\0\0\x06\0\0\0\x01".to_vec();
    file.extend(TICKS.to_be_bytes());
    file.extend(b"MTrk");
    file.extend((track.len() as u32).to_be_bytes());
    file.extend(track);
    std::fs::write(path, file).unwrap();
}

fn assert_bounces<P: Played>(folder: &Path) {
    let input = drums(SECONDS);
    let midi = folder.join("notes.mid");
    write_midi(&midi);
    let settings = SETTINGS.map(|(id, text)| format!("--set={id}={text}"));
    let tempo = format!("--tempo={TEMPO}");
    let notes_of_file = format!("--notes={}", midi.display());
    let arguments = settings.iter().chain([&tempo, &notes_of_file]);
    let expected = rendered(&input, arguments).unwrap();
    let notes = notes(input.sample_rate);
    for block in [512, 64, 4_096] {
        let found = set::<P>().played(&input, &notes, block);
        let differs = found
            .channels
            .iter()
            .zip(&expected.channels)
            .position(|(one, other)| one != other);
        assert_eq!(differs, None, "{}, blocks of {block}", P::FORMAT);
    }
    let resting = set::<P>().played(&input, &[], 512);
    assert!(expected.channels != resting.channels, "{}", P::FORMAT);
}

/// A press in the middle of drums is heard at the earliest a frame before and at the latest a hop after its place, latency taken out.
fn assert_heard_at_once<P: Played>() {
    let input = drums(SECONDS);
    let mut plugin = set::<P>();
    plugin.set_text("voice", "0 %").unwrap();
    let resting = plugin.played(&input, &[], 512);
    for press in [20_000, 33_333] {
        let notes = [Note::on(press, 36, 1.0)];
        let found = plugin.played(&input, &notes, 512);
        let pairs = found.channels[0].iter().zip(&resting.channels[0]);
        let first = pairs.into_iter().position(|(a, b)| a != b).unwrap();
        println!(
            "{}: pressed at {press}, heard at {first} ({} samples of latency taken out)",
            P::FORMAT,
            plugin.late()
        );
        // What is held by the frame that is centred at the hop's end begins half a window of four hops before it.
        assert!(
            first + 3 * HOP >= press && first <= press + HOP,
            "{}: pressed at {press}, heard at {first}",
            P::FORMAT
        );
    }
}

#[test]
fn a_press_is_heard_within_the_latency_and_a_hop_in_both_formats() {
    let name = "notes::a_press_is_heard_within_the_latency_and_a_hop_in_both_formats";
    alone::apart(name, || {
        assert_heard_at_once::<host::Plugin>();
        assert_heard_at_once::<vst3::Plugin>();
    });
}

#[test]
fn a_bounce_with_notes_is_what_the_command_line_makes_in_both_formats() {
    let name = "notes::a_bounce_with_notes_is_what_the_command_line_makes_in_both_formats";
    alone::apart(name, || {
        let folder = tempfile::tempdir().unwrap();
        assert_bounces::<host::Plugin>(folder.path());
        assert_bounces::<vst3::Plugin>(folder.path());
    });
}
