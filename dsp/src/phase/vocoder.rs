//! Phase vocoder: the input's phase gradients, integrated along the bent magnitudes. Pool thread.
//!
//! Source: Z. Průša, N. Holighaus, "Phase vocoder done right", EUSIPCO 2017, without its change of tempo: analysis and synthesis
//! hop are one. Both gradients are centred differences of the input's phases, taken as the nearest to what a
//! component in the middle of its bin and of the frame would have; the heap integrates them (algorithm 1). No peaks are picked.

use std::f32::consts::{PI, TAU};

use multiversion::multiversion;

use super::heap::{Field, HeapIntegrator};
use super::safe::{read_angles, read_magnitudes, usable_or_zero, with_phase};
use crate::elementary::principal;
use crate::number::nearest_f32;
use crate::{Complex, DspError, StftGeometry};

/// Frames of the input's phases around one: the two before it, itself and the one after it.
pub const CONTEXT_FRAMES: usize = 4;

/// The method for one channel. It takes over from any other; what it knows of the input's phases it keeps from frame to frame.
pub struct Vocoder {
    integrator: HeapIntegrator,
    /// Whether it wrote the frame before: then the angles below are that frame's.
    continues: bool,
    /// Magnitudes of the frame before and of this one.
    magnitudes: [Vec<f32>; 2],
    previous_phase: Vec<f32>,
    /// The input's phases around this frame.
    input: [InputPhases; CONTEXT_FRAMES],
    /// How far a component in the middle of its bin turns in a hop.
    nominal: Vec<f32>,
    advance: Vec<f32>,
    slope: Vec<f32>,
    phase: Vec<f32>,
}

/// One frame's phases of the input.
struct InputPhases {
    angles: Vec<f32>,
    /// Where there is one, and none in silence: 1 or 0.
    known: Vec<f32>,
    /// How much farther than nominal each has turned since the frame before; 0 where either is not known.
    turned: Vec<f32>,
}

impl Vocoder {
    /// The method for frames of a geometry.
    ///
    /// # Errors
    /// See [`StftGeometry::check`].
    pub fn new(geometry: StftGeometry) -> Result<Self, DspError> {
        geometry.check()?;
        let bins = geometry.bins();
        let zeros = || vec![0.0; bins];
        let (hop, len) = (geometry.hop_samples, geometry.fft_size);
        let nominal = (0..bins).map(|bin| TAU * nearest_f32((bin * hop) % len) / nearest_f32(len));
        Ok(Self {
            integrator: HeapIntegrator::new(bins),
            continues: false,
            magnitudes: std::array::from_fn(|_| zeros()),
            previous_phase: zeros(),
            input: std::array::from_fn(|_| InputPhases {
                angles: zeros(),
                known: zeros(),
                turned: zeros(),
            }),
            nominal: nominal.collect(),
            advance: zeros(),
            slope: zeros(),
            phase: zeros(),
        })
    }

    /// Writes the magnitudes of the third of `targets` (two frames before it, itself, the next; bent magnitudes with the input's
    /// phases), going on from `previous`, the frame written last. The call before must have been for the frame before, or
    /// [`interrupt`](Self::interrupt) between the two. Bins that are not finite or beyond a slice's end are zero, and
    /// a zero has no phase: its neighbours are taken to be as far apart as components in the middle of their bins.
    ///
    /// # Real-time safety
    /// Never allocates, locks or panics.
    pub fn process(
        &mut self,
        previous: &[Complex<f32>],
        targets: [&[Complex<f32>]; CONTEXT_FRAMES],
        out: &mut [Complex<f32>],
    ) {
        read_magnitudes(previous, &mut self.magnitudes[0]);
        read_magnitudes(targets[2], &mut self.magnitudes[1]);
        read_angles(previous, &mut self.previous_phase);
        let new = if std::mem::replace(&mut self.continues, true) {
            self.input.rotate_left(1);
            CONTEXT_FRAMES - 1
        } else {
            0
        };
        for n in new..CONTEXT_FRAMES {
            let (before, own) = self.input.split_at_mut(n);
            if let Some(own) = own.first_mut() {
                own.read(targets[n], before.last(), &self.nominal);
            }
        }
        let [_, first, own, last] = &self.input;
        set_advance(
            &self.nominal,
            [&first.turned, &own.turned, &last.turned],
            &mut self.advance,
        );
        set_slope(&own.angles, &own.known, &mut self.slope);
        let field = Field {
            previous: &self.magnitudes[0],
            magnitude: &self.magnitudes[1],
            previous_phase: &self.previous_phase,
            advance: &self.advance,
            slope: &self.slope,
        };
        let start = |bin: usize| own.angles[bin];
        self.integrator.integrate(&field, start, &mut self.phase);
        with_phase(&self.magnitudes[1], &self.phase, out);
    }

    /// Another method wrote a frame, or frames were lost: what comes next is read anew.
    ///
    /// # Real-time safety
    /// Never allocates, locks or panics.
    pub fn interrupt(&mut self) {
        self.continues = false;
    }

    /// Starts anew.
    ///
    /// # Real-time safety
    /// Never allocates, locks or panics.
    pub fn reset(&mut self) {
        self.interrupt();
        self.integrator.reset();
    }
}

impl InputPhases {
    /// Reads a frame that follows the one of `before`.
    fn read(&mut self, target: &[Complex<f32>], before: Option<&Self>, nominal: &[f32]) {
        read_angles(target, &mut self.angles);
        let given = target.len().min(self.known.len());
        for (known, x) in self.known.iter_mut().zip(target) {
            let silent = usable_or_zero(*x) == Complex::default();
            *known = if silent { 0.0 } else { 1.0 };
        }
        self.known[given..].fill(0.0);
        if let Some(before) = before {
            self.set_turned(before, nominal);
        }
    }

    fn set_turned(&mut self, before: &Self, nominal: &[f32]) {
        turned(
            [&before.angles, &self.angles],
            [&before.known, &self.known],
            nominal,
            &mut self.turned,
        );
    }
}

/// How much farther than nominal the angles turned from one frame to the next, in ±π.
#[multiversion(targets("x86_64+avx2"))]
fn turned(angles: [&[f32]; 2], known: [&[f32]; 2], nominal: &[f32], turned: &mut [f32]) {
    let known = known[0].iter().zip(known[1]);
    let angles = angles[0].iter().zip(angles[1]).zip(nominal);
    for ((turned, ((before, own), nominal)), (first, second)) in
        turned.iter_mut().zip(angles).zip(known)
    {
        *turned = first * second * principal(own - before - nominal);
    }
}

/// The mean of the centred differences at the frame before and at this one.
#[multiversion(targets("x86_64+avx2"))]
fn set_advance(nominal: &[f32], turned: [&[f32]; 3], advance: &mut [f32]) {
    let turned = turned[0].iter().zip(turned[1]).zip(turned[2]);
    for ((advance, nominal), ((a, b), c)) in advance.iter_mut().zip(nominal).zip(turned) {
        *advance = nominal + 0.25 * (a + 2.0 * b + c);
    }
}

/// The centred difference over frequency; one-sided at the ends.
fn set_slope(angles: &[f32], known: &[f32], slope: &mut [f32]) {
    // A component in the middle of the frame falls by half a turn a bin.
    let step =
        |bin: usize| known[bin] * known[bin + 1] * principal(angles[bin + 1] - angles[bin] + PI);
    let top = slope.len() - 1;
    let mut below = step(0);
    for (bin, slope) in slope.iter_mut().enumerate() {
        let above = step(bin.min(top - 1));
        *slope = 0.5 * (below + above) - PI;
        below = above;
    }
}
