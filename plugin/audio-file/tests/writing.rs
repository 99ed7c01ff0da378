//! What is written is read again, marks and all.

#![allow(clippy::unwrap_used)] // A failed expectation is a failed test.

mod support;

use netbend_audio_file::{Audio, Format, Mark, read, read_bytes, write};
use support::{chunk, file, format_16, pcm, sound};

fn loop_file() -> Vec<u8> {
    let labels = chunk(
        b"LIST",
        &[&b"adtl"[..], &chunk(b"labl", b"\x01\0\0\0verse\0")].concat(),
    );
    let info = chunk(b"LIST", b"INFOISFT\x02\0\0\0ab");
    let mut times = vec![0; 602];
    times[346] = 2;
    file(&[
        chunk(b"bext", &times),
        format_16(),
        info,
        chunk(b"data", &pcm()),
        chunk(b"smpl", &[3; 60]),
        chunk(b"acid", &[4; 24]),
        chunk(b"cue ", &[5; 28]),
        labels,
        chunk(b"inst", &[6; 7]),
        chunk(b"iXML", b"<BWFXML/>"),
        chunk(b"strc", &[7; 60]),
    ])
}

#[test]
fn a_render_keeps_the_chunks_of_its_loop() {
    let audio = read_bytes(&loop_file()).unwrap();
    let ids = |audio: &Audio| audio.marks.iter().map(|mark| mark.id).collect::<Vec<_>>();
    assert_eq!(
        ids(&audio),
        [
            *b"bext", *b"LIST", *b"smpl", *b"acid", *b"cue ", *b"LIST", *b"inst", *b"iXML",
            *b"strc"
        ]
    );
    let loudness = |marks: &Mark| marks.body[412..422].to_vec();
    assert_eq!(
        loudness(audio.marks.iter().next().unwrap()),
        [0xff, 0x7f].repeat(5)
    );
    let folder = tempfile::tempdir().unwrap();
    for (name, format) in Format::ALL {
        let ending = if name.starts_with("wav") {
            "wav"
        } else {
            "flac"
        };
        let path = folder.path().join(format!("{name}.{ending}"));
        let written = write(&audio, &path, format).unwrap();
        assert_eq!(written.clipped, 0);
        let again = read(&path).unwrap();
        assert!(again.channels == sound(), "{name}");
        assert_eq!(again.marks, audio.marks, "{name}");
        assert!(again.warnings.is_empty(), "{name}: {:?}", again.warnings);
    }
}

/// An AIFF file with two markers, a loop between them and its root note.
fn aiff_loop() -> Vec<u8> {
    let chunk =
        |id: &[u8; 4], body: &[u8]| [&id[..], &(body.len() as u32).to_be_bytes(), body].concat();
    let common = b"\0\x01\0\0\0\x64\0\x10\x40\x0e\xac\x44\0\0\0\0\0\0";
    let markers = b"\0\x02\0\x01\0\0\0\x0a\x01a\0\x02\0\0\0\x5a\x02bc\0";
    let instrument = b"\x3c\0\0\x7f\x01\x7f\0\0\0\x01\0\x01\0\x02\0\0\0\0\0\0";
    let body = [
        b"AIFF".to_vec(),
        chunk(b"COMM", common),
        chunk(b"MARK", markers),
        chunk(b"INST", instrument),
        chunk(b"basc", &[0; 84]),
        chunk(b"SSND", &[&[0; 8][..], &[1; 200]].concat()),
    ]
    .concat();
    chunk(b"FORM", &body)
}

#[test]
fn the_loop_of_an_aiff_file_becomes_one_of_wav() {
    let audio = read_bytes(&aiff_loop()).unwrap();
    assert_eq!(audio.len(), 100);
    let body = |id: &[u8; 4]| {
        let found = audio.marks.iter().find(|mark| &mark.id == id);
        found.map(|mark| mark.body.clone()).unwrap()
    };
    let number = |body: &[u8], at: usize| u32::from_le_bytes(body[at..at + 4].try_into().unwrap());
    let smpl = body(b"smpl");
    assert_eq!(
        (smpl.len(), number(&smpl, 12), number(&smpl, 28)),
        (60, 60, 1)
    );
    assert_eq!((number(&smpl, 44), number(&smpl, 48)), (10, 89));
    assert_eq!(body(b"inst"), [60, 0, 0, 0, 127, 1, 127]);
    let cue = body(b"cue ");
    assert_eq!((cue.len(), number(&cue, 0), number(&cue, 8)), (52, 2, 10));
    assert_eq!(
        body(b"LIST"),
        b"adtllabl\x06\0\0\0\x01\0\0\0a\0labl\x07\0\0\0\x02\0\0\0bc\0\0"
    );
    assert!(
        audio.warnings[0].contains("Apple Loop"),
        "{:?}",
        audio.warnings
    );
}

#[test]
fn flac_holds_every_length_and_rate() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.flac");
    for rate in [8_000, 12_345, 44_100, 96_000, 176_400, 384_000] {
        for length in [1, 31, 4_096, 4_097, 9_000] {
            let samples = (0..length).map(|n| ((n * 7_919) % 65_536) as f32 / 32_768.0 - 1.0);
            let audio = Audio::new(rate, vec![samples.collect()]);
            write(&audio, &path, Format::Flac24).unwrap();
            let again = read(&path).unwrap();
            assert_eq!((again.sample_rate, again.len()), (rate, length));
            assert!(again.channels == audio.channels, "{rate} Hz, {length}");
        }
    }
}

#[test]
fn what_integers_cannot_hold_is_counted() {
    let folder = tempfile::tempdir().unwrap();
    let audio = Audio::new(48_000, vec![vec![0.5, 1.0, 1.25, -2.0, -1.0]]);
    let path = folder.path().join("out.wav");
    let written = write(&audio, &path, Format::Wav24).unwrap();
    assert_eq!((written.clipped, written.peak), (2, 2.0));
    assert_eq!(read(&path).unwrap().channels[0][3], -1.0);
    assert_eq!(write(&audio, &path, Format::Wav32f).unwrap().clipped, 0);
    assert_eq!(read(&path).unwrap().channels, audio.channels);
}

#[test]
fn the_same_sound_gives_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let quiet = (0..5_000).map(|n| (n as f32 * 0.05).sin() * 1e-3);
    let audio = Audio::new(48_000, vec![quiet.collect()]);
    let bytes = |name: &str| {
        let path = folder.path().join(name);
        write(&audio, &path, Format::Wav16).unwrap();
        std::fs::read(path).unwrap()
    };
    assert!(bytes("a.wav") == bytes("b.wav"));
}
