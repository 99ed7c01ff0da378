//! What taking pictures adds to a decode: `watch_cost MODEL.onnx [ROUNDS]`. A stride of 4 frames, clean and bent, decoded with and without a
//! watch in turn; medians of processor time. Needs `NETBEND_RESOURCES`.

#![allow(missing_docs)] // A program.

use std::error::Error;
use std::path::Path;
use std::time::Instant;

use netbend_models::node::activity::{self, Watch};
use netbend_models::node::program::Program;
use netbend_models::{Bender, Package, Runtime};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let path = arguments.next().ok_or("watch_cost MODEL.onnx [ROUNDS]")?;
    let rounds: usize = arguments.next().map_or(Ok(400), |text| text.parse())?;
    let folder = std::env::var("NETBEND_RESOURCES")?;
    let runtime = Runtime::load(&[folder.into()])?;
    let package = Package::load(Path::new(&path))?;
    let mut bender = Bender::new(&package, runtime)?;
    let manifest = bender.manifest().clone();
    let (mut latents, mut windows) = (Vec::new(), Vec::new());
    bender.encode(&vec![0.5; bender.window_len()], &mut latents)?;
    let latents = latents.repeat(2);
    for stride in [4, 16, 64] {
        let first = manifest.last_seen_frame - stride;
        let mut watched = Program::new();
        watched.watch(Watch {
            number: 1,
            item: 1,
            frames: manifest.frames,
            end: manifest.last_seen_frame + 1,
            columns: stride / 4,
            column_frames: 4,
        });
        let mut times = [Vec::new(), Vec::new()];
        for round in 0..2 * rounds {
            let program = if round % 2 == 0 {
                &Program::new()
            } else {
                &watched
            };
            let begun = Instant::now();
            bender.decode_from(first, None, &latents, program, &mut windows)?;
            times[round % 2].push(begun.elapsed().as_secs_f64() * 1e3);
            assert_eq!(activity::take().is_empty(), round % 2 == 0);
        }
        let [without, with] = times.map(|mut times| {
            times.sort_by(f64::total_cmp);
            times[times.len() / 2]
        });
        println!(
            "{stride} frames: {without:.3} ms without, {with:.3} ms with pictures: {:+.1} %",
            100.0 * (with / without - 1.0)
        );
    }
    Ok(())
}
