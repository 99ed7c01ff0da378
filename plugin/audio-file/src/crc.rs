//! The checksums of FLAC's frames.

/// Polynomial x⁸ + x² + x + 1.
pub(crate) fn crc8(bytes: &[u8]) -> u8 {
    bytes.iter().fold(0, |crc, byte| {
        (0..8).fold(crc ^ byte, |crc, _| {
            if crc & 0x80 == 0 {
                crc << 1
            } else {
                crc << 1 ^ 0x07
            }
        })
    })
}

/// Polynomial x¹⁶ + x¹⁵ + x² + 1.
pub(crate) fn crc16(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0, |crc, byte| crc16_with(crc, *byte))
}

/// The same, a byte further.
pub(crate) fn crc16_with(crc: u16, byte: u8) -> u16 {
    let crc = crc ^ u16::from(byte) << 8;
    (0..8).fold(crc, |crc, _| {
        if crc & 0x8000 == 0 {
            crc << 1
        } else {
            crc << 1 ^ 0x8005
        }
    })
}
