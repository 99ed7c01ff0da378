//! MP3 files made of frames that hold silence: lengths come from decoding.

#![allow(clippy::unwrap_used)] // A failed expectation is a failed test.

use netbend_audio_file::{Audio, read_bytes};

const FRAME: usize = 1_152;

/// A stereo frame at 44.1 kHz; `code` of the bitrate: 9 is 128 kbit/s, 14 is 320, 7 is 96.
fn frame(code: u8) -> Vec<u8> {
    let kilobits = match code {
        14 => 320,
        9 => 128,
        _ => 96,
    };
    let mut frame = vec![0; 144_000 * kilobits / 44_100];
    frame[..4].copy_from_slice(&[0xff, 0xfb, code << 4, 0x44]);
    frame
}

fn frames(code: u8, count: usize) -> Vec<u8> {
    frame(code).repeat(count)
}

/// A first frame that notes how many follow, and what the encoder put around the sound.
fn note(count: u32, delay: u32, padding: u32) -> Vec<u8> {
    let mut note = frame(9);
    note[36..40].copy_from_slice(b"Info");
    note[40..44].copy_from_slice(&1_u32.to_be_bytes());
    note[44..48].copy_from_slice(&count.to_be_bytes());
    note[48..52].copy_from_slice(b"LAME");
    note[69..72].copy_from_slice(&(delay << 12 | padding).to_be_bytes()[1..]);
    note
}

fn tag(length: usize) -> Vec<u8> {
    let mut tag = b"ID3\x04\0\0\0\0".to_vec();
    tag.extend([(length >> 7) as u8, (length & 127) as u8]);
    // What looks like frames is only a picture.
    tag.extend([0xff, 0xfb, 0x90, 0x44].iter().cycle().take(length));
    tag
}

fn read(bytes: &[u8]) -> Audio {
    read_bytes(bytes).unwrap()
}

#[test]
fn every_frame_is_decoded_whatever_the_first_ones_promise() {
    let long = [frames(14, 20), frames(7, 100)].concat();
    assert_eq!(read(&long).len(), 120 * FRAME);
    assert!(read(&long).warnings.is_empty());
    // A note that is wrong: of a file that others were joined to.
    let joined = [note(10, 0, 0), frames(9, 50)].concat();
    assert_eq!(read(&joined).len(), 50 * FRAME - 529);
}

#[test]
fn delay_and_padding_are_taken_off_where_they_are_noted() {
    let file = [note(30, 576, 1_000), frames(9, 30)].concat();
    assert_eq!(read(&file).len(), 30 * FRAME - 576 - 1_000);
    let plain = frames(9, 30);
    assert_eq!(read(&plain).len(), 30 * FRAME);
}

#[test]
fn tags_and_rubbish_are_no_frames() {
    let rubbish = b"\x01\x02\xff\xe0 rubbish".repeat(20);
    let behind = [&b"APETAGEX"[..], &[0; 24], b"TAG", &[b' '; 125]].concat();
    for before in [tag(900), [tag(300), tag(10)].concat(), rubbish] {
        let file = [&before[..], &frames(9, 12), &behind].concat();
        assert_eq!(read(&file).len(), 12 * FRAME);
    }
    let between = [
        frames(9, 6),
        tag(500),
        frames(9, 6),
        vec![7; 333],
        frames(9, 6),
    ]
    .concat();
    let audio = read(&between);
    assert_eq!(audio.len(), 18 * FRAME);
    assert!(
        audio.warnings[0].contains("333 bytes"),
        "{:?}",
        audio.warnings
    );
    let cut = &frames(9, 12)[..11 * 417 + 100];
    assert_eq!(read(cut).len(), 11 * FRAME);
}

#[test]
fn frames_lost_in_the_middle_are_silence() {
    // As many as the hole held, by the frames' one size.
    let mut hole = frames(9, 30);
    hole[10 * 417..15 * 417].fill(7);
    let audio = read(&hole);
    assert_eq!(audio.len(), 30 * FRAME);
    assert!(
        audio.warnings[0].contains("silence of 5760 samples"),
        "{:?}",
        audio.warnings
    );
    // As many as the encoder noted, where sizes differ or bytes are gone.
    let mixed = [note(30, 0, 0), frames(9, 10), vec![7; 700], frames(14, 15)].concat();
    assert_eq!(read(&mixed).len(), 30 * FRAME - 529);
    let rubbish = [
        note(25, 0, 0),
        frames(9, 10),
        vec![7; 5 * 417],
        frames(9, 15),
    ]
    .concat();
    assert_eq!(read(&rubbish).len(), 25 * FRAME - 529);
    // Nothing tells.
    let unknown = [frames(9, 10), vec![7; 700], frames(14, 15)].concat();
    let audio = read(&unknown);
    assert_eq!(audio.len(), 25 * FRAME);
    assert!(
        audio.warnings[0].contains("may be earlier"),
        "{:?}",
        audio.warnings
    );
}

#[test]
fn mp3_in_wav_is_read_to_its_end() {
    let stream = frames(9, 12);
    let mut file =
        b"RIFF\0\0\0\0WAVEfmt \x12\0\0\0\x55\0\x02\0\x44\xac\0\0\0\x7d\0\0\x01\0\0\0\0\0data"
            .to_vec();
    file.extend((stream.len() as u32).to_le_bytes());
    file.extend(&stream);
    let audio = read(&file);
    assert_eq!((audio.len(), audio.channels.len()), (12 * FRAME, 2));
}
