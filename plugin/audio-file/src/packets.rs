//! Everything that symphonia takes out of a container: FLAC, Ogg, AAC, ALAC, CAF, Matroska, ADPCM.

use symphonia::core::codecs::audio::well_known::{CODEC_ID_AAC, CODEC_ID_FLAC};
use symphonia::core::codecs::audio::{AudioDecoder, AudioDecoderOptions};
use symphonia::core::errors::Error as Symphonia;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::{FormatOptions, FormatReader, TrackType};
use symphonia::core::io::{MediaSource, MediaSourceStream};
use symphonia::core::meta::MetadataOptions;
use symphonia::core::packet::Packet;
use symphonia::core::units::{Duration, Timestamp};

use crate::audio::Audio;
use crate::error::Error;
use crate::flac_tail;
use netbend_dsp::number::nearest_f64;

/// AAC of this rate or a lower one may be half of HE-AAC, whose upper half symphonia does not decode.
const HE_AAC_CORE_RATE: u32 = 24_000;
/// Packets in a row that fail before the rest is given up.
const MOST_FAILURES: usize = 10_000;
/// A gap that is believed.
const MOST_GAP_SECONDS: usize = 600;

/// Why symphonia is not the one to read a file.
pub(crate) enum Trouble {
    /// It does not know the coding, or reads it differently from others; with what it is.
    NotItsKind(String),
    /// It knows it, and the file is broken.
    Failed(Error),
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

/// Decodes a source. `takes_half`: whether AAC that may be half of HE-AAC is decoded all the same.
pub(crate) fn read(source: Box<dyn MediaSource>, takes_half: bool) -> Result<Audio, Trouble> {
    Ok(read_all(source, takes_half)?.finish()?)
}

/// The same, with the sample that the first one is by the container's count.
pub(crate) fn read_placed(source: Box<dyn MediaSource>) -> Result<(Audio, Option<i64>), Trouble> {
    let reading = read_all(source, false)?;
    let begins = reading.begins;
    Ok((reading.finish()?, begins))
}

/// Decodes a FLAC file, of which `tail` are the last bytes.
pub(crate) fn read_flac(
    source: Box<dyn MediaSource>,
    tail: &[u8],
    info: &flac_tail::Info,
) -> Result<Audio, Trouble> {
    let mut reading = read_all(source, false)?;
    let mut at = 0;
    while reading
        .counted
        .is_some_and(|promised| promised == 0 || promised != reading.audio.len() as u64)
    {
        match flac_tail::next(tail, at, reading.audio.len() as u64, info) {
            Some((
                flac_tail::Found::Frame {
                    begins,
                    samples,
                    bytes,
                },
                behind,
            )) => {
                let begins = Timestamp::new(i64::try_from(begins).unwrap_or(i64::MAX));
                let packet = Packet::new(reading.track, begins, Duration::new(samples), bytes);
                reading.decode(&packet)?;
                at = behind;
            }
            Some((flac_tail::Found::CutOff, _)) => {
                reading.has_cut_frame = true;
                break;
            }
            None => break,
        }
    }
    Ok(reading.finish()?)
}

fn read_all(source: Box<dyn MediaSource>, takes_half: bool) -> Result<Reading, Trouble> {
    let stream = MediaSourceStream::new(source, Default::default());
    let mut format = symphonia::default::get_probe()
        .probe(
            &Hint::new(),
            stream,
            FormatOptions::default(),
            MetadataOptions::default(),
        )
        .map_err(|error| Trouble::NotItsKind(error.to_string()))?;
    let mut reading = Reading::start(format.as_mut())?;
    if reading.may_be_half && !takes_half {
        return Err(Trouble::NotItsKind("AAC that may be HE-AAC".into()));
    }
    loop {
        match format.next_packet() {
            Ok(Some(packet)) if packet.track_id == reading.track => reading.decode(&packet)?,
            Ok(Some(_)) => {}
            Ok(None) => break,
            // A chained file: another one begins within it.
            Err(Symphonia::ResetRequired) => reading.go_on(format.as_mut())?,
            Err(Symphonia::IoError(error)) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
                // Some readers end so; of Ogg it means that the page which is marked as the last has not come.
                reading.is_cut_off = format.format_info().short_name == "ogg";
                break;
            }
            Err(Symphonia::DecodeError(_)) if reading.failures < MOST_FAILURES => {
                reading.failures += 1;
                reading.lost += 1;
            }
            Err(Symphonia::IoError(error)) => return Err(Error::from(error).into()),
            Err(error) => {
                reading.stopped = Some(error.to_string());
                break;
            }
        }
    }
    Ok(reading)
}

struct Reading {
    track: u32,
    decoder: Box<dyn AudioDecoder>,
    audio: Audio,
    interleaved: Vec<f32>,
    /// The coding and rate say that only half of the sound may be here.
    may_be_half: bool,
    /// Where packets say which sample they begin with, beyond doubt: how many the head promises, 0 where it does not.
    counted: Option<u64>,
    /// The sample that the first one is by the container's count.
    begins: Option<i64>,
    is_cut_off: bool,
    /// Whether the last frame begins and does not end.
    has_cut_frame: bool,
    /// Samples that no packet brought, before one that came.
    missing: usize,
    /// Packets that failed and were replaced by silence, and those that could not even be framed.
    damaged: usize,
    decoded: usize,
    lost: usize,
    failures: usize,
    stopped: Option<String>,
}

impl Reading {
    fn start(format: &mut dyn FormatReader) -> Result<Self, Trouble> {
        let Opened {
            track,
            decoder,
            may_be_half,
            counted,
        } = open(format)?;
        Ok(Self {
            track,
            decoder,
            counted,
            begins: None,
            is_cut_off: false,
            has_cut_frame: false,
            missing: 0,
            audio: Audio::default(),
            interleaved: Vec::new(),
            may_be_half,
            damaged: 0,
            decoded: 0,
            lost: 0,
            failures: 0,
            stopped: None,
        })
    }

    fn go_on(&mut self, format: &mut dyn FormatReader) -> Result<(), Trouble> {
        let opened = open(format)?;
        (self.track, self.decoder) = (opened.track, opened.decoder);
        // The next file counts from zero again.
        self.counted = None;
        Ok(())
    }

    fn decode(&mut self, packet: &Packet) -> Result<(), Error> {
        let decoded = match self.decoder.decode(packet) {
            Ok(decoded) => decoded,
            // A decoder that ran out of bytes, or met what it does not know among what it does, met damage.
            Err(error)
                if matches!(error, Symphonia::DecodeError(_) | Symphonia::IoError(_))
                    || self.decoded > 0 =>
            {
                // The time of what is damaged passes in silence.
                self.damaged += 1;
                self.decoder.reset();
                let samples = usize::try_from(packet.dur.get()).unwrap_or(0).min(1 << 16);
                return self.audio.push_silence(samples);
            }
            Err(error) => return Err(Error::damaged(error.to_string())),
        };
        let (rate, count) = (decoded.spec().rate(), decoded.spec().channels().count());
        if self.audio.channels.is_empty() {
            self.audio = Audio::with_shape(rate, count)?;
        }
        if rate != self.audio.sample_rate || count == 0 {
            return Err(Error::unsupported(format!(
                "the file changes its rate on the way, from {} to {rate} Hz; convert it to one rate first",
                self.audio.sample_rate
            )));
        }
        self.decoded += 1;
        decoded.copy_to_vec_interleaved(&mut self.interleaved);
        if self.begins.is_none() && !self.interleaved.is_empty() {
            let trimmed = i64::try_from(packet.trim_start.get()).unwrap_or(0);
            self.begins = Some(packet.pts.get().saturating_add(trimmed));
        }
        if self.counted.is_some() {
            // Frames that were lost altogether leave a gap, so that what follows stays in time.
            let begins = usize::try_from(packet.pts.get()).unwrap_or(0);
            let gap = begins.saturating_sub(self.audio.len());
            if gap > 0 && gap < MOST_GAP_SECONDS * rate as usize {
                self.missing += gap;
                self.audio.push_silence(gap)?;
            }
        }
        self.audio.push(&self.interleaved, count)
    }

    fn finish(self) -> Result<Audio, Error> {
        let mut audio = self.audio;
        if self.damaged > self.decoded {
            return Err(Error::damaged("a file of which most could not be decoded"));
        }
        if self.damaged > 0 {
            audio.warnings.push(format!(
                "{} damaged packets were replaced by silence",
                self.damaged
            ));
        }
        if self.missing > 0 {
            audio.warnings.push(format!(
                "{} samples are missing in the middle; silence was put in their place",
                self.missing
            ));
        }
        let promised = self.counted.unwrap_or(0);
        if promised > audio.len() as u64 {
            audio.warnings.push(format!(
                "the header says {promised} samples, and {} are there; all of them were read",
                audio.len()
            ));
        }
        if self.has_cut_frame && promised <= audio.len() as u64 {
            audio
                .warnings
                .push("the last frame is cut off and was left out".into());
        }
        if self.is_cut_off {
            audio.warnings.push(crate::ogg::CUT_OFF.into());
        }
        if self.lost > 0 {
            audio
                .warnings
                .push("parts of the file are damaged and were left out".into());
        }
        if let Some(why) = self.stopped {
            audio.warnings.push(format!(
                "the file could be read only up to {:.2} s ({why})",
                seconds(&audio)
            ));
        }
        if self.may_be_half {
            audio.warnings.push(
                "if this is HE-AAC, only its lower half was decoded; install ffmpeg for all of it"
                    .into(),
            );
        }
        Ok(audio)
    }
}

fn seconds(audio: &Audio) -> f64 {
    nearest_f64(audio.len()) / f64::from(audio.sample_rate.max(1))
}

/// A track and what decodes it.
struct Opened {
    track: u32,
    decoder: Box<dyn AudioDecoder>,
    may_be_half: bool,
    counted: Option<u64>,
}

fn open(format: &mut dyn FormatReader) -> Result<Opened, Trouble> {
    let kind = |what: &str| Trouble::NotItsKind(what.into());
    let track = format
        .default_track(TrackType::Audio)
        .ok_or_else(|| Error::damaged("the file holds no audio track"))?;
    let parameters = track
        .codec_params
        .as_ref()
        .and_then(|parameters| parameters.audio())
        .ok_or_else(|| kind("sound in an unknown coding"))?;
    let may_be_half = parameters.codec == CODEC_ID_AAC
        && parameters
            .sample_rate
            .is_none_or(|rate| rate <= HE_AAC_CORE_RATE);
    let decoder = symphonia::default::get_codecs()
        .make_audio_decoder(parameters, &AudioDecoderOptions::default())
        .map_err(|error| Trouble::NotItsKind(error.to_string()))?;
    let is_flac_file = format.format_info().short_name == "flac";
    let counted =
        (is_flac_file && parameters.codec == CODEC_ID_FLAC).then(|| track.num_frames.unwrap_or(0));
    Ok(Opened {
        track: track.id,
        decoder,
        may_be_half,
        counted,
    })
}
