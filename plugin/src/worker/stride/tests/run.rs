//! A decoder that plays frame after frame.

use netbend_models::Bender;

use crate::stream::controls::Controls;
use crate::stream::latency::LatencyMode;
use crate::threads::pool_thread::PoolThread;
use crate::worker::batches::{FixedBends, run};
use crate::worker::stride::{Emitting, StrideDecoder, Wants as _};

/// Plays `frames` frames, of which `frame` gives magnitudes and controls by number, and shows each that is emitted.
pub(super) fn play(
    bender: &mut Bender,
    mode: LatencyMode,
    frames: usize,
    frame: impl Fn(usize) -> (Vec<f32>, Controls),
    mut emitted: impl FnMut(&Emitting),
) {
    let (stride, overlap) = (mode.stride_frames(), mode.overlap_frames());
    let mut decoder = StrideDecoder::new(bender, stride, overlap, 256.0 / 44_100.0).unwrap();
    let mut pending = Vec::new();
    for index in 0..frames {
        let (magnitudes, controls) = frame(index);
        let state = decoder.push(index as i64, &magnitudes, &controls);
        pending.push((controls, state));
        if (index + 1).is_multiple_of(stride) {
            let moments = pending.iter().map(|(controls, state)| (controls, *state));
            let mut prepared = decoder
                .prepare(index as i64, moments, &FixedBends::default(), bender)
                .unwrap();
            let mut wanted: Vec<_> = prepared.wanted().collect();
            run(&mut wanted, bender, &PoolThread::of_a_test()).unwrap();
            let mut emitting = prepared.complete();
            for _ in pending.drain(..pending.len() - overlap) {
                emitting.next_frame();
                emitted(&emitting);
            }
            decoder = emitting.end().complete();
        }
    }
}

/// Magnitudes of frame `index`: strokes that die away, over a spectrum with structure.
pub(super) fn magnitudes(index: usize) -> Vec<f32> {
    let stroke = (-((index % 31) as f32) / 9.0).exp();
    let bin = |bin: usize| {
        let wave = ((bin * 37 + index * 11) % 101) as f32 / 101.0;
        0.3 * stroke * (0.1 + wave) / (1.0 + bin as f32 / 60.0)
    };
    (0..513).map(bin).collect()
}
