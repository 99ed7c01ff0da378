//! What nothing here decodes, through `ffmpeg` where that is on the PATH.
//!
//! It is started without a shell, reads the one file and nothing else (no network, no playlists that name other files), and
//! writes samples into a pipe, so that no file is left behind.

use std::fs::File;
use std::io::{Cursor, Read, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use symphonia::core::io::MediaSource;

use crate::audio::Audio;
use crate::error::Error;
use crate::limits::MAX_SAMPLES;
use crate::riff::{self, Riff};

/// It is given up when it has said nothing for so long.
const PATIENCE: Duration = Duration::from_secs(60);
/// Formats that hold their sound themselves: no playlists, no devices, no scripts.
const FORMATS: &str = "aac,ac3,aiff,amr,ape,asf,au,avi,caf,dsf,dts,dtshd,eac3,flac,flv,iff,matroska,webm,mov,mp4,m4a,3gp,3g2,mj2,\
                       mp3,mpc,mpc8,mpeg,mpegts,nistsphere,ogg,oma,rm,shn,sox,tak,tta,voc,w64,wav,wv";
/// Rarer ones, each known by its first bytes; tried where nothing else is known.
const RARE_FORMATS: &str = "adx,aix,apc,apm,ast,avr,bfstm,brstm,dss,epaf,hcom,ifv,iff,ircam,lvf,mmf,mtaf,musx,nsp,paf,pvf,qcp,rso,sds,\
                            sol,svs,thp,vqf,wsd,wve,xa,xwma";
/// Bytes of complaints that are kept.
const MOST_COMPLAINTS: u64 = 4_096;

/// Where the file is.
#[derive(Clone)]
pub(crate) enum Input<'a> {
    /// At a path.
    File(&'a Path),
    /// In memory; it goes through a pipe.
    Bytes(Arc<[u8]>),
}

impl Input<'_> {
    /// The same bytes, for another reader.
    pub(crate) fn open(&self) -> Result<Box<dyn MediaSource>, Error> {
        Ok(match self {
            Self::File(path) => Box::new(File::open(path)?),
            Self::Bytes(bytes) => Box::new(Cursor::new(Arc::clone(bytes))),
        })
    }
}

/// Whether it can be called. Asked once.
pub(crate) fn is_there() -> bool {
    static IS_THERE: OnceLock<bool> = OnceLock::new();
    *IS_THERE.get_or_init(|| {
        Command::new(program())
            .arg("-version")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success())
    })
}

fn program() -> &'static str {
    "ffmpeg"
}

/// Decodes the file's first audio track. `follows_edits`: whether ffmpeg is to apply an MPEG-4 file's edit list.
pub(crate) fn read(input: &Input<'_>, follows_edits: bool) -> Result<Audio, Error> {
    run(input, follows_edits, FORMATS)
}

/// Decodes a file of a kind that nothing here knows.
pub(crate) fn read_rare(input: &Input<'_>) -> Result<Audio, Error> {
    run(input, true, RARE_FORMATS)
}

fn run(input: &Input<'_>, follows_edits: bool, formats: &str) -> Result<Audio, Error> {
    let (protocol, address) = match input {
        Input::File(path) => {
            let mut address = std::ffi::OsString::from("file:");
            address.push(path);
            ("file", address)
        }
        Input::Bytes(_) => ("pipe", "pipe:0".into()),
    };
    let mut child = Command::new(program())
        .args(["-nostdin", "-hide_banner", "-v", "error"])
        .args([
            "-protocol_whitelist",
            protocol,
            "-format_whitelist",
            formats,
        ])
        .args(if follows_edits {
            &[][..]
        } else {
            &["-ignore_editlist", "1"]
        })
        .arg("-i")
        .arg(address)
        .args([
            "-map",
            "0:a:0",
            "-map_metadata",
            "-1",
            "-fflags",
            "+bitexact",
        ])
        .args(["-c:a", "pcm_f32le", "-f", "wav", "pipe:1"])
        .stdin(match input {
            Input::File(_) => Stdio::null(),
            Input::Bytes(_) => Stdio::piped(),
        })
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    if let (Input::Bytes(bytes), Some(mut pipe)) = (input, child.stdin.take()) {
        let bytes = Arc::clone(bytes);
        // It ends when everything was taken, or when ffmpeg does.
        std::thread::spawn(move || pipe.write_all(&bytes));
    }
    let result = collect(&mut child);
    if result.is_err() {
        let _ = child.kill();
    }
    let status = child.wait()?;
    let (bytes, complaints) = result?;
    let complaint = complaints.lines().find(|line| !line.trim().is_empty());
    let complaint = complaint.map(|line| readable(line, input));
    if bytes.is_empty() || (!status.success() && bytes.len() < 128) {
        return Err(Error::damaged(format!(
            "ffmpeg could not read it: {}",
            complaint.unwrap_or_else(|| status.to_string())
        )));
    }
    let length = bytes.len() as u64;
    let Riff::Samples(mut audio) = riff::read(&mut Cursor::new(bytes), length)? else {
        return Err(Error::damaged("ffmpeg did not answer with samples"));
    };
    // Into a pipe it cannot write how long the sound is.
    audio.warnings.clear();
    if let Some(complaint) = complaint {
        audio.warnings.push(format!("ffmpeg says: {complaint}"));
    }
    if !status.success() {
        audio
            .warnings
            .push("ffmpeg stopped with an error; what it had decoded was read".into());
    }
    Ok(audio)
}

/// Everything it writes, and what it complains of.
fn collect(child: &mut Child) -> Result<(Vec<u8>, String), Error> {
    let (Some(mut output), Some(errors)) = (child.stdout.take(), child.stderr.take()) else {
        return Err(Error::damaged("ffmpeg could not be heard"));
    };
    let complaints = std::thread::spawn(move || {
        let mut text = Vec::new();
        let mut errors = errors;
        let _ = errors.by_ref().take(MOST_COMPLAINTS).read_to_end(&mut text);
        // What is more has to be taken as well, or it would wait.
        let _ = std::io::copy(&mut errors, &mut std::io::sink());
        String::from_utf8_lossy(&text).into_owned()
    });
    let (send, receive) = sync_channel::<Vec<u8>>(4);
    std::thread::spawn(move || {
        loop {
            let mut block = vec![0; 1 << 16];
            match output.read(&mut block) {
                Ok(0) | Err(_) => break,
                Ok(count) => block.truncate(count),
            }
            if send.send(block).is_err() {
                break;
            }
        }
    });
    let mut bytes = Vec::new();
    loop {
        match receive.recv_timeout(PATIENCE) {
            Ok(block) => bytes.extend(block),
            Err(RecvTimeoutError::Disconnected) => break,
            Err(RecvTimeoutError::Timeout) => {
                return Err(Error::damaged(format!(
                    "ffmpeg said nothing for {} seconds and was stopped",
                    PATIENCE.as_secs()
                )));
            }
        }
        if bytes.len() > MAX_SAMPLES * size_of::<f32>() + (1 << 16) {
            return Err(Error::TooLong);
        }
    }
    Ok((bytes, complaints.join().unwrap_or_default()))
}

/// A complaint without what says nothing: the file's name, which the caller says, and addresses in memory.
fn readable(line: &str, input: &Input<'_>) -> String {
    let mut line = match input {
        Input::File(path) => line.replace(&format!("file:{}: ", path.display()), ""),
        Input::Bytes(_) => line.replace("pipe:0: ", ""),
    };
    while let Some(at) = line.find(" @ 0x") {
        let digits = line[at + 5..].find(|c: char| !c.is_ascii_hexdigit());
        line.replace_range(at..digits.map_or(line.len(), |digits| at + 5 + digits), "");
    }
    line.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn complaints_are_without_addresses() {
        let input = Input::Bytes(Arc::from(Vec::new()));
        assert_eq!(
            readable(
                "[aac @ 0x55dcd3a68100] Number of bands (58) exceeds limit (45).",
                &input
            ),
            "[aac] Number of bands (58) exceeds limit (45)."
        );
        assert_eq!(readable("[a @ 0xf] [b @ 0x1", &input), "[a] [b");
    }
}
