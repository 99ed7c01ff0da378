//! One page of an Ogg file (RFC 3533).

const HEADER: usize = 27;
const POLYNOMIAL: u32 = 0x04c1_1db7;

/// A page whose checksum is right.
#[derive(Debug, Clone)]
pub(super) struct Page<'a> {
    pub(super) bytes: &'a [u8],
}

impl<'a> Page<'a> {
    fn parse(stream: &'a [u8]) -> Option<Self> {
        let header = stream
            .get(..HEADER)
            .filter(|header| header.starts_with(b"OggS\0"))?;
        let segments = stream.get(HEADER..HEADER + usize::from(header[26]))?;
        let body: usize = segments.iter().map(|&segment| usize::from(segment)).sum();
        let bytes = stream.get(..HEADER + segments.len() + body)?;
        let stated = [header[22], header[23], header[24], header[25]];
        let crc = checksum(0, &bytes[..22]);
        let crc = checksum(checksum(crc, &[0; 4]), &bytes[26..]);
        (crc == u32::from_le_bytes(stated)).then_some(Self { bytes })
    }

    pub(super) fn is_first(&self) -> bool {
        self.bytes[5] & 2 != 0
    }

    pub(super) fn is_last(&self) -> bool {
        self.bytes[5] & 4 != 0
    }

    /// One past the last sample of the last packet that ends here, if one does.
    pub(super) fn granule(&self) -> Option<i64> {
        let mut granule = [0; 8];
        granule.copy_from_slice(&self.bytes[6..14]);
        Some(i64::from_le_bytes(granule)).filter(|&granule| granule >= 0)
    }

    pub(super) fn serial(&self) -> u32 {
        self.four(14)
    }

    pub(super) fn number(&self) -> u32 {
        self.four(18)
    }

    pub(super) fn body(&self) -> &'a [u8] {
        &self.bytes[HEADER + usize::from(self.bytes[26])..]
    }

    pub(super) fn packets_ended(&self) -> usize {
        let segments = &self.bytes[HEADER..HEADER + usize::from(self.bytes[26])];
        segments.iter().filter(|&&segment| segment < 255).count()
    }

    fn four(&self, at: usize) -> u32 {
        let bytes = &self.bytes[at..at + 4];
        u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]])
    }
}

/// The whole pages of a stream.
pub(super) fn pages(stream: &[u8]) -> impl Iterator<Item = Page<'_>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let rest = stream.get(at..)?;
            let ahead = rest.iter().position(|&byte| byte == b'O')?;
            match Page::parse(&rest[ahead..]) {
                Some(page) => {
                    at += ahead + page.bytes.len();
                    return Some(page);
                }
                None => at += ahead + 1,
            }
        }
    })
}

const TABLE: [u32; 256] = {
    let mut table = [0; 256];
    let mut byte = 0_u32;
    while byte < 256 {
        let mut crc = byte << 24;
        let mut bit = 0;
        while bit < 8 {
            crc = if crc >> 31 == 1 {
                crc << 1 ^ POLYNOMIAL
            } else {
                crc << 1
            };
            bit += 1;
        }
        table[byte as usize] = crc;
        byte += 1;
    }
    table
};

fn checksum(crc: u32, bytes: &[u8]) -> u32 {
    bytes.iter().fold(crc, |crc, &byte| {
        crc << 8 ^ TABLE[(crc >> 24) as usize ^ usize::from(byte)]
    })
}
