//! A worker that is too slow, stands still, or misses now and then: on a clock that counts samples, so that the machine has no say in it.

use std::sync::atomic::Ordering;

use super::*;

/// Samples of a hop at [`RATE`].
const HOP: usize = 256;

/// An instance whose strides take as long as they are told to.
struct Simulated {
    worked: Worked,
    processor: Processor,
    status: Arc<Status>,
    model: Arc<Model>,
    stride_samples: usize,
    /// Samples that came in so far.
    clock: usize,
    /// When the stride in work is done.
    done_at: Option<usize>,
}

impl Simulated {
    fn new(package: &Package, runtime: &Runtime, mode: LatencyMode) -> Self {
        let bender = netbend_models::Bender::new(package, runtime).unwrap();
        let model = Arc::new(Model::for_tests(bender));
        let (worked, processor, status) = apart(&model, mode);
        let shape = StreamShape::new(ModelFormat::default(), RATE, mode).unwrap();
        Self {
            worked,
            processor,
            status,
            model,
            stride_samples: shape.stride_frames * shape.geometry.hop_samples,
            clock: 0,
            done_at: None,
        }
    }

    /// Plays in real time. A stride that is begun at a sample takes `pace` of it times a stride's length; none is begun where that is `None`.
    fn play(&mut self, input: &[f32], pace: impl Fn(usize) -> Option<f32>) -> Vec<f32> {
        let mut output = input.to_vec();
        for block in output.chunks_mut(BLOCK) {
            self.clock += block.len();
            self.processor.live().process(&mut [block], |_| controls(1));
            self.work(&pace);
        }
        output
    }

    fn work(&mut self, pace: &impl Fn(usize) -> Option<f32>) {
        let thread = PoolThread::of_a_test();
        let mut taken = self.model.take_session_set().unwrap();
        let bender = taken.bender().unwrap();
        // As many as are done by now.
        loop {
            let now = Instant::now();
            match self.done_at {
                Some(done_at) if done_at <= self.clock => {
                    decode(&mut [&mut self.worked], bender, &thread);
                    self.worked.finish(0.0, &thread);
                    self.done_at = None;
                }
                Some(_) => return,
                None => {
                    let Some(pace) = pace(self.clock) else {
                        return;
                    };
                    self.worked.collect(now, false, &thread);
                    let due = self.worked.due(now, false).is_some_and(|due| due.is_stride);
                    if !due {
                        return;
                    }
                    if self.worked.prepare(bender, &thread) {
                        let takes = (pace * self.stride_samples as f32) as usize;
                        self.done_at = Some(self.clock + takes);
                    }
                }
            }
        }
    }

    fn misses(&self) -> u64 {
        self.status.misses.load(Ordering::Relaxed)
    }
}

/// By how many samples `heard` lags behind `expected`: where both are most alike.
fn lag(expected: &[f32], heard: &[f32]) -> i32 {
    const FARTHEST: i32 = 600;
    let middle = FARTHEST as usize..expected.len() - FARTHEST as usize;
    let alike = |lag: i32| -> f64 {
        let pairs = middle.clone().map(|n| {
            let heard = heard[(n as i32 + lag) as usize];
            f64::from(expected[n]) * f64::from(heard)
        });
        pairs.sum()
    };
    let best = (-FARTHEST..=FARTHEST).max_by(|a, b| alike(*a).total_cmp(&alike(*b)));
    best.unwrap()
}

fn level(samples: impl Iterator<Item = f32>) -> f64 {
    samples.map(|x| f64::from(x).powi(2)).sum()
}

/// Sound for two seconds, trouble, and twenty more seconds. What is heard against what an undisturbed worker gives.
fn assert_gets_over(mode: LatencyMode, seconds: f32, least_misses: u64, pace: Option<f32>) {
    let (_folder, resources) = resources();
    let runtime = Runtime::load(resources.runtime_folders()).unwrap();
    let package = Package::load(&resources.model("tiny").unwrap()).unwrap();
    let at = |seconds: f32| (seconds * RATE) as usize;
    let sound = input(22.0 + seconds);
    let (from, until) = (at(2.0), at(2.0 + seconds));

    let mut reference = Simulated::new(&package, runtime, mode);
    let expected = reference.play(&sound, |_| Some(0.1));
    assert_eq!(reference.misses(), 0);
    let latency = reference.processor.latency_samples();

    let mut troubled = Simulated::new(&package, runtime, mode);
    let slowed = |clock: usize| {
        if (from..until).contains(&clock) {
            pace
        } else {
            Some(0.1)
        }
    };
    // A stride that was begun in trouble takes as long as that; then all is well again.
    let longest = pace.map_or(0, |pace| (pace * troubled.stride_samples as f32) as usize);
    let well = until + longest + BLOCK;
    let settled = (well + latency).min(sound.len());
    let mut heard = troubled.play(&sound[..settled], slowed);
    let misses = troubled.misses();
    heard.extend(troubled.play(&sound[settled..], slowed));

    let what = format!("{mode:?}, {pace:?} for {seconds} s");
    println!("{what}: {misses} hops missed");
    assert!(misses >= least_misses, "{what}: {misses} misses");
    assert_eq!(
        troubled.misses(),
        misses,
        "{what}: missed after one latency"
    );
    assert!(heard.iter().all(|x| x.is_finite()));

    // What is missed is the aligned input, reached in a straight line over a hop from where the sound stopped: a seam adds no step.
    let apart = |n: usize| heard[n] - sound[n - latency];
    let is_line = |begin: usize| {
        let line = |n: usize| apart(begin - 1) * (1.0 - (n - begin) as f32 / HOP as f32);
        (begin..begin + HOP).all(|n| (apart(n) - line(n)).abs() < 1e-4)
    };
    let hops = (from / HOP..settled / HOP).map(|hop| hop * HOP);
    let lines = hops.filter(|&begin| is_line(begin)).count() as u64;
    println!("{what}: {lines} hops of aligned input");
    assert!(lines * 20 >= misses * 19, "{what}: {lines} of {misses}");

    // Afterwards it is where it was, and bent as it was.
    let tail = settled + latency..sound.len();
    if tail.len() > at(1.0) {
        let (expected, heard) = (&expected[tail.clone()], &heard[tail]);
        assert_eq!(lag(expected, heard), 0, "{what}");
        // Little is bent at first, to save time, and more again every two seconds (`worker::governor`): then as loud as ever.
        let end = expected.len() - at(2.0)..expected.len();
        let db = |sound: &[f32]| 10.0 * level(sound[end.clone()].iter().copied()).log10();
        let louder = db(heard) - db(expected);
        let quality = troubled.status.quality();
        println!("{what}: in the end {louder:.1} dB louder, {quality:?}");
        assert!(louder.abs() < 3.0, "{what}: {louder:.1} dB, {quality:?}");
    }
}

#[test]
fn a_worker_twice_too_slow_is_got_over() {
    assert_gets_over(LatencyMode::Live, 3.0, 100, Some(2.0));
    assert_gets_over(LatencyMode::Studio, 6.0, 100, Some(2.0));
}

#[test]
fn a_worker_ten_times_too_slow_is_got_over() {
    assert_gets_over(LatencyMode::Live, 3.0, 300, Some(10.0));
    assert_gets_over(LatencyMode::Tight, 4.0, 300, Some(10.0));
}

#[test]
fn a_worker_that_stands_still_for_thirty_seconds_is_got_over() {
    assert_gets_over(LatencyMode::Live, 30.0, 5_000, None);
    assert_gets_over(LatencyMode::Studio, 30.0, 5_000, None);
}

/// Every other stride is late, until a thousand hops were missed.
#[test]
fn after_a_thousand_misses_wet_is_where_it_was() {
    let (_folder, resources) = resources();
    let runtime = Runtime::load(resources.runtime_folders()).unwrap();
    let package = Package::load(&resources.model("tiny").unwrap()).unwrap();
    let mode = LatencyMode::Live;
    let sound = input(20.0);
    let mut reference = Simulated::new(&package, runtime, mode);
    let expected = reference.play(&sound, |_| Some(0.1));
    let mut troubled = Simulated::new(&package, runtime, mode);
    let calm = sound.len() - (3.0 * RATE) as usize;
    let stride = troubled.stride_samples;
    let heard = troubled.play(&sound, |clock| {
        let late = clock < calm && (clock / (3 * stride)).is_multiple_of(2);
        Some(if late { 2.5 } else { 0.1 })
    });
    let misses = troubled.misses();
    let tail = sound.len() - (2.0 * RATE) as usize..sound.len();
    println!("{misses} hops missed");
    assert!(misses >= 1_000, "{misses}");
    assert_eq!(lag(&expected[tail.clone()], &heard[tail]), 0);
}
