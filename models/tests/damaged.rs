//! What is said of damaged files: first, in anybody's words, that the file is damaged or no Netbend model and what helps; then what a programmer
//! needs.
#![allow(clippy::unwrap_used)] // A failed expectation is a failed test.

use std::path::Path;

use kit::runtime;
use kit::tiny_model;
use kit::waveform_model::{Kind, model};
use netbend_models::{Bender, ModelError, Package, WaveformPackage, WaveformPlayer};
use prost::Message as _;

/// Places of a file that are damaged, in two ways each.
const PLACES: usize = 400;
const MASKS: [u8; 2] = [0x41, 0x01];
/// Words that are nobody's but a programmer's, before the technical part.
const TECHNICAL: [char; 4] = ['`', '{', '[', '_'];

/// Why a file is not played, if it is not.
type Refused = fn(&[u8]) -> Option<ModelError>;

fn spectrogram(content: &[u8]) -> Option<ModelError> {
    let package = Package::from_bytes(Path::new("damaged.onnx"), content);
    let made = package.and_then(|package| Bender::new(&package, runtime()).map(drop));
    made.err()
}

fn waveform(content: &[u8]) -> Option<ModelError> {
    let package = WaveformPackage::from_bytes(Path::new("damaged.onnx"), content);
    let made = package.and_then(|package| WaveformPlayer::new(&package, runtime()).map(drop));
    made.err()
}

fn files() -> [(Vec<u8>, Refused); 2] {
    [
        (tiny_model::model().encode_to_vec(), spectrogram),
        (model(Kind::default()).encode_to_vec(), waveform),
    ]
}

/// Holds what is said of a file whose damage is `how`.
fn assert_plain(error: &ModelError, how: &str) {
    let said = error.to_string();
    let (plain, technical) = match said.split_once(" again") {
        Some(parts) => parts,
        None => {
            // A digit of the format became another one.
            assert!(said.contains("update Netbend"), "{how}: {said}");
            return;
        }
    };
    assert!(plain.contains("damaged"), "{how}: {said}");
    assert!(plain.contains("download or convert it"), "{how}: {said}");
    assert!(!plain.contains(TECHNICAL), "{how}: {said}");
    assert!(!technical.is_empty(), "{how}: {said}");
    assert!(!said.contains(char::is_control), "{how}: {said}");
    assert!(said.len() < 700, "{how}: {said}");
}

#[test]
fn a_changed_byte_is_said_to_be_damage_and_what_helps() {
    for (content, refused) in files() {
        let mut count = 0;
        for place in (0..content.len()).step_by((content.len() / PLACES).max(1)) {
            for mask in MASKS {
                let mut damaged = content.clone();
                damaged[place] ^= mask;
                if let Some(error) = refused(&damaged) {
                    assert_plain(&error, &format!("byte {place} by {mask:#x}"));
                    count += 1;
                }
            }
        }
        assert!(count > 20, "{count} refusals");
    }
}

#[test]
fn a_part_of_a_file_and_a_hole_in_one_are_said_to_be_damage() {
    for (content, refused) in files() {
        let length = content.len();
        for end in [1, 10, length / 3, length / 2, length - 100, length - 1] {
            let error = refused(&content[..end]);
            assert_plain(&error.unwrap(), &format!("the first {end} bytes"));
        }
        for begin in [0, length / 2, length - 600] {
            let mut holed = content.clone();
            holed[begin..begin + 512].fill(0);
            if let Some(error) = refused(&holed) {
                assert_plain(&error, &format!("a hole at {begin}"));
            }
        }
    }
}
