//! `decode_audio INPUT SAMPLES`: what Netbend makes of an audio file, for the oracles. Writes interleaved little-endian floats
//! and prints rate, channels and samples, then a line for each warning. `decode_audio INPUT OUTPUT FORMAT`: writes it as the
//! command line does.

use std::error::Error;
use std::path::Path;

use netbend_audio_file::{Format, read, write};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (input, output) = match &arguments[..] {
        [input, output, ..] => (Path::new(input), Path::new(output)),
        _ => return Err("expected INPUT and OUTPUT".into()),
    };
    let audio = read(input)?;
    println!(
        "{} {} {}",
        audio.sample_rate,
        audio.channels.len(),
        audio.len()
    );
    if let Some(what) = &audio.through_ffmpeg {
        println!("ffmpeg: {what}");
    }
    for warning in &audio.warnings {
        println!("warning: {warning}");
    }
    if let Some(format) = arguments.get(2) {
        let written = write(&audio, output, format.parse::<Format>()?)?;
        println!("clipped: {}", written.clipped);
        return Ok(());
    }
    let samples =
        (0..audio.len()).flat_map(|n| audio.channels.iter().map(move |channel| channel[n]));
    let bytes: Vec<u8> = samples.flat_map(f32::to_le_bytes).collect();
    Ok(std::fs::write(output, bytes)?)
}
