//! MPEG audio (MP3 and its elder layers): framed here, decoded by symphonia.
//!
//! A length stated or estimated is never believed: every frame of the file is decoded. Delay and padding are taken off where
//! an encoder noted them in the first frame, as ffmpeg does.

mod header;
mod holes;
mod info;

use symphonia::core::codecs::audio::well_known::{CODEC_ID_MP1, CODEC_ID_MP2, CODEC_ID_MP3};
use symphonia::core::codecs::audio::{AudioCodecParameters, AudioDecoder, AudioDecoderOptions};
use symphonia::core::packet::PacketRef;
use symphonia::core::units::{Duration, Timestamp};

use crate::audio::Audio;
use crate::error::Error;
use header::Header;
use holes::Holes;
use info::Info;
use netbend_dsp::number::nearest_f64;

/// Frames in a row that make sure of the first: two bytes of sync appear in anything.
const SURE_FRAMES: usize = 3;

/// Decodes a stream of frames, with tags before, between and behind them. `None` where there is none.
///
/// `has_info`: whether the first frame may be a note of the encoder's instead of sound, as it is in a file of its own.
pub(crate) fn read(stream: &[u8], has_info: bool) -> Result<Option<Audio>, Error> {
    let stream = without_trailing_tags(stream);
    let Some((mut at, first)) = sync(stream, after_tags(stream, 0), None) else {
        return Ok(None);
    };
    let info = has_info
        .then(|| Info::read(&stream[at..], &first))
        .flatten();
    if info.is_some() {
        at += first.bytes;
    }
    let mut frames = Frames::new(&first)?;
    while at < stream.len() {
        at = after_tags(stream, at);
        let here = Header::parse(&stream[at..]).filter(|header| header.continues(&first));
        let Some(header) = here else {
            match sync(stream, at, Some(&first)) {
                Some((next, _)) => {
                    frames.holes.add(frames.audio.len(), next - at);
                    at = next;
                    continue;
                }
                None => break,
            }
        };
        let Some(frame) = stream.get(at..at + header.bytes) else {
            frames.is_cut_off = true;
            break;
        };
        frames.decode(frame, &header)?;
        at += header.bytes;
    }
    let mut audio = frames.finish(info.as_ref())?;
    if let Some(info) = info {
        info.trim(&mut audio, first.samples);
    }
    Ok(Some(audio))
}

/// The frames decoded so far.
struct Frames {
    audio: Audio,
    decoder: Box<dyn AudioDecoder>,
    first: Header,
    channels: usize,
    interleaved: Vec<f32>,
    damaged: usize,
    first_damaged: usize,
    holes: Holes,
    is_cut_off: bool,
}

impl Frames {
    fn new(first: &Header) -> Result<Self, Error> {
        Ok(Self {
            audio: Audio::with_shape(first.rate, first.channels)?,
            decoder: decoder(first)?,
            first: *first,
            channels: first.channels,
            interleaved: Vec::new(),
            damaged: 0,
            first_damaged: 0,
            holes: Holes::default(),
            is_cut_off: false,
        })
    }

    fn decode(&mut self, frame: &[u8], header: &Header) -> Result<(), Error> {
        self.holes.count(header);
        if header.channels != self.channels {
            // Files joined from mono and stereo ones.
            self.decoder = decoder(header)?;
            self.channels = header.channels;
        }
        let duration = Duration::from(header.samples as u64);
        let packet = PacketRef::new(0, Timestamp::ZERO, duration, frame);
        match self.decoder.decode_ref(&packet) {
            Ok(decoded) if decoded.frames() == header.samples => {
                let channels = decoded.spec().channels().count();
                decoded.copy_to_vec_interleaved(&mut self.interleaved);
                self.audio.push(&self.interleaved, channels)
            }
            _ => {
                if self.damaged == 0 {
                    self.first_damaged = self.audio.len();
                }
                self.damaged += 1;
                self.audio.push_silence(header.samples)
            }
        }
    }

    fn finish(self, info: Option<&Info>) -> Result<Audio, Error> {
        let mut audio = self.audio;
        if audio.is_empty() || self.damaged * self.first.samples >= audio.len() {
            return Err(Error::damaged(
                "an MP3 file of which no frame could be decoded",
            ));
        }
        if self.damaged > 0 {
            audio.warnings.push(format!(
                "{} damaged frames were replaced by silence, the first at {:.2} s",
                self.damaged,
                nearest_f64(self.first_damaged) / f64::from(audio.sample_rate)
            ));
        }
        let noted = holes::noted(info, self.is_cut_off);
        self.holes.fill(&mut audio, &self.first, noted);
        if self.is_cut_off {
            audio
                .warnings
                .push("the last frame is cut off and was left out".into());
        }
        Ok(audio)
    }
}

fn decoder(header: &Header) -> Result<Box<dyn AudioDecoder>, Error> {
    let codec = match header.layer {
        1 => CODEC_ID_MP1,
        2 => CODEC_ID_MP2,
        _ => CODEC_ID_MP3,
    };
    let mut parameters = AudioCodecParameters::new();
    parameters.for_codec(codec).with_sample_rate(header.rate);
    symphonia::default::get_codecs()
        .make_audio_decoder(&parameters, &AudioDecoderOptions::default())
        .map_err(|error| Error::unsupported(error.to_string()))
}

/// The next place where frames follow one another, and the first of them; with `like`, frames of its kind only.
fn sync(stream: &[u8], from: usize, like: Option<&Header>) -> Option<(usize, Header)> {
    let is_like = |header: &Header| like.is_none_or(|like| header.continues(like));
    (from..stream.len().saturating_sub(3)).find_map(|at| {
        let header = Header::parse(&stream[at..]).filter(is_like)?;
        let mut next = at + header.bytes;
        for found in 1..SURE_FRAMES {
            if next + 4 > stream.len() {
                // The stream ends here. One frame alone is believed where it ends with it, or where others came before.
                let is_sure = found > 1 || next == stream.len() || like.is_some();
                return is_sure.then_some((at, header));
            }
            let following = Header::parse(&stream[next..]);
            match following.filter(|following| following.continues(&header)) {
                Some(following) => next += following.bytes,
                None if starts_tag(&stream[next..]) => break,
                None => return None,
            }
        }
        Some((at, header))
    })
}

fn starts_tag(stream: &[u8]) -> bool {
    [&b"ID3"[..], b"TAG", b"APETAGEX", b"LYRICSBEGIN"]
        .iter()
        .any(|tag| stream.starts_with(tag))
}

/// The place behind the ID3v2 tags that begin at a place.
fn after_tags(stream: &[u8], mut at: usize) -> usize {
    while let Some(length) = stream.get(at..).and_then(id3v2_bytes) {
        at = at.saturating_add(length).min(stream.len());
    }
    at
}

/// The length of the ID3v2 tag that a stream begins with.
pub(crate) fn id3v2_bytes(stream: &[u8]) -> Option<usize> {
    let header = stream
        .get(..10)
        .filter(|header| header.starts_with(b"ID3"))?;
    let size = &header[6..10];
    if header[3] == 0xff || size.iter().any(|byte| byte & 0x80 != 0) {
        return None;
    }
    let length = size
        .iter()
        .fold(0, |length, byte| length << 7 | usize::from(*byte));
    let footer = if header[5] & 0x10 != 0 { 10 } else { 0 };
    Some(10 + length + footer)
}

fn without_trailing_tags(mut stream: &[u8]) -> &[u8] {
    loop {
        let length = stream.len();
        let tail = |count: usize| stream.get(length.saturating_sub(count)..).unwrap_or(&[]);
        if length >= 128 && tail(128).starts_with(b"TAG") {
            stream = &stream[..length - 128];
        } else if length >= 32 && tail(32).starts_with(b"APETAGEX") {
            let footer = tail(32);
            let size = u32::from_le_bytes([footer[12], footer[13], footer[14], footer[15]]);
            // A flag says whether the tag has a header as well, which the size does not count.
            let header = if footer[23] & 0x80 != 0 { 32 } else { 0 };
            let size = (size as usize).max(32).saturating_add(header);
            stream = &stream[..length.saturating_sub(size)];
        } else {
            return stream;
        }
    }
}
