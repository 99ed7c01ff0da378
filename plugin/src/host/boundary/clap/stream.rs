//! States between the host's streams and ours. Main thread.

use std::ffi::c_void;

use clap_sys::stream::{clap_istream, clap_ostream};
use netbend_dsp::number::{low_bits, signed};

use crate::host::boundary::state::MAX_BYTES;

const PIECE_BYTES: usize = 64 << 10;

/// Everything that the host's stream holds; `None` where it fails. Reads no more than a little past [`MAX_BYTES`], which is enough to
/// refuse it.
///
/// # Safety
/// `stream` is the host's.
pub(super) unsafe fn read_all(stream: *const clap_istream) -> Option<Vec<u8>> {
    // SAFETY: the caller's promise.
    let read = unsafe { stream.as_ref() }?.read?;
    let mut bytes = Vec::new();
    let mut piece = vec![0u8; PIECE_BYTES];
    while bytes.len() <= MAX_BYTES {
        // SAFETY: the piece is as long as is said.
        let count = unsafe { read(stream, piece.as_mut_ptr().cast(), piece.len() as u64) };
        match usize::try_from(count) {
            Ok(0) => break,
            Ok(count) => bytes.extend_from_slice(piece.get(..count)?),
            Err(_) => return None,
        }
    }
    Some(bytes)
}

/// Writes everything to the host's stream; whether it took it.
///
/// # Safety
/// `stream` is the host's.
pub(super) unsafe fn write_all(stream: *const clap_ostream, mut bytes: &[u8]) -> bool {
    // SAFETY: the caller's promise.
    let Some(write) = unsafe { stream.as_ref() }.and_then(|stream| stream.write) else {
        return false;
    };
    while !bytes.is_empty() {
        // SAFETY: the bytes are as many as is said.
        let count = unsafe { write(stream, bytes.as_ptr().cast(), bytes.len() as u64) };
        match usize::try_from(count) {
            Ok(count) if count > 0 && count <= bytes.len() => bytes = &bytes[count..],
            _ => return false,
        }
    }
    true
}

/// A stream that the plugin reads these bytes from. Good while `bytes` stay where they are.
pub(super) fn source(bytes: &mut &[u8]) -> clap_istream {
    clap_istream {
        ctx: std::ptr::from_mut(bytes).cast(),
        read: Some(read),
    }
}

/// A stream that the plugin writes into `bytes`. Good while `bytes` stay where they are.
pub(super) fn sink(bytes: &mut Vec<u8>) -> clap_ostream {
    clap_ostream {
        ctx: std::ptr::from_mut(bytes).cast(),
        write: Some(write),
    }
}

unsafe extern "C" fn read(stream: *const clap_istream, buffer: *mut c_void, size: u64) -> i64 {
    // SAFETY: `source` made the stream; the plugin's buffer is as long as it says.
    unsafe {
        let bytes = &mut *(*stream).ctx.cast::<&[u8]>();
        let count = bytes.len().min(usize::try_from(size).unwrap_or(usize::MAX));
        std::ptr::copy_nonoverlapping(bytes.as_ptr(), buffer.cast(), count);
        *bytes = &bytes[count..];
        signed(count)
    }
}

unsafe extern "C" fn write(stream: *const clap_ostream, buffer: *const c_void, size: u64) -> i64 {
    // SAFETY: `sink` made the stream; the plugin's buffer is as long as it says.
    unsafe {
        let bytes = &mut *(*stream).ctx.cast::<Vec<u8>>();
        bytes.extend_from_slice(std::slice::from_raw_parts(
            buffer.cast(),
            low_bits::<usize>(size),
        ));
    }
    low_bits::<i64>(size)
}
