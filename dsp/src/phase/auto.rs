//! The choice of a method, frame by frame. Pool thread; nothing here allocates, locks or panics.
//!
//! What counts is how far the bend moved energy from bin to bin. A frame near its input keeps the
//! input's phases, bit for bit; for one that is far from it Griffin-Lim starts from them. Measured on
//! bends of the shipped model (layers 1 to 4, both voices, four loops): up to a distance of 0.02
//! nothing fits the target better than the input's phases; from 0.04 on, four iterations of
//! Griffin-Lim do, by 1 dB in the difference and by 3 to 4 in the model's voice, and strokes stay where
//! they are. RTPGHI was never better than that; with iterations behind it, it was by 1 dB, and its
//! strokes were off by milliseconds.

use multiversion::multiversion;

use super::PhaseMethod;
use super::safe::usable_or_zero;
use crate::Complex;
use crate::number::nearest_f32;

/// A frame farther than this is far.
const FAR: f32 = 0.03;
/// A frame nearer than this is near; between the two, everything stays as it is.
const NEAR: f32 = 0.015;
/// Frames for which a choice stays at least: 46 ms, the time of two windows.
const HOLD_FRAMES: usize = 8;
/// Nearer than what rounding makes of a bend that does nothing; nothing holds the other method back then.
const UNBENT: f32 = 1e-7;

/// Chooses for one channel, or for linked ones.
#[derive(Debug, Clone)]
pub struct MethodChooser {
    far: bool,
    /// Frames since the last change, up to the hold.
    settled_frames: usize,
}

impl MethodChooser {
    /// A chooser that begins with the input's phases.
    pub fn new() -> Self {
        Self {
            far: false,
            settled_frames: HOLD_FRAMES,
        }
    }

    /// The method for the next frame: [`PhaseMethod::Input`] or [`PhaseMethod::GriffinLim`]. `target` and `input` are as
    /// [`PhaseStage::push`](super::PhaseStage::push) takes them.
    ///
    /// # Real-time safety
    /// Never allocates, locks or panics.
    pub fn choose(&mut self, target: &[Complex<f32>], input: &[f32]) -> PhaseMethod {
        self.choose_linked([(target, input)].into_iter())
    }

    /// As [`choose`](Self::choose), for channels that change method together: all of them as one spectrum.
    ///
    /// # Real-time safety
    /// Never allocates, locks or panics.
    pub fn choose_linked<'a>(
        &mut self,
        channels: impl Iterator<Item = (&'a [Complex<f32>], &'a [f32])>,
    ) -> PhaseMethod {
        let distance = distance_of_channels(channels);
        let settled = self.settled_frames >= HOLD_FRAMES;
        let far = match self.far {
            true => !(distance < UNBENT || settled && distance < NEAR),
            false => settled && distance > FAR,
        };
        self.settled_frames = if far == self.far {
            (self.settled_frames + 1).min(HOLD_FRAMES)
        } else {
            0
        };
        self.far = far;
        if far {
            PhaseMethod::GriffinLim
        } else {
            PhaseMethod::Input
        }
    }

    /// Begins with the input's phases again.
    ///
    /// # Real-time safety
    /// Never allocates, locks or panics.
    pub fn reset(&mut self) {
        *self = Self::new();
    }
}

impl Default for MethodChooser {
    fn default() -> Self {
        Self::new()
    }
}

/// 1 − the cosine of the angle between the magnitudes of a bent frame and of its input, in `[0, 1]`:
/// 0 for any common gain, 1 where no bin is in both. 0 where either is silent, for then there is nothing to compare.
///
/// # Real-time safety
/// Never allocates, locks or panics.
pub fn spectral_distance(target: &[Complex<f32>], input: &[f32]) -> f32 {
    distance_of_channels([(target, input)].into_iter())
}

fn distance_of_channels<'a>(
    channels: impl Iterator<Item = (&'a [Complex<f32>], &'a [f32])>,
) -> f32 {
    let (mut product, mut target_power, mut input_power) = (0.0, 0.0, 0.0);
    for (target, input) in channels {
        let sums = sums(target, input);
        product += sums[0];
        target_power += sums[1];
        input_power += sums[2];
    }
    let both = f64::sqrt(target_power) * f64::sqrt(input_power);
    if both > 0.0 {
        nearest_f32((1.0 - product / both).clamp(0.0, 1.0))
    } else {
        0.0
    }
}

/// Sums over the bins of both: the product of the magnitudes, and their squares. In `f64`, or rounding would look like a bend.
#[multiversion(targets("x86_64+avx2"))]
fn sums(target: &[Complex<f32>], input: &[f32]) -> [f64; 3] {
    /// Bins summed side by side.
    const LANES: usize = 8;
    let bins = target.len().min(input.len());
    let (target, input) = (&target[..bins], &input[..bins]);
    let mut sums = [[0.0; LANES]; 3];
    let mut add = |lane: usize, x: Complex<f32>, magnitude: f32| {
        let bent = f64::from(usable_or_zero(x).norm_sqr().sqrt());
        let magnitude = f64::from(usable_or_zero(Complex::new(magnitude, 0.0)).re);
        sums[0][lane] += bent * magnitude;
        sums[1][lane] += bent * bent;
        sums[2][lane] += magnitude * magnitude;
    };
    let (targets, inputs) = (target.chunks_exact(LANES), input.chunks_exact(LANES));
    let rest = targets.remainder().iter().zip(inputs.remainder());
    for (x, magnitude) in targets.zip(inputs) {
        for lane in 0..LANES {
            add(lane, x[lane], magnitude[lane]);
        }
    }
    for (x, magnitude) in rest {
        add(0, *x, *magnitude);
    }
    sums.map(|lanes| lanes.iter().sum())
}
