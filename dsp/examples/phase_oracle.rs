//! Test signals and reconstructed phases in files, so that another implementation can be compared with them:
//!
//! ```console
//! cargo run --release -p netbend-dsp --example phase_oracle -- signal drums|tonal|mix SECONDS SEED OUT.f32
//! cargo run --release -p netbend-dsp --example phase_oracle -- griffin-lim FFT HOP LEN ITERATIONS MAGNITUDES.f32 OUT.f32
//! cargo run --release -p netbend-dsp --example phase_oracle -- rtpghi|rtpghi-causal FFT HOP MAGNITUDES.f32 OUT.f32
//! ```
//!
//! Files hold little-endian `f32` values: signals at 44.1 kHz `[sample]`, magnitudes `[frame, bin]`, where frame `k` begins at the sample
//! `(k + 1)·hop − fft` and silence lies around. Griffin-Lim starts from zero phases and writes the signal `[sample]`; RTPGHI, with one frame of
//! look-ahead or causal, writes spectra `[frame, bin, 2]`, real and imaginary part, phases counted from the frame's first sample.

use std::error::Error;

use ndarray::Array2;
use netbend_dsp::phase::rtpghi::Neighbour;
use netbend_dsp::phase::{Rtpghi, griffin_lim_offline};
use netbend_dsp::{Complex, StftGeometry, signal};

const RATE: f32 = 44_100.0;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["signal", name, seconds, seed, out] => {
            let make = match name {
                "drums" => signal::drum_loop,
                "tonal" => signal::tonal,
                "mix" => signal::mix,
                _ => return Err(format!("{name} is no signal: give drums, tonal or mix").into()),
            };
            write(out, make(RATE, seconds.parse()?, seed.parse()?))
        }
        ["griffin-lim", fft_size, hop, len, iterations, magnitudes, out] => {
            let geometry = geometry(fft_size, hop)?;
            let target = read(magnitudes, geometry)?;
            let (len, iterations) = (len.parse()?, iterations.parse()?);
            write(out, griffin_lim_offline(&target, geometry, len, iterations)?)
        }
        [method @ ("rtpghi" | "rtpghi-causal"), fft_size, hop, magnitudes, out] => {
            let geometry = geometry(fft_size, hop)?;
            let target = read(magnitudes, geometry)?;
            let spectra = rtpghi(&target, geometry, method == "rtpghi-causal")?;
            write(out, spectra.iter().flat_map(|x| [x.re, x.im]))
        }
        _ => Err("see the head of this example for what to give".into()),
    }
}

/// All frames, silence before and after them.
fn rtpghi(
    target: &Array2<Complex<f32>>,
    geometry: StftGeometry,
    causal: bool,
) -> Result<Array2<Complex<f32>>> {
    let mut method = Rtpghi::new(geometry)?;
    let mut previous = vec![Complex::default(); geometry.bins()];
    let mut result = target.clone();
    let frame = |n: usize| match target.outer_iter().nth(n) {
        Some(frame) => frame.to_vec(),
        None => vec![],
    };
    for n in 0..target.nrows() {
        let other = frame(if causal { n.wrapping_sub(2) } else { n + 1 });
        let neighbour = if causal {
            Neighbour::SecondLast(&other)
        } else {
            Neighbour::Next(&other)
        };
        let mut out = vec![Complex::default(); geometry.bins()];
        method.process(&previous, &frame(n), neighbour, &mut out);
        for (to, &x) in result.row_mut(n).iter_mut().zip(&out) {
            *to = x;
        }
        previous = out;
    }
    Ok(result)
}

fn geometry(fft_size: &str, hop: &str) -> Result<StftGeometry> {
    let geometry = StftGeometry {
        fft_size: fft_size.parse()?,
        hop_samples: hop.parse()?,
        sample_rate: RATE,
    };
    geometry.check()?;
    Ok(geometry)
}

fn read(path: &str, geometry: StftGeometry) -> Result<Array2<Complex<f32>>> {
    let bytes = std::fs::read(path)?;
    let (values, rest) = bytes.as_chunks();
    let bins = geometry.bins();
    if !rest.is_empty() || values.len() % bins != 0 {
        return Err(format!("{path} does not hold frames of {bins} magnitudes").into());
    }
    let values = values.iter().map(|&x| Complex::new(f32::from_le_bytes(x), 0.0));
    let frames = values.len() / bins;
    Ok(Array2::from_shape_vec((frames, bins), values.collect())?)
}

fn write(path: &str, values: impl IntoIterator<Item = f32>) -> Result<()> {
    let bytes: Vec<u8> = values.into_iter().flat_map(f32::to_le_bytes).collect();
    Ok(std::fs::write(path, bytes)?)
}
