//! WAV files as they come: with headers that lie, in rare forms, from recorders that crashed.

#![allow(clippy::unwrap_used, clippy::expect_used)] // A failed expectation is a failed test.

mod support;

use netbend_audio_file::{Audio, read_bytes};
use support::{FRAMES, chunk, chunk_of, file, file_of, format, format_16, interleaved, pcm, sound};

const UNKNOWN: u32 = u32::MAX;

fn read(name: &str, bytes: &[u8]) -> Audio {
    read_bytes(bytes).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// The file holds the sound, and is warned of or not.
fn holds(name: &str, bytes: &[u8], warns: bool) {
    let audio = read(name, bytes);
    assert_eq!(audio.sample_rate, 44_100, "{name}");
    assert_eq!(audio.len(), FRAMES, "{name}");
    assert!(audio.channels == sound(), "{name}");
    assert_eq!(
        !audio.warnings.is_empty(),
        warns,
        "{name}: {:?}",
        audio.warnings
    );
}

fn refused(name: &str, bytes: &[u8], word: &str) {
    let said = read_bytes(bytes).map(|_| ()).expect_err(name).to_string();
    assert!(said.contains(word), "{name}: {said}");
}

#[test]
fn headers_are_believed_as_far_as_the_data_goes() {
    let data = chunk(b"data", &pcm());
    let sized = |size| chunk_of(b"data", &pcm(), size);
    let length = pcm().len() as u32;
    let riff = |chunks: &[Vec<u8>], size| file_of(b"RIFF", chunks, size);
    holds("right", &file(&[format_16(), data.clone()]), false);
    for (name, size) in [("small", length - 8), ("0", 0), ("huge", u32::MAX - 1)] {
        holds(name, &riff(&[format_16(), data.clone()], size), true);
    }
    holds("crashed", &riff(&[format_16(), sized(0)], 0), true);
    holds(
        "crashed, with a size from the beginning",
        &riff(&[format_16(), sized(0)], 36),
        true,
    );
    holds(
        "streamed",
        &riff(&[format_16(), sized(UNKNOWN)], UNKNOWN),
        true,
    );
    holds(
        "cut off",
        &file(&[format_16(), sized(length + 5_000)]),
        true,
    );
    let mut odd = pcm();
    odd.truncate(pcm().len() - 3);
    let audio = read(
        "a frame cut off",
        &file(&[format_16(), chunk(b"data", &odd)]),
    );
    assert_eq!(audio.len(), FRAMES - 1);
}

#[test]
fn chunks_may_be_anywhere_and_have_any_size() {
    let data = chunk(b"data", &pcm());
    for extra in [1, 2, 4, 6, 24, 100] {
        let name = format!("fmt of {}", 16 + extra);
        holds(
            &name,
            &file(&[format(1, 16, 4, &vec![0; extra]), data.clone()]),
            false,
        );
    }
    holds("data first", &file(&[data.clone(), format_16()]), false);
    let overrun = |size| [&b"LIST"[..], &u32::to_le_bytes(size), b"INFO"].concat();
    for size in [20, 500, 5_000, 1 << 31, UNKNOWN] {
        let name = format!("LIST of {size}");
        holds(
            &name,
            &file(&[format_16(), overrun(size), data.clone()]),
            true,
        );
    }
    let inner = chunk(b"LIST", b"INFOISFT\xa0\x0f\0\0ab");
    holds(
        "LIST with an entry too long",
        &file(&[format_16(), inner, data.clone()]),
        false,
    );
    let no_padding = [&b"LIST"[..], &5_u32.to_le_bytes(), b"INFOx"].concat();
    holds(
        "padding forgotten",
        &file(&[format_16(), no_padding, data.clone()]),
        false,
    );
    let mut junk = file(&[format_16(), data.clone()]);
    junk.extend((0..999_u32).map(|n| (n * 7) as u8));
    holds("junk behind it", &junk, false);
    for block in [0, 1, 3] {
        holds(
            "a wrong block",
            &file(&[format(1, 16, block, &[]), data.clone()]),
            true,
        );
    }
    let twice = read("two", &file(&[format_16(), data.clone(), data]));
    assert_eq!(twice.len(), 2 * FRAMES);
}

#[test]
fn what_is_no_sound_is_said_to_be_none() {
    let data = chunk(b"data", &pcm());
    refused("no data", &file(&[format_16()]), "data");
    refused("no fmt", &file(std::slice::from_ref(&data)), "fmt");
    let list = chunk(b"LIST", b"INFOISFT\x02\0\0\0ab");
    refused(
        "empty data",
        &file(&[format_16(), chunk(b"data", b""), list]),
        "no sound",
    );
    refused(
        "nothing behind the header",
        &file(&[format_16(), chunk(b"data", b"")]),
        "no sound",
    );
    refused("cut in the header", b"RIFF\0\0\0\0WAVE", "fmt");
    refused(
        "no channels",
        &file(&[
            chunk(
                b"fmt ",
                &[1, 0, 0, 0, 68, 172, 0, 0, 0, 0, 0, 0, 0, 0, 16, 0],
            ),
            data.clone(),
        ]),
        "channels",
    );
    refused(
        "no rate",
        &file(&[
            chunk(b"fmt ", &[1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 16, 0]),
            data.clone(),
        ]),
        "per second",
    );
    refused(
        "unknown coding",
        &file(&[format(0x1234, 16, 4, &[]), data]),
        "ffmpeg",
    );
    refused("a picture", b"\x89PNG\r\n\x1a\n\0\0", "PNG");
    refused("a text", b"netbend: 1\n", "text");
    refused("nothing", b"", "empty");
    refused(
        "Opus",
        b"OggS\0\x02\0\0\0\0\0\0\0\0\x01\0\0\0\0\0\0\0\0\0\0\0\x01\x13OpusHead\x01\x02",
        "Opus",
    );
}

#[test]
fn samples_of_every_kind_are_the_same_sound() {
    let whole = |sample: f32| (f64::from(sample) * 2_147_483_648.0) as i32;
    let top = |bytes: usize| {
        interleaved(|sample| whole(sample).to_le_bytes())
            .chunks(4)
            .flat_map(|b| b[4 - bytes..].to_vec())
            .collect::<Vec<_>>()
    };
    let extensible = |valid: u16, tag: u16| {
        let mut extra = vec![22, 0];
        extra.extend(valid.to_le_bytes());
        extra.extend([3, 0, 0, 0]);
        extra.extend(tag.to_le_bytes());
        extra.extend(b"\0\0\0\0\x10\0\x80\0\0\xaa\0\x38\x9b\x71");
        extra
    };
    let of = |format: Vec<u8>, data: &[u8]| file(&[format, chunk(b"data", data)]);
    holds("24", &of(format(1, 24, 6, &[]), &top(3)), false);
    holds("32", &of(format(1, 32, 8, &[]), &top(4)), false);
    holds("24 in 4", &of(format(1, 24, 8, &[]), &top(4)), false);
    holds(
        "24 in 4, extensible",
        &of(format(0xfffe, 32, 8, &extensible(24, 1)), &top(4)),
        false,
    );
    holds("20 in 3", &of(format(1, 20, 6, &[]), &top(3)), false);
    holds(
        "extensible, cut off",
        &of(format(0xfffe, 16, 4, &[0, 0]), &pcm()),
        false,
    );
    let float = interleaved(f32::to_le_bytes);
    holds("float", &of(format(3, 32, 8, &[0, 0]), &float), false);
    holds(
        "float, extensible",
        &of(format(0xfffe, 32, 8, &extensible(32, 3)), &float),
        false,
    );
    let double = interleaved(|sample| f64::from(sample).to_le_bytes());
    holds("double", &of(format(3, 64, 16, &[]), &double), false);
    let cool_edit = interleaved(|sample| (sample * 8_388_608.0).to_le_bytes());
    holds("Cool Edit", &of(format(1, 24, 8, &[]), &cool_edit), true);
    let wave: Vec<u8> = pcm().chunks(2).flat_map(|b| [b[1], b[0]]).collect();
    let mut turned = b"RIFX".to_vec();
    turned.extend((36 + wave.len() as u32).to_be_bytes());
    turned.extend(b"WAVEfmt \0\0\0\x10\0\x01\0\x02\0\0\xac\x44\0\x02\xb1\x10\0\x04\0\x10data");
    turned.extend((wave.len() as u32).to_be_bytes());
    turned.extend(&wave);
    holds("big-endian", &turned, false);
}

#[test]
fn sizes_of_64_bits_are_read() {
    let length = pcm().len() as u64;
    let ds64 = |size: u64| {
        chunk(
            b"ds64",
            &[(length + 72).to_le_bytes(), size.to_le_bytes(), [0; 8]].concat(),
        )
    };
    let data = chunk_of(b"data", &pcm(), UNKNOWN);
    for id in [b"RF64", b"BW64"] {
        let of = |size| file_of(id, &[ds64(size), format_16(), data.clone()], UNKNOWN);
        holds("64 bits", &of(length), false);
        holds("64 bits, crashed", &of(0), true);
        holds("64 bits that lie", &of(1 << 60), true);
        holds(
            "without sizes",
            &file_of(id, &[format_16(), data.clone()], UNKNOWN),
            true,
        );
    }
    let tail = b"\xf3\xac\xd3\x11\x8c\xd1\x00\xc0\x4f\x8e\xdb\x8a";
    let part = |id: &[u8; 4], body: &[u8], size: u64| {
        let mut part = [&id[..], tail, &size.to_le_bytes(), body].concat();
        part.resize(part.len().div_ceil(8) * 8, 0);
        part
    };
    let wave64 = |size: u64| {
        let format = part(b"fmt ", &format_16()[8..], 40);
        let body = [&b"wave"[..], tail, &format, &part(b"data", &pcm(), size)].concat();
        let whole = (24 + body.len() as u64).to_le_bytes();
        [
            &b"riff\x2e\x91\xcf\x11\xa5\xd6\x28\xdb\x04\xc1\0\0"[..],
            &whole,
            &body,
        ]
        .concat()
    };
    holds("Wave64", &wave64(24 + length), false);
    assert!(read("Wave64, crashed", &wave64(1 << 50)).len() >= FRAMES);
}

#[test]
fn samples_that_are_no_numbers_become_silence_with_a_word() {
    let mut float = interleaved(f32::to_le_bytes);
    for (at, value) in [(8, f32::NAN), (80, f32::INFINITY)] {
        float[at..at + 4].copy_from_slice(&value.to_le_bytes());
    }
    let audio = read(
        "nan",
        &file(&[format(3, 32, 8, &[]), chunk(b"data", &float)]),
    );
    assert_eq!((audio.channels[0][1], audio.channels[0][10]), (0.0, 0.0));
    assert!(
        audio.warnings[0].contains("2 samples"),
        "{:?}",
        audio.warnings
    );
}

#[test]
fn a_long_size_takes_no_memory() {
    let header = file_of(
        b"RF64",
        &[
            chunk(b"ds64", &[[0xff; 8], [0x7f; 8], [0; 8]].concat()),
            format(1, 8, 2, &[]),
        ],
        UNKNOWN,
    );
    let audio = read(
        "huge",
        &[&header[..], &chunk_of(b"data", &[128; 20], UNKNOWN)].concat(),
    );
    assert_eq!(audio.len(), 10);
}
