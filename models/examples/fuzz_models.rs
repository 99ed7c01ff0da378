//! Loads and runs structural mutants of models, each in a child process that may die of it:
//! `cargo run --release -p netbend-models --example fuzz_models -- RESOURCES FROM TO [PROCESSES]`, where the folder RESOURCES holds
//! ONNX Runtime, for the mutants of the seeds from FROM to just before TO. `… RESOURCES one SEED [FILE]` runs one here, and writes it;
//! `… RESOURCES file FILE` runs a file. `… RESOURCES model MINUTES SEED` and `… RESOURCES manifest MINUTES SEED` change bytes of the
//! files in `tests/corpora` instead, for so long; `… corpora` writes those anew.
//!
//! Printed are how many were refused, loaded and ran, and the seeds of those that ended in a signal, in a panic, took longer than
//! 10 s or more memory than 200 MB and ten times their file. The exit code is 1 where there are any. A run is resumed by its seeds.

#![allow(clippy::unwrap_used, clippy::expect_used)] // A failed expectation ends the run, which is what it is for.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, mpsc};
use std::time::{Duration, Instant};

use kit::many_operators::{STEPS, int, of_steps};
use kit::mutants::{Kind, Outcome, mutant, run};
use netbend_models::onnx::proto::ModelProto;
use netbend_models::{ModelError, Package, Runtime};

/// Mutants that one child tries.
const BATCH: u64 = 500;
/// A mutant may take so long, of a processor that others use too.
const LONGEST: Duration = Duration::from_secs(10);
/// A child that says nothing for so long is stopped.
const SILENCE: Duration = Duration::from_secs(120);
/// Memory that a mutant may take beside ten times its file.
const MOST_MB: f64 = 200.0;
/// Address space of a child, so that a mutant cannot take the machine.
const SPACE_KB: u64 = 12_000_000;
/// What mutants are made of where it is not a corpus.
const STRUCTURAL: &str = "structural";
/// Results between two lines of progress.
const PROGRESS: u64 = 2_000;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words[..] {
        ["child", resources, from, to, kind] => {
            child(Path::new(resources), seed(from), seed(to), Kind::of(kind));
        }
        ["corpora"] => corpora(),
        [resources, kind @ ("model" | "manifest"), minutes, first] => {
            let end = Instant::now() + Duration::from_secs(60 * seed(minutes));
            parent(resources, kind, seed(first)..u64::MAX, 1, Some(end));
        }
        [resources, "file", file] => of_file(Path::new(resources), Path::new(file)),
        [resources, "one", number] => one(Path::new(resources), seed(number), None),
        [resources, "one", number, file] => one(Path::new(resources), seed(number), Some(file)),
        [resources, from, to] => {
            parent(resources, STRUCTURAL, seed(from)..seed(to), 1, None);
        }
        [resources, from, to, processes] => {
            let processes = seed(processes).max(1);
            parent(resources, STRUCTURAL, seed(from)..seed(to), processes, None);
        }
        _ => eprintln!("give RESOURCES FROM TO [PROCESSES], or RESOURCES one SEED [FILE]"),
    }
}

fn seed(text: &str) -> u64 {
    text.parse().expect("expected a whole number")
}

fn large() -> Option<ModelProto> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("drums.onnx");
    ModelProto::read(&std::fs::read(path).ok()?).ok()
}

/// Writes the files of the corpora: models through every operator, one that divides by zero, and manifests.
fn corpora() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../tests/corpora");
    let write = |kind: &str, name: &str, content: &[u8]| {
        let folder = folder.join(kind);
        std::fs::create_dir_all(&folder).expect("the folder can be made");
        std::fs::write(folder.join(name), content).expect("the file can be written");
    };
    let steps: Vec<usize> = (0..STEPS).collect();
    for (n, steps) in steps.chunks(6).enumerate() {
        write(
            "model",
            &format!("runs-{n}.onnx"),
            &of_steps(steps).to_bytes(),
        );
    }
    let mut model = of_steps(&[33]);
    let nodes = model
        .graph
        .as_mut()
        .map(|graph| &mut graph.node)
        .expect("it has a graph");
    for node in nodes
        .iter_mut()
        .filter(|node| node.op_type.as_deref() == Some("ConvTranspose"))
    {
        node.attribute = vec![int("group", 0)];
    }
    write("model", "refused-group-0.onnx", &model.to_bytes());
    let text = of_steps(&[])
        .metadata_props
        .remove(0)
        .value
        .expect("it has a manifest");
    write("model-manifest", "runs-short.json", text.as_bytes());
    let mut manifest: serde_json::Value = serde_json::from_str(&text).expect("it is JSON");
    manifest["last_seen_bin"] = 3.into();
    manifest["level"] = serde_json::json!({"kind": "none"});
    manifest["latent_prior"] = serde_json::json!({"mean": [0, 0.5, -1, 2], "std": [1, 1, 0.5, 0]});
    manifest["layers"][0]["deviation"] = 0.7.into();
    manifest["parts"] = serde_json::json!([{"name": "kick", "layers": [{"layer": 1, "features": [0]}]},
        {"name": "hats", "layers": [{"layer": 1, "features": [1]}, {"layer": 2, "features": [0]}]}]);
    manifest["licence"] = "CC0-1.0".into();
    manifest["training"] = serde_json::json!({"seed": 7, "data": ["a", {"b": null}]});
    let cluster = |name: &str| {
        serde_json::json!({"name": name, "change_rms_db": 3.0, "level_db": -1.0, "onset_db": 0.5, "sustain_db": -2.0,
            "tail_db": 0.0, "bands_db": [0, 0, -3, 0, 1, 0]})
    };
    manifest["clusters"][0]["description"] = serde_json::json!({"windows": 9,
        "clusters": [cluster("low body"), cluster("air")], "differences_db": [[0, 4], [4, 0]]});
    write(
        "model-manifest",
        "runs-long.json",
        manifest.to_string().as_bytes(),
    );
    manifest["decibels"]["ceiling_db"] = 1e39.into();
    write(
        "model-manifest",
        "refused-infinite.json",
        manifest.to_string().as_bytes(),
    );
}

fn of_file(resources: &Path, file: &Path) {
    let runtime = Runtime::load(&[resources.to_owned()]).expect("there is ONNX Runtime");
    let (start, before) = (Instant::now(), resident_mb());
    let outcome = run(Package::load(file), runtime);
    println!(
        "{:.3} s, {:.0} MB more at most: {outcome:?}",
        start.elapsed().as_secs_f64(),
        most_resident_mb() - before
    );
}

fn one(resources: &Path, seed: u64, file: Option<&str>) {
    let mutant = mutant(seed, large().as_ref());
    if let Some(file) = file {
        std::fs::write(file, &mutant.bytes).expect("the file can be written");
    }
    let runtime = Runtime::load(&[resources.to_owned()]).expect("there is ONNX Runtime");
    let (start, before) = (Instant::now(), resident_mb());
    let outcome = mutant.run(runtime);
    println!(
        "{} bytes, {:.3} s, {:.0} MB more at most: {outcome:?}",
        mutant.bytes.len(),
        start.elapsed().as_secs_f64(),
        most_resident_mb() - before
    );
}

/// Says of each mutant that it begins, and what became of it: `kind milliseconds megabytes bytes
/// message`.
fn child(resources: &Path, from: u64, to: u64, kind: Option<Kind>) {
    std::panic::set_hook(Box::new(|_| {}));
    let runtime = Runtime::load(&[resources.to_owned()]).expect("there is ONNX Runtime");
    let large = large();
    let corpus = kind.map(|kind| (kind, kind.corpus()));
    let out = std::io::stdout();
    for seed in from..to {
        let mutant = match &corpus {
            Some((kind, files)) => kind.mutant(files, seed),
            None => mutant(seed, large.as_ref()),
        };
        let _ = writeln!(out.lock(), "begin {seed}");
        // The highest mark of the process so far, forgotten.
        let _ = std::fs::write("/proc/self/clear_refs", "5");
        let (start, before) = (processor_time(), resident_mb());
        let outcome = catch_unwind(AssertUnwindSafe(|| mutant.run(runtime)));
        let taken = (most_resident_mb() - before).max(0.0);
        let must_run = mutant.whole && !matches!(outcome, Ok(Outcome::Ran));
        let (kind, message) = match outcome {
            Ok(Outcome::Refused(error)) => ("refused", error.to_string()),
            Ok(Outcome::Unloadable(ModelError::Stopped(cause))) => ("stopped", cause),
            Ok(Outcome::Unloadable(error)) => ("unloadable", error.to_string()),
            Ok(Outcome::Failed(error)) => ("failed", error.to_string()),
            Ok(Outcome::Ran) => ("ran", String::new()),
            Err(panic) => {
                let text = panic.downcast_ref::<String>().cloned();
                ("panic", text.unwrap_or_else(|| "?".into()))
            }
        };
        let kind = if must_run { "refused-whole" } else { kind };
        let message: String = message
            .chars()
            .map(|c| if c.is_control() { ' ' } else { c })
            .take(240)
            .collect();
        let _ = writeln!(
            out.lock(),
            "end {kind} {} {taken:.0} {} {message}",
            processor_time().saturating_sub(start).as_millis(),
            mutant.bytes.len()
        );
    }
}

#[derive(Default)]
struct Figures {
    kinds: BTreeMap<String, u64>,
    /// What must not be: seed and what happened.
    bad: Vec<(u64, String)>,
    slowest: (u64, u64),
    largest: (u64, f64),
    done: u64,
}

fn parent(resources: &str, kind: &str, seeds: Range<u64>, processes: u64, until: Option<Instant>) {
    let to = seeds.end;
    let (next, figures) = (AtomicU64::new(seeds.start), Mutex::new(Figures::default()));
    let start = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..processes {
            scope.spawn(|| {
                loop {
                    let first = next.fetch_add(BATCH, Ordering::Relaxed);
                    if first >= to || until.is_some_and(|until| Instant::now() > until) {
                        break;
                    }
                    let end = first.saturating_add(BATCH).min(to);
                    let mut at = first;
                    while at < end {
                        at = batch(resources, kind, at..end, &figures, start);
                    }
                }
            });
        }
    });
    let figures = figures.into_inner().unwrap();
    report(&figures, start);
    std::process::exit(i32::from(!figures.bad.is_empty()));
}

/// One child, from `from` on. The seed to go on from.
fn batch(
    resources: &str,
    kind: &str,
    seeds: Range<u64>,
    figures: &Mutex<Figures>,
    start: Instant,
) -> u64 {
    let Range {
        start: from,
        end: to,
    } = seeds;
    let own = std::env::current_exe().expect("this program has a path");
    let limited = format!("ulimit -v {SPACE_KB}; exec \"$0\" child \"$1\" {from} {to} {kind}");
    let mut child = Command::new("sh")
        .args(["-c", &limited])
        .arg(own)
        .arg(resources)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("a child can be started");
    let (sender, lines) = mpsc::channel();
    let out = child.stdout.take().expect("it was asked for");
    let reader = std::thread::spawn(move || {
        for line in BufReader::new(out).lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                break;
            }
        }
    });
    let mut begun = from;
    let mut ended = from;
    let mut silent = false;
    loop {
        match lines.recv_timeout(SILENCE) {
            Ok(line) => {
                if let Some(seed) = line.strip_prefix("begin ") {
                    begun = seed.parse().unwrap_or(begun);
                } else if let Some(result) = line.strip_prefix("end ") {
                    ended = begun + 1;
                    take(begun, result, figures, start);
                }
            }
            Err(mpsc::RecvTimeoutError::Timeout) => {
                silent = true;
                let _ = child.kill();
                break;
            }
            Err(mpsc::RecvTimeoutError::Disconnected) => break,
        }
    }
    let status = child.wait().expect("it was started");
    let _ = reader.join();
    if ended >= to {
        return to;
    }
    let what = match silent {
        true => format!("silent for {} s", SILENCE.as_secs()),
        false => format!("{status}"),
    };
    println!("BAD {begun}: {what}");
    let mut figures = figures.lock().unwrap();
    figures.bad.push((begun, what));
    figures.done += 1;
    begun + 1
}

fn take(seed: u64, result: &str, figures: &Mutex<Figures>, start: Instant) {
    let mut words = result.splitn(5, ' ');
    let kind = words.next().unwrap_or("?").to_owned();
    let millis: u64 = words.next().and_then(|w| w.parse().ok()).unwrap_or(0);
    let megabytes: f64 = words.next().and_then(|w| w.parse().ok()).unwrap_or(0.0);
    let bytes: f64 = words.next().and_then(|w| w.parse().ok()).unwrap_or(0.0);
    let message = words.next().unwrap_or("");
    let mut figures = figures.lock().unwrap();
    let mut bad = |what: String| {
        println!("BAD {seed}: {what}");
        figures.bad.push((seed, what));
    };
    if kind == "panic" || kind == "refused-whole" {
        bad(format!("{kind}: {message}"));
    }
    if millis > LONGEST.as_millis() as u64 {
        bad(format!("{millis} ms"));
    }
    if megabytes > MOST_MB + bytes * 10e-6 {
        bad(format!(
            "{megabytes} MB of a file of {bytes} bytes ({kind})"
        ));
    }
    if kind == "stopped" {
        println!("stopped {seed}: {message}");
    }
    *figures.kinds.entry(kind).or_default() += 1;
    figures.slowest = figures.slowest.max((millis, seed));
    if megabytes > figures.largest.1 {
        figures.largest = (seed, megabytes);
    }
    figures.done += 1;
    if figures.done.is_multiple_of(PROGRESS) {
        report(&figures, start);
    }
}

fn report(figures: &Figures, start: Instant) {
    println!(
        "{} mutants in {:.0} s: {:?}; slowest {} ms (seed {}), most memory {:.0} MB (seed {}); {} bad",
        figures.done,
        start.elapsed().as_secs_f64(),
        figures.kinds,
        figures.slowest.0,
        figures.slowest.1,
        figures.largest.1,
        figures.largest.0,
        figures.bad.len()
    );
}

/// How long this process has been computing.
fn processor_time() -> Duration {
    netbend_usage::process_time().unwrap_or_default()
}

/// Megabytes of this process in memory.
fn resident_mb() -> f64 {
    netbend_usage::resident_bytes().map_or(0.0, |bytes| bytes as f64 / 1e6)
}

/// The most megabytes of this process that have been in memory.
fn most_resident_mb() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM"));
    let kibibytes = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<f64>().ok());
    kibibytes.unwrap_or(0.0) * 1.024e-3
}
