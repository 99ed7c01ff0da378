//! Kinds that are decoded by symphonia or handed to ffmpeg, made by ffmpeg: where there is none, nothing is tried.

#![allow(clippy::unwrap_used)] // A failed expectation is a failed test.

mod support;

use std::path::Path;
use std::process::Command;

use netbend_audio_file::{Audio, read};
use support::{FRAMES, chunk, file, format_16, pcm};

fn ffmpeg(arguments: &[&str]) -> bool {
    let ran = Command::new("ffmpeg")
        .args(["-nostdin", "-v", "error", "-y"])
        .args(arguments)
        .status();
    ran.is_ok_and(|status| status.success())
}

/// What is read of the sound encoded with these options; `None` without ffmpeg, or where it was built without the encoder.
fn encoded(folder: &Path, name: &str, options: &[&str]) -> Option<Audio> {
    let source = folder.join("source.wav");
    std::fs::write(&source, file(&[format_16(), chunk(b"data", &pcm())])).unwrap();
    let path = folder.join(name);
    let all = [
        &["-i", source.to_str().unwrap()],
        options,
        &[path.to_str().unwrap()],
    ]
    .concat();
    if !ffmpeg(&all) {
        eprintln!("SKIPPED {name}: ffmpeg is not there or does not write it");
        return None;
    }
    Some(read(&path).unwrap())
}

#[test]
fn lengths_are_the_sounds_own() {
    let folder = tempfile::tempdir().unwrap();
    for (name, options, length) in [
        ("a.m4a", &["-c:a", "aac"][..], FRAMES),
        ("alac.m4a", &["-c:a", "alac"], FRAMES),
        ("a.ogg", &["-c:a", "libvorbis"], FRAMES),
        ("a.mp3", &["-c:a", "libmp3lame"], FRAMES),
        ("a.flac", &["-c:a", "flac"], FRAMES),
        ("a.opus", &["-c:a", "libopus"], FRAMES * 480 / 441),
        ("named.wav", &["-c:a", "flac", "-f", "flac"], FRAMES),
    ] {
        if let Some(audio) = encoded(folder.path(), name, options) {
            assert!(
                audio.len().abs_diff(length) <= 1,
                "{name}: {} samples, expected {length}",
                audio.len()
            );
            assert_eq!(audio.through_ffmpeg.is_some(), name == "a.opus", "{name}");
        }
    }
}

#[test]
fn a_chained_file_is_read_to_its_end() {
    let folder = tempfile::tempdir().unwrap();
    if encoded(
        folder.path(),
        "a.ogg",
        &["-c:a", "libvorbis", "-serial_offset", "5"],
    )
    .is_none()
    {
        return;
    }
    let one = std::fs::read(folder.path().join("a.ogg")).unwrap();
    encoded(
        folder.path(),
        "b.ogg",
        &["-c:a", "libvorbis", "-serial_offset", "9"],
    )
    .unwrap();
    let two = std::fs::read(folder.path().join("b.ogg")).unwrap();
    let chained = folder.path().join("chained.ogg");
    std::fs::write(&chained, [one, two].concat()).unwrap();
    assert_eq!(read(&chained).unwrap().len(), 2 * FRAMES);
}

/// A playlist could name any file of the disk, or one on a network.
#[test]
fn a_playlist_is_not_followed() {
    let folder = tempfile::tempdir().unwrap();
    let list = folder.path().join("list.mp3");
    std::fs::write(&list, "#EXTM3U\n#EXTINF:1,\nsource.wav\n").unwrap();
    let said = read(&list).unwrap_err().to_string();
    assert!(said.contains("playlist"), "{said}");
    let said = read(folder.path()).unwrap_err().to_string();
    assert!(said.contains("folder"), "{said}");
}
