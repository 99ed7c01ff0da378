//! What nothing here decodes, through `ffmpeg` where that is on the PATH.
//!
//! It is started without a shell, reads the one file and nothing else (no network, no playlists that name other files), and
//! writes samples into a pipe, so that no file is left behind.

use std::io::{Cursor, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::time::Duration;

use crate::audio::Audio;
use crate::error::Error;
use crate::limits::MAX_SAMPLES;
use crate::riff::{self, Riff};

/// It is given up when it has said nothing for so long.
const PATIENCE: Duration = Duration::from_secs(60);
/// Formats that hold their sound themselves: no playlists, no devices, no scripts.
const FORMATS: &str = "aac,ac3,aiff,amr,ape,asf,au,avi,caf,dsf,dts,dtshd,eac3,flac,flv,iff,matroska,webm,mov,mp4,m4a,3gp,3g2,mj2,\
                       mp3,mpc,mpc8,mpeg,mpegts,nistsphere,ogg,oma,rm,shn,sox,tak,tta,voc,w64,wav,wv";
/// Bytes of complaints that are kept.
const MOST_COMPLAINTS: u64 = 4_096;

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
pub(crate) fn read(path: &Path, follows_edits: bool) -> Result<Audio, Error> {
    let mut address = std::ffi::OsString::from("file:");
    address.push(path);
    let mut child = Command::new(program())
        .args(["-nostdin", "-hide_banner", "-v", "error"])
        .args(["-protocol_whitelist", "file", "-format_whitelist", FORMATS])
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
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    let result = collect(&mut child);
    if result.is_err() {
        let _ = child.kill();
    }
    let status = child.wait()?;
    let (bytes, complaints) = result?;
    let complaint = complaints.lines().find(|line| !line.trim().is_empty());
    let complaint = complaint.map(|line| without_address(line, path));
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

/// The caller names the file.
fn without_address(line: &str, path: &Path) -> String {
    let address = format!("file:{}: ", path.display());
    line.replace(&address, "").trim().to_owned()
}
