//! Ten thousand windows, each bent otherwise than the one before: no session is made anew and no memory piles up.

#![allow(clippy::unwrap_used)] // A failed expectation is a failed test.

mod support;

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use kit::changes;
use netbend::offline::{Controls, EngineState, LatencyMode};
use netbend_dsp::signal::drum_loop_stereo;
use netbend_models::Runtime;
use netbend_usage::resident_bytes;
use support::{RATE, open, tiny_engine};

/// Windows bent.
const WINDOWS: u64 = 10_000;
/// Windows after which every buffer has the size it needs.
const WARM_UP: u64 = 1_000;
/// Layers of the tiny model.
const LAYERS: usize = 2;
/// Bytes that may be under way at the moment of counting: a message to the worker, a command's box.
const SLACK_BYTES: i64 = 4_096;
/// What ONNX Runtime and the allocator may yet take: their pools are not counted, only the process as a whole.
const RESIDENT_SLACK_BYTES: i64 = 16 << 20;

/// The system's allocator, counting what is held.
struct Counting;

static LIVE_BYTES: AtomicI64 = AtomicI64::new(0);

#[global_allocator]
static ALLOCATOR: Counting = Counting;

// SAFETY: every call goes to the system's allocator as it came.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        LIVE_BYTES.fetch_add(layout.size() as i64, Ordering::Relaxed);
        // SAFETY: as the caller promises.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        LIVE_BYTES.fetch_sub(layout.size() as i64, Ordering::Relaxed);
        // SAFETY: as the caller promises.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[test]
fn changing_everything_on_every_window_makes_no_session_and_piles_up_no_memory() {
    let folder = tempfile::tempdir().unwrap();
    let mut instance = open(tiny_engine(folder.path()), LatencyMode::Studio);
    let stride = LatencyMode::Studio.stride_frames() * 256;
    let [input, _] = drum_loop_stereo(RATE, stride as f32 / RATE, 3);
    let (mut left, mut right) = (vec![0.0; stride], vec![0.0; stride]);
    let mut counted = None;
    let sessions = support::sessions_at_rest();
    for window in 0..WINDOWS {
        left[..input.len()].copy_from_slice(&input);
        right[..input.len()].copy_from_slice(&input);
        let change = changes::of_window(window, LAYERS);
        let mut controls = Controls {
            voice: change.voice,
            ..Controls::default()
        };
        controls.slots[..change.bends.len()].copy_from_slice(&change.bends);
        instance
            .processor
            .offline()
            .process(&mut [&mut left, &mut right], |_| controls);
        assert!(
            left.iter().all(|sample| sample.is_finite()),
            "window {window}"
        );
        if window == WARM_UP {
            counted = Some(memory());
        }
    }
    let (bytes, resident) = memory();
    let (bytes_before, resident_before) = counted.unwrap();
    let decoded = instance.status.decoded.load(Ordering::Relaxed);
    println!(
        "{decoded} windows decoded; {:+} bytes since window {WARM_UP}, resident {:+} bytes",
        bytes - bytes_before,
        resident - resident_before
    );
    assert_eq!(instance.status.state(), EngineState::Ready);
    assert!(decoded > 2 * WINDOWS, "only {decoded} windows were decoded");
    assert_eq!(Runtime::sessions_created(), sessions);
    assert!(bytes - bytes_before <= SLACK_BYTES);
    assert!(resident - resident_before <= RESIDENT_SLACK_BYTES);
}

/// Bytes held and bytes resident once the worker has nothing left to do.
fn memory() -> (i64, i64) {
    std::thread::sleep(Duration::from_millis(300));
    (
        LIVE_BYTES.load(Ordering::Relaxed),
        resident_bytes().unwrap_or(0),
    )
}
