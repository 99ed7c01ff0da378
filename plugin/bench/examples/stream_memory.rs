//! What a stereo stream allocates in each mode: `stream_memory`.
//!
//! Run with `NETBEND_RESOURCES` set to a folder with ONNX Runtime and `models/drums.onnx`. Counted is what Netbend itself holds (Rust's
//! allocations, whichever thread made them), not what ONNX Runtime does: when the stream has been opened, after 4 s of two bends heard as
//! difference, and after 4 s more in Dual with the model heard and a sidechain, when everything is in use.

#![allow(missing_docs)] // A program.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use anyhow::Result;
use netbend::offline::{
    Controls, DEFAULT_MODEL, Engine, LatencyMode, Processor, StereoMode, StreamShape,
};
use netbend_dsp::signal::drum_loop_stereo;
use netbend_models::ModelFormat;

const RATE: f32 = 44_100.0;

/// Bytes allocated and not yet freed.
static HELD: AtomicI64 = AtomicI64::new(0);

struct Counting;

// SAFETY: everything is done by the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        HELD.fetch_add(layout.size() as i64, Ordering::Relaxed);
        // SAFETY: the caller's promise is passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        HELD.fetch_sub(layout.size() as i64, Ordering::Relaxed);
        // SAFETY: the caller's promise is passed on.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn main() -> Result<()> {
    let mut two = Controls::default();
    for (slot, layer) in two.slots.iter_mut().zip([2, 3]) {
        slot.target.layer = layer;
        slot.amount = 1.0;
    }
    let everything = Controls {
        stereo: StereoMode::Dual,
        voice: 0.5,
        ..two
    };
    let sound = drum_loop_stereo(RATE, 4.0, 3);
    for mode in LatencyMode::ALL {
        let (engine, status) = Engine::ready(DEFAULT_MODEL)?;
        let shape = StreamShape::new(ModelFormat::default(), RATE, mode)?;
        let before = HELD.load(Ordering::Relaxed);
        let exchange = engine.open(shape, 2);
        let (geometry, frames) = (shape.geometry, shape.stride_frames);
        let mut processor = Processor::new(geometry, 2, frames, exchange, Arc::clone(&status))?;
        processor.reset();
        let mut play = |controls: Controls, beside: &[Vec<f32>]| {
            let [mut left, mut right] = sound.clone();
            for (n, (l, r)) in left.chunks_mut(256).zip(right.chunks_mut(256)).enumerate() {
                let beside: Vec<&[f32]> = beside
                    .iter()
                    .map(|channel| channel.get(n * 256..n * 256 + l.len()).unwrap_or(&[]))
                    .collect();
                processor
                    .offline()
                    .process_with_sidechain(&mut [l, r], &beside, |_| controls);
            }
        };
        play(Controls::default(), &[]);
        let opened = HELD.load(Ordering::Relaxed);
        play(two, &[]);
        let bent = HELD.load(Ordering::Relaxed);
        play(everything, &sound);
        let all = HELD.load(Ordering::Relaxed);
        let mb = |to: i64| (to - before) as f64 / 1e6;
        println!(
            "{mode:?}: unbent {:.2} MB, two bends {:.2} MB, everything in use {:.2} MB",
            mb(opened),
            mb(bent),
            mb(all)
        );
    }
    Ok(())
}
