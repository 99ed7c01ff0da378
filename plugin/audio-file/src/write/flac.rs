//! FLAC, encoded by flacenc.

use flacenc::bitsink::ByteSink;
use flacenc::component::{BitRepr as _, StreamInfo};
use flacenc::config;
use flacenc::error::Verify as _;
use flacenc::source::{Context, Fill as _, FrameBuf};

use super::wav::{Foreign, chunk};
use crate::audio::Audio;
use crate::crc::{crc8, crc16};
use crate::error::Error;
use crate::flac_blocks::{APPLICATION, RIFF};
use crate::output::Format;
use netbend_dsp::number::low_bits;

const BLOCK_SAMPLES: usize = 4_096;
/// Rates beyond this one flacenc does not take; a frame may leave its rate to the file's head.
const MOST_STATED_HZ: u32 = 96_000;
const STAND_IN_HZ: u32 = 48_000;
/// 20 bits hold the rate.
const MOST_HZ: u32 = (1 << 20) - 1;
const MOST_CHANNELS: usize = 8;
const LAST_BLOCK: u8 = 0x80;
const STREAM_INFO: u8 = 0;

/// The bytes of a FLAC file.
pub(super) fn encode(audio: &Audio, format: Format) -> Result<Vec<u8>, Error> {
    let (channels, rate) = (audio.channels.len(), audio.sample_rate);
    if !(1..=MOST_CHANNELS).contains(&channels) || !(1..=MOST_HZ).contains(&rate) {
        return Err(Error::Output(format!(
            "{channels} channels at {rate} Hz; FLAC holds 1 to {MOST_CHANNELS} at up to {MOST_HZ} Hz"
        )));
    }
    let frames = Frames::encode(audio, format)?;
    let mut blocks = vec![(STREAM_INFO, frames.stream_info(audio, format))];
    blocks.extend(
        foreign(audio, format)?
            .into_iter()
            .map(|chunk| (APPLICATION, [RIFF, &chunk[..]].concat())),
    );
    let mut file = b"fLaC".to_vec();
    let last = blocks.len() - 1;
    for (number, (kind, body)) in blocks.into_iter().enumerate() {
        let last = if number == last { LAST_BLOCK } else { 0 };
        file.push(kind | last);
        file.extend(&low_bits::<u32>(body.len()).to_be_bytes()[1..]);
        file.extend(body);
    }
    file.extend(frames.bytes);
    Ok(file)
}

/// The chunks of a WAV file, as `flac --keep-foreign-metadata` stores them, if there are marks to be kept.
fn foreign(audio: &Audio, format: Format) -> Result<Vec<Vec<u8>>, Error> {
    if audio.marks.is_empty() {
        return Ok(Vec::new());
    }
    let Some(around) = Foreign::new(audio, format)? else {
        return Ok(Vec::new());
    };
    let mut chunks = vec![around.riff, around.format, around.data];
    chunks.extend(audio.marks.iter().map(|mark| chunk(mark.id, &mark.body)));
    Ok(chunks)
}

struct Frames {
    bytes: Vec<u8>,
    smallest: usize,
    largest: usize,
    md5: [u8; 16],
}

impl Frames {
    fn encode(audio: &Audio, format: Format) -> Result<Self, Error> {
        let failed = |what: String| Error::Output(format!("the FLAC encoder failed: {what}"));
        let channels = audio.channels.len();
        let bits = format.bits().unwrap_or(24) as usize;
        let is_stated = audio.sample_rate <= MOST_STATED_HZ;
        let rate = if is_stated {
            audio.sample_rate
        } else {
            STAND_IN_HZ
        };
        let config = config::Encoder::default()
            .into_verified()
            .map_err(|(_, error)| failed(error.to_string()))?;
        let info = StreamInfo::new(rate as usize, channels, bits)
            .map_err(|error| failed(error.to_string()))?;
        let mut buffer = FrameBuf::with_size(channels, BLOCK_SAMPLES)
            .map_err(|error| failed(error.to_string()))?;
        let mut context = Context::new(bits, channels);
        let quantizer = super::quantizer(audio, format);
        let mut interleaved = Vec::new();
        let mut frames = Self {
            bytes: Vec::new(),
            smallest: usize::MAX,
            largest: 0,
            md5: [0; 16],
        };
        for (number, first) in (0..audio.len()).step_by(BLOCK_SAMPLES).enumerate() {
            interleaved.clear();
            for n in first..(first + BLOCK_SAMPLES).min(audio.len()) {
                for (number, channel) in audio.channels.iter().enumerate() {
                    interleaved.extend(
                        quantizer.map(|quantizer| quantizer.quantize(channel[n], number, n)),
                    );
                }
            }
            buffer
                .fill_interleaved(&interleaved)
                .and_then(|()| context.fill_interleaved(&interleaved))
                .map_err(|error| failed(error.to_string()))?;
            let frame = flacenc::encode_fixed_size_frame(&config, &buffer, number, &info)
                .map_err(|error| failed(error.to_string()))?;
            let mut sink = ByteSink::new();
            frame
                .write(&mut sink)
                .map_err(|error| failed(error.to_string()))?;
            let mut bytes = sink.as_slice().to_vec();
            if !is_stated {
                leave_rate_to_head(&mut bytes);
            }
            frames.smallest = frames.smallest.min(bytes.len());
            frames.largest = frames.largest.max(bytes.len());
            frames.bytes.extend(bytes);
        }
        frames.md5 = context.md5_digest();
        Ok(frames)
    }

    fn stream_info(&self, audio: &Audio, format: Format) -> Vec<u8> {
        let mut info = Vec::with_capacity(34);
        for _ in 0..2 {
            info.extend(low_bits::<u16>(BLOCK_SAMPLES).to_be_bytes());
        }
        for size in [self.smallest, self.largest] {
            info.extend(&low_bits::<u32>(size).to_be_bytes()[1..]);
        }
        let bits = u64::from(format.bits().unwrap_or(24));
        let shape = u64::from(audio.sample_rate) << 44
            | (audio.channels.len() as u64 - 1) << 41
            | (bits - 1) << 36
            | audio.len() as u64;
        info.extend(shape.to_be_bytes());
        info.extend(self.md5);
        info
    }
}

/// Makes a frame say that its rate stands in the file's head, and its checksums right again.
fn leave_rate_to_head(frame: &mut [u8]) {
    frame[2] &= 0xf0;
    // The frame's number is as long as UTF-8 would be, and the block's length may follow.
    let number_bytes = match frame[4].leading_ones() {
        0 => 1,
        ones => ones as usize,
    };
    let length_bytes = match frame[2] >> 4 {
        6 => 1,
        7 => 2,
        _ => 0,
    };
    let header = 4 + number_bytes + length_bytes;
    frame[header] = crc8(&frame[..header]);
    let body = frame.len() - 2;
    let crc = crc16(&frame[..body]);
    frame[body..].copy_from_slice(&crc.to_be_bytes());
}
