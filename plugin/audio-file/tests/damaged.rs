//! What is damaged in the middle becomes silence of the same length; what lies behind the sound is no damage.

#![allow(clippy::unwrap_used)] // A failed expectation is a failed test.

use std::path::Path;
use std::process::Command;

use netbend_audio_file::{Audio, Format, read, read_bytes, write};

const FRAMES: usize = 120_000;

fn sound() -> Audio {
    let tone = |k: f32| (0..FRAMES).map(|n| (n as f32 * k).sin() * 0.5).collect();
    Audio::new(44_100, vec![tone(0.031), tone(0.057)])
}

/// The bytes of the sound as ffmpeg encodes it; `None` where there is no ffmpeg, or not this encoder.
fn encoded(folder: &Path, name: &str, options: &[&str]) -> Option<Vec<u8>> {
    let source = folder.join("source.wav");
    write(&sound(), &source, Format::Wav16).unwrap();
    let path = folder.join(name);
    let ran = Command::new("ffmpeg")
        .args(["-nostdin", "-v", "error", "-y", "-i"])
        .arg(source)
        .args(options)
        .arg(&path)
        .status();
    if !ran.is_ok_and(|status| status.success()) {
        eprintln!("SKIPPED {name}: ffmpeg is not there or does not write it");
        return None;
    }
    Some(std::fs::read(path).unwrap())
}

fn pages(bytes: &[u8]) -> Vec<usize> {
    let places = bytes.windows(5).enumerate();
    places
        .filter(|(_, window)| window == b"OggS\0")
        .map(|(at, _)| at)
        .collect()
}

/// Samples at the start and at the end that are the whole file's.
fn same(whole: &Audio, damaged: &Audio) -> (usize, usize) {
    let pairs = || whole.channels[0].iter().zip(&damaged.channels[0]);
    let start = pairs().take_while(|(one, other)| one == other).count();
    let end = pairs()
        .rev()
        .take_while(|(one, other)| one == other)
        .count();
    (start, end)
}

#[test]
fn a_hole_in_an_ogg_file_is_silence_of_its_length() {
    let folder = tempfile::tempdir().unwrap();
    for (name, options) in [
        (
            "a.ogg",
            &["-c:a", "libvorbis", "-page_duration", "100000"][..],
        ),
        ("a.oga", &["-c:a", "flac", "-page_duration", "100000"]),
    ] {
        let Some(bytes) = encoded(folder.path(), name, options) else {
            continue;
        };
        let whole = read_bytes(&bytes).unwrap();
        assert_eq!((whole.len(), whole.warnings.len()), (FRAMES, 0), "{name}");
        let pages = pages(&bytes);
        let middle = pages.len() / 2;
        let mut overwritten = bytes.clone();
        overwritten[pages[middle] + 300..pages[middle] + 400].fill(0x55);
        let mut without_header = bytes.clone();
        without_header[pages[middle] - 2..pages[middle] + 20].fill(0);
        let lost = [&bytes[..pages[middle]], &bytes[pages[middle + 1]..]].concat();
        for damaged in [overwritten, without_header, lost] {
            let audio = read_bytes(&damaged).unwrap();
            assert_eq!(audio.len(), FRAMES, "{name}");
            let said = audio.warnings.join(" ");
            assert!(said.contains("missing in the middle"), "{name}: {said}");
            let (start, end) = same(&whole, &audio);
            let longest_hole = 4 * 44_100 / 10;
            assert!(
                start > FRAMES / 4 && end > FRAMES / 4,
                "{name}: {start} {end}"
            );
            assert!(start + end + longest_hole > FRAMES, "{name}: {start} {end}");
        }
    }
}

#[test]
fn what_lies_behind_a_flac_file_is_no_part_of_its_last_frame() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.flac");
    write(&sound(), &path, Format::Flac16).unwrap();
    let bytes = std::fs::read(&path).unwrap();
    let whole = read(&path).unwrap();
    assert_eq!(whole.len(), FRAMES);
    let id3v1 = [&b"TAG"[..], &[b' '; 125]].concat();
    let ape = [&b"APETAGEX"[..], &[0; 24]].concat();
    for behind in [
        id3v1,
        ape,
        vec![0; 4_096],
        b"xyz\xff\xf8".repeat(999),
        vec![7],
    ] {
        for is_known in [true, false] {
            let mut file = [&bytes[..], &behind].concat();
            if !is_known {
                file[22..26].fill(0);
            }
            let audio = read_bytes(&file).unwrap();
            assert!(audio.channels == whole.channels, "{} samples", audio.len());
            assert!(audio.warnings.is_empty(), "{:?}", audio.warnings);
        }
    }
}

#[test]
fn a_flac_file_cut_within_a_frame_keeps_the_rest_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.flac");
    write(&sound(), &path, Format::Flac16).unwrap();
    let bytes = std::fs::read(&path).unwrap();
    for length in [bytes.len() / 2, bytes.len() - 1, bytes.len() - 3_000] {
        for is_known in [true, false] {
            let mut file = bytes[..length].to_vec();
            if !is_known {
                file[22..26].fill(0);
            }
            let audio = read_bytes(&file).unwrap();
            assert!(
                audio.len().is_multiple_of(4_096)
                    && audio.len() + 2 * 4_096 > FRAMES * length / bytes.len()
            );
            assert_eq!(audio.warnings.len(), 1, "{length}: {:?}", audio.warnings);
        }
    }
}

#[test]
fn sound_behind_zeros_and_rubbish_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.wav");
    write(&sound(), &path, Format::Wav16).unwrap();
    let wav = std::fs::read(&path).unwrap();
    let flac = folder.path().join("a.flac");
    write(&sound(), &flac, Format::Flac16).unwrap();
    let flac = std::fs::read(flac).unwrap();
    for before in [vec![0; 37], vec![0; 5_000], b"\x01junk\xfe".repeat(100)] {
        for file in [&wav, &flac] {
            let audio = read_bytes(&[&before[..], file].concat()).unwrap();
            assert_eq!(audio.len(), FRAMES);
            assert!(audio.warnings[0].contains(&before.len().to_string()));
        }
    }
    let said = |bytes: &[u8]| read_bytes(bytes).unwrap_err().to_string();
    assert!(said(&[0; 5_000]).contains("zero bytes"));
    assert!(
        !said(&[&[0; 5_000][..], &[0x11, 0x92, 3, 4].repeat(999)].concat()).contains("zero bytes")
    );
    let model = b"\x08\x09\x12\x07pytorch\x1a\x052.1.0\x3a\xff\x01";
    assert!(said(model).contains("ONNX model"), "{}", said(model));
}

#[test]
fn damaged_packets_of_mpeg_4_are_silence_in_their_place() {
    let folder = tempfile::tempdir().unwrap();
    for (name, options) in [
        ("a.m4a", &["-c:a", "aac"][..]),
        ("b.m4a", &["-c:a", "alac"]),
    ] {
        let Some(mut bytes) = encoded(folder.path(), name, options) else {
            continue;
        };
        let whole = read_bytes(&bytes).unwrap();
        let start = bytes.windows(4).position(|id| id == b"mdat").unwrap();
        let middle = start + (bytes.len() - start) / 3;
        bytes[middle..middle + 2_000].fill(0xff);
        let path = folder.path().join("damaged.m4a");
        std::fs::write(&path, bytes).unwrap();
        let audio = read(&path).unwrap();
        assert_eq!(audio.len(), whole.len(), "{name}");
        // AAC's noise is drawn anew behind the damage, so that not all is the same to the bit; out of time, all would differ.
        let pairs = whole.channels[0].iter().zip(&audio.channels[0]);
        let other = pairs
            .filter(|(one, other)| (*one - *other).abs() > 0.02)
            .count();
        assert!(other > 500 && other < FRAMES / 6, "{name}: {other}");
        let said = audio.warnings.join(" ");
        assert!(said.contains("silence"), "{name}: {said}");
    }
}

#[test]
fn padding_of_the_last_block_is_no_sound() {
    let folder = tempfile::tempdir().unwrap();
    for coding in ["adpcm_ms", "adpcm_ima_wav"] {
        if let Some(mut bytes) = encoded(folder.path(), "a.wav", &["-c:a", coding]) {
            // ffmpeg itself counts the padding in.
            let fact = bytes.windows(4).position(|id| id == b"fact").unwrap() + 8;
            bytes[fact..fact + 4].copy_from_slice(&(FRAMES as u32).to_le_bytes());
            assert_eq!(read_bytes(&bytes).unwrap().len(), FRAMES, "{coding}");
        }
    }
}
