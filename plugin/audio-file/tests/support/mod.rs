//! WAV files made byte by byte.

#![allow(dead_code)] // each test file uses some of it

/// Frames of [`sound`].
pub const FRAMES: usize = 1_001;

/// 16-bit stereo sound, `[channel][sample]`.
pub fn sound() -> Vec<Vec<f32>> {
    let step = |n: usize, k: usize| ((n * n * k + 31 * n) % 40_001) as f32 - 20_000.0;
    [7, 11]
        .map(|k| (0..FRAMES).map(|n| step(n, k) / 32_768.0).collect())
        .into()
}

/// The sound interleaved, each sample made bytes by `code`.
pub fn interleaved<const N: usize>(code: impl Fn(f32) -> [u8; N]) -> Vec<u8> {
    let sound = sound();
    (0..FRAMES)
        .flat_map(|n| [sound[0][n], sound[1][n]])
        .flat_map(code)
        .collect()
}

/// As 16-bit integers.
pub fn pcm() -> Vec<u8> {
    interleaved(|sample| ((sample * 32_768.0) as i16).to_le_bytes())
}

/// A chunk whose header says `size`.
pub fn chunk_of(id: &[u8; 4], body: &[u8], size: u32) -> Vec<u8> {
    let mut chunk = [&id[..], &size.to_le_bytes(), body].concat();
    if body.len() % 2 == 1 {
        chunk.push(0);
    }
    chunk
}

/// A chunk.
pub fn chunk(id: &[u8; 4], body: &[u8]) -> Vec<u8> {
    chunk_of(id, body, body.len() as u32)
}

/// A `fmt ` chunk for stereo at 44.1 kHz.
pub fn format(tag: u16, bits: u16, block: u16, extra: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    body.extend(tag.to_le_bytes());
    body.extend(2_u16.to_le_bytes());
    body.extend(44_100_u32.to_le_bytes());
    body.extend((44_100 * u32::from(block)).to_le_bytes());
    body.extend(block.to_le_bytes());
    body.extend(bits.to_le_bytes());
    body.extend(extra);
    chunk(b"fmt ", &body)
}

/// The usual one: 16-bit integers.
pub fn format_16() -> Vec<u8> {
    format(1, 16, 4, &[])
}

/// A file whose header says `size`.
pub fn file_of(id: &[u8; 4], chunks: &[Vec<u8>], size: u32) -> Vec<u8> {
    [&id[..], &size.to_le_bytes(), b"WAVE", &chunks.concat()].concat()
}

/// A file.
pub fn file(chunks: &[Vec<u8>]) -> Vec<u8> {
    let size = 4 + chunks.iter().map(Vec::len).sum::<usize>();
    file_of(b"RIFF", chunks, size as u32)
}
