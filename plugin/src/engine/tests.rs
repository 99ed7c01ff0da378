//! What only the inside of the engine can be made to do: strides that panic, and batches of several streams.

mod trouble;

use std::time::{Duration, Instant};

use netbend_models::bends::transform::TransformKind;
use netbend_models::{ModelFormat, Package, Runtime};
use prost::Message as _;

use super::stall::ENDLESS;
use super::*;
use crate::processor::Processor;
use crate::stream::controls::Controls;
use crate::stream::latency::LatencyMode;
use crate::threads::pool_thread::PoolThread;
use crate::worker::instance::{Instance as Worked, decode};
use crate::worker::model::Model;
use crate::worker::tests::tiny_model;

const RATE: f32 = 48_000.0;
const BLOCK: usize = 333;

/// The runtime of the bundle, and a folder with the tiny model.
fn resources() -> (tempfile::TempDir, Resources) {
    let bundle = std::env::var_os(crate::resources::VARIABLE).map_or_else(
        || {
            concat!(
                env!("CARGO_MANIFEST_DIR"),
                "/../target/bundled/Netbend.resources"
            )
            .into()
        },
        std::path::PathBuf::from,
    );
    Runtime::load(&[bundle]).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let models = folder.path().join("models");
    std::fs::create_dir(&models).unwrap();
    let mut model = tiny_model::model();
    // In the middle of the scale, where every bend is heard.
    let graph = model.graph.as_mut().unwrap();
    let mut tensors = graph.initializer.iter_mut();
    let bias = tensors.find(|tensor| tensor.name.as_deref() == Some("d2.b"));
    bias.unwrap().raw_data = Some(0.5f32.to_le_bytes().to_vec());
    std::fs::write(models.join("tiny.onnx"), model.encode_to_vec()).unwrap();
    let resources = Resources::at(folder.path());
    (folder, resources)
}

struct Player {
    engine: Engine,
    processor: Processor,
}

fn player(resources: &Resources, mode: LatencyMode) -> Player {
    let status = Arc::new(Status::default());
    let (resources, name) = (resources.clone(), "tiny".to_owned());
    let engine = Engine::spawn(resources, name, Arc::clone(&status), Arc::default());
    assert_eq!(status.wait_until_ready(), Ok(()));
    let shape = StreamShape::new(ModelFormat::default(), RATE, mode).unwrap();
    let exchange = engine.open(shape, 1);
    let (geometry, stride) = (shape.geometry, shape.stride_frames);
    let mut processor = Processor::new(geometry, 1, stride, exchange, status).unwrap();
    processor.reset();
    Player { engine, processor }
}

/// Something that bends, as `number` has it: from one item to three a stride.
fn controls(number: usize) -> Controls {
    let mut controls = Controls {
        voice: 1.0,
        ..Controls::default()
    };
    let slot = &mut controls.slots[0];
    slot.target.layer = 1;
    slot.target.transform = TransformKind::ScalarMultiply;
    slot.parameters[0] = [1.0, 3.0, -2.0, 0.2][number % 4];
    slot.amount = if number == 0 { 0.0 } else { 1.0 };
    controls.weights[0].layer = 3;
    controls.weights[0].share = 1.0;
    controls.weights[0].amount = if number == 3 { 0.4 } else { 0.0 };
    controls
}

fn input(seconds: f32) -> Vec<f32> {
    let [left, _] = netbend_dsp::signal::drum_loop_stereo(RATE, seconds, 3);
    left
}

impl Player {
    fn bounce(&mut self, input: &[f32], controls: Controls) -> Vec<f32> {
        let mut output = input.to_vec();
        for block in output.chunks_mut(BLOCK) {
            self.processor.offline().process(&mut [block], |_| controls);
        }
        self.processor.reset();
        output
    }
}

#[test]
fn a_panic_ends_the_bending_of_its_instance_and_of_no_other() {
    let (_folder, resources) = resources();
    let input = input(1.5);
    let expected = player(&resources, LatencyMode::Live).bounce(&input, controls(2));
    let mut sound = player(&resources, LatencyMode::Live);
    let mut broken = player(&resources, LatencyMode::Live);
    broken.engine.tell(Command::Break);
    std::thread::scope(|scope| {
        let playing = scope.spawn(|| (0..4).all(|_| sound.bounce(&input, controls(2)) == expected));
        broken.bounce(&input, controls(2));
        assert!(playing.join().unwrap());
    });
    let status = broken.engine.status();
    assert_eq!(status.state(), EngineState::Failed);
    assert!(status.text().problem.contains("please report"));
    let dry = broken.bounce(&input, controls(2));
    let latency = broken.processor.latency_samples();
    let pairs = dry[latency..].iter().zip(&input);
    assert!(pairs.into_iter().all(|(a, b)| (a - b).abs() < 1e-6));
    assert_eq!(sound.engine.status().state(), EngineState::Ready);
}

#[test]
fn a_pool_thread_that_panics_ends_the_bending_of_its_instance_and_goes_on() {
    let (_folder, resources) = resources();
    let input = input(1.5);
    let expected = player(&resources, LatencyMode::Live).bounce(&input, controls(2));
    let mut sound = player(&resources, LatencyMode::Live);
    let mut broken = player(&resources, LatencyMode::Live);
    for _ in 0..5 {
        broken.engine.tell(Command::BreakThread);
        std::thread::scope(|scope| {
            let playing = scope.spawn(|| sound.bounce(&input, controls(2)) == expected);
            broken.bounce(&input, controls(2));
            assert!(playing.join().unwrap());
        });
        let status = Arc::clone(broken.engine.status());
        assert_eq!(status.state(), EngineState::Failed);
        assert!(status.text().problem.contains("please report"));
        // Threads, session sets and loader are all there still.
        let shape = StreamShape::new(ModelFormat::default(), RATE, LatencyMode::Live).unwrap();
        let exchange = broken.engine.open(shape, 1);
        let (geometry, stride) = (shape.geometry, shape.stride_frames);
        broken.processor =
            Processor::new(geometry, 1, stride, exchange, Arc::clone(&status)).unwrap();
        broken.processor.reset();
        assert_eq!(status.wait_until_ready(), Ok(()));
        assert!(broken.bounce(&input, controls(2)) == expected);
    }
}

#[test]
fn a_load_that_takes_too_long_is_given_up_and_holds_up_nobody() {
    let (_folder, resources) = resources();
    let input = input(1.0);
    let mut sound = player(&resources, LatencyMode::Live);
    let expected = sound.bounce(&input, controls(2));
    let status = Arc::new(Status::default());
    let (told, model) = (Arc::clone(&status), ENDLESS.to_owned());
    let engine = Engine::spawn(resources.clone(), model, told, Arc::default());
    while status.state() == EngineState::Loading {
        assert!(sound.bounce(&input, controls(2)) == expected);
    }
    let problem = status.text().problem;
    assert!(problem.contains(&format!("`{ENDLESS}`")), "{problem}");
    assert!(problem.contains("took longer than 5 s"), "{problem}");
    // What was given up is still at work.
    let begun = Instant::now();
    engine.set_model("tiny".into());
    while status.state() != EngineState::Ready {
        assert!(
            begun.elapsed() < Duration::from_secs(30),
            "{:?}",
            status.text()
        );
        std::thread::sleep(Duration::from_millis(1));
    }
    println!("the next one is ready after {:?}", begun.elapsed());
}

/// An instance that no pool knows of, and the audio end of its stream.
fn apart(model: &Arc<Model>, mode: LatencyMode) -> (Worked, Processor, Arc<Status>) {
    let status = Arc::new(Status::default());
    let nowhere = Resources::at("nowhere");
    let mut worked = Worked::new(nowhere, "tiny".into(), Arc::clone(&status), Arc::default());
    worked.take_model(Ok(Arc::clone(model)));
    let shape = StreamShape::new(ModelFormat::default(), RATE, mode).unwrap();
    let (geometry, stride) = (shape.geometry, shape.stride_frames);
    let (audio, stream) = exchange::open(shape, 1);
    assert!(worked.open(stream));
    worked.report();
    assert_eq!(status.state(), EngineState::Ready);
    let processor = Processor::new(geometry, 1, stride, audio, Arc::clone(&status)).unwrap();
    (worked, processor, status)
}

/// Four streams of the model at `path`, each with other bends, in batches of `together`: what comes out.
fn in_batches(package: &Package, runtime: &Runtime, together: usize) -> Vec<Vec<f32>> {
    let (mode, thread) = (LatencyMode::Tight, PoolThread::of_a_test());
    let bender = netbend_models::Bender::new(package, runtime).unwrap();
    let model = Arc::new(Model::for_tests(bender));
    let mut streams: Vec<_> = (0..4).map(|_| apart(&model, mode)).collect();
    let input = input(1.0);
    let mut outputs = vec![Vec::new(); streams.len()];
    for block in input.chunks(BLOCK) {
        for (place, (_, processor, _)) in streams.iter_mut().enumerate() {
            let mut block = block.to_vec();
            processor
                .live()
                .process(&mut [&mut block], |_| controls(place));
            outputs[place].extend(block);
        }
        let now = Instant::now();
        for group in streams.chunks_mut(together) {
            let mut taken = model.take_session_set().unwrap();
            let bender = taken.bender().unwrap();
            let mut prepared: Vec<_> = group
                .iter_mut()
                .filter_map(|(worked, ..)| {
                    worked.collect(now, false, &thread);
                    let due = worked.due(now, false).is_some_and(|due| due.is_stride);
                    (due && worked.prepare(bender, &thread)).then_some(worked)
                })
                .collect();
            decode(&mut prepared, bender, &thread);
            drop(taken);
            for worked in prepared {
                worked.finish(0.0, &thread);
            }
        }
    }
    for (worked, _, status) in &mut streams {
        worked.report();
        assert_eq!(status.state(), EngineState::Ready);
    }
    outputs
}

#[test]
fn a_batch_of_several_streams_gives_the_samples_of_each_alone() {
    let (_folder, resources) = resources();
    let runtime = Runtime::load(resources.runtime_folders()).unwrap();
    let tiny = resources.model("tiny").unwrap();
    // The shipped model too, where it is.
    let shipped = Resources::find().model(crate::resources::DEFAULT_MODEL);
    for path in std::iter::once(tiny).chain(shipped) {
        let package = Package::load(&path).unwrap();
        let alone = in_batches(&package, runtime, 1);
        assert!(alone[1] != alone[2]);
        for together in [2, 3, 4] {
            let batched = in_batches(&package, runtime, together);
            for (place, (one, other)) in alone.iter().zip(&batched).enumerate() {
                assert!(
                    one == other,
                    "{}: stream {place} of {together}",
                    path.display()
                );
            }
        }
    }
}

#[test]
fn an_offline_host_is_woken_and_wakes() {
    let (_folder, resources) = resources();
    let mut player = player(&resources, LatencyMode::Live);
    let input = input(4.0);
    player.bounce(&input, controls(2));
    // Idle threads look around every ten milliseconds: a host that waits must not wait for that.
    std::thread::sleep(Duration::from_millis(1_500));
    let begun = Instant::now();
    player.bounce(&input, controls(2));
    let strides = input.len() / (256 * 4);
    let each = begun.elapsed() / strides as u32;
    println!("{each:?} a stride");
    assert!(each < Duration::from_millis(8), "{each:?} a stride");
}
