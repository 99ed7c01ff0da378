//! What the phase tests share: geometries, modified targets, ways to run a method.

use ndarray::Array2;
use netbend_dsp::metrics::{OnsetLag, detect_onsets, onset_lag, spectral_convergence_of_signal_db};
use netbend_dsp::phase::griffin_lim::Start;
use netbend_dsp::phase::rtpghi::Neighbour;
use netbend_dsp::phase::{GriffinLim, PhaseMethod, PhaseSettings, PhaseStage, Rtpghi};
use netbend_dsp::spectrogram::{analyze, magnitudes, synthesize};
use netbend_dsp::{Complex, StftGeometry, signal};

pub const RATE: f32 = 44_100.0;
pub const GEOMETRIES: [StftGeometry; 2] = [geometry(1_024, 256), geometry(2_048, 512)];

pub const fn geometry(fft_size: usize, hop_samples: usize) -> StftGeometry {
    StftGeometry {
        fft_size,
        hop_samples,
        sample_rate: RATE,
    }
}

pub type Spectra = Array2<Complex<f32>>;

/// Runs spectra through a stage and takes its delay out again.
pub fn stream(
    target: &Spectra,
    geometry: StftGeometry,
    method: PhaseMethod,
    iterations: usize,
) -> Spectra {
    stream_switching(target, geometry, iterations, |_| method)
}

pub fn stream_switching(
    target: &Spectra,
    geometry: StftGeometry,
    iterations: usize,
    method: impl Fn(usize) -> PhaseMethod,
) -> Spectra {
    let mut stage = PhaseStage::new(geometry, 1).unwrap();
    let mut out = vec![Complex::default(); geometry.bins()];
    let mut result = target.clone();
    for frame in 0..=target.nrows() {
        let settings = PhaseSettings {
            method: method(frame),
            iterations,
            ..PhaseSettings::default()
        };
        let pushed = if frame < target.nrows() {
            target.row(frame).to_vec()
        } else {
            vec![]
        };
        let magnitudes: Vec<f32> = pushed.iter().map(|x| x.norm()).collect();
        stage.push(&pushed, &magnitudes, settings);
        assert!(stage.pop(&mut out));
        if let Some(before) = frame.checked_sub(1) {
            result
                .row_mut(before)
                .iter_mut()
                .zip(&out)
                .for_each(|(to, &x)| *to = x);
        }
    }
    result
}

pub fn convergence_db(spectra: &Spectra, target: &Spectra, geometry: StftGeometry, len: usize) -> f64 {
    let signal = synthesize(spectra, geometry, len).unwrap();
    spectral_convergence_of_signal_db(&signal, &magnitudes(target), geometry).unwrap()
}

/// A smooth random gain of 6 dB standard deviation: a random grid, read bilinearly.
pub fn smooth_gain(spectra: &Spectra, seed: u64) -> Spectra {
    const BINS_PER_POINT: f64 = 12.0;
    const FRAMES_PER_POINT: f64 = 4.0;
    let mut random = signal::Random::new(seed);
    let size = (
        (spectra.nrows() as f64 / FRAMES_PER_POINT) as usize + 2,
        (spectra.ncols() as f64 / BINS_PER_POINT) as usize + 2,
    );
    // The sum of twelve uniform numbers is near a normal one; 9 dB remain 6 dB after smoothing.
    let grid = Array2::from_shape_fn(size, |_| {
        9.0 * ((0..12).map(|_| random.unit()).sum::<f64>() - 6.0)
    });
    Array2::from_shape_fn(spectra.dim(), |(frame, bin)| {
        let (f, b) = (frame as f64 / FRAMES_PER_POINT, bin as f64 / BINS_PER_POINT);
        let (f0, b0) = (f as usize, b as usize);
        let (u, v) = (f - f0 as f64, b - b0 as f64);
        let gain_db = (1.0 - u) * ((1.0 - v) * grid[[f0, b0]] + v * grid[[f0, b0 + 1]])
            + u * ((1.0 - v) * grid[[f0 + 1, b0]] + v * grid[[f0 + 1, b0 + 1]]);
        spectra[[frame, bin]] * 10_f64.powf(gain_db / 20.0) as f32
    })
}

/// Magnitudes moved up by six bins, phases left where they were.
pub fn shifted(spectra: &Spectra) -> Spectra {
    Array2::from_shape_fn(spectra.dim(), |(frame, bin)| {
        let magnitude = bin
            .checked_sub(6)
            .map_or(0.0, |from| spectra[[frame, from]].norm());
        Complex::from_polar(magnitude, spectra[[frame, bin]].arg())
    })
}

pub fn lag_of(spectra: &Spectra, input: &[f32], geometry: StftGeometry) -> OnsetLag {
    onset_lag(
        input,
        &synthesize(spectra, geometry, input.len()).unwrap(),
        RATE,
    )
}


/// The spectra of a signal without their phases.
pub fn without_phases(spectra: &Spectra) -> Spectra {
    spectra.mapv(|x| Complex::new(x.norm(), 0.0))
}

/// Frames of a target, silent before its start and behind its end.
fn frame(target: &Spectra, n: isize) -> Vec<Complex<f32>> {
    match usize::try_from(n) {
        Ok(n) if n < target.nrows() => target.row(n).to_vec(),
        _ => vec![],
    }
}

fn set(result: &mut Spectra, n: usize, frame: &[Complex<f32>]) {
    result.row_mut(n).iter_mut().zip(frame).for_each(|(to, &x)| *to = x);
}

/// RTPGHI of magnitudes alone, with a frame of look-ahead or causal.
pub fn rtpghi(target: &Spectra, geometry: StftGeometry, causal: bool) -> Spectra {
    let target = without_phases(target);
    let mut method = Rtpghi::new(geometry).unwrap();
    let mut result = target.clone();
    let mut previous = vec![Complex::default(); geometry.bins()];
    let mut out = previous.clone();
    for n in 0..target.nrows() {
        let other = frame(&target, if causal { n as isize - 2 } else { n as isize + 1 });
        let neighbour = if causal { Neighbour::SecondLast(&other) } else { Neighbour::Next(&other) };
        method.process(&previous, &frame(&target, n as isize), neighbour, &mut out);
        set(&mut result, n, &out);
        previous.copy_from_slice(&out);
    }
    result
}

/// Streaming Griffin-Lim with as many frames of look-ahead as asked for.
pub fn griffin_lim(target: &Spectra, geometry: StftGeometry, ahead: usize, iterations: usize, start: Start) -> Spectra {
    let mut method = GriffinLim::new(geometry).unwrap();
    method.set_iterations(iterations);
    method.set_start(start);
    let mut result = target.clone();
    let mut out = vec![Complex::default(); geometry.bins()];
    for n in 0..target.nrows() {
        let targets: Vec<_> = (0..=ahead).map(|k| frame(target, (n + k) as isize)).collect();
        method.process(targets.iter().map(|x| &x[..]), &mut out);
        set(&mut result, n, &out);
    }
    result
}

/// Power that was not there before, in the 20 to 1 ms ahead of an onset, over the onset's own first 20 ms, in dB; the mean over
/// all onsets of `input`.
pub fn pre_echo_db(input: &[f32], output: &[f32]) -> f64 {
    let samples = |ms: f32| (ms * 1e-3 * RATE) as usize;
    let power = |x: &[f32], from: usize, to: usize| -> f64 {
        let to = to.min(x.len());
        x[from.min(to)..to].iter().map(|&x| f64::from(x * x)).sum()
    };
    let (mut added, mut strokes) = (0.0, 0.0);
    for onset in detect_onsets(input, RATE) {
        let (from, to) = (onset.saturating_sub(samples(20.0)), onset.saturating_sub(samples(1.0)));
        added += (power(output, from, to) - power(input, from, to)).max(0.0);
        strokes += power(input, onset, onset + samples(20.0));
    }
    10.0 * (added / strokes).max(1e-12).log10()
}
