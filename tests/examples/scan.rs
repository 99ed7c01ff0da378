//! Prints how long a host's scanner waits for the bundle: opening the library, reading the factory and its descriptors, closing it.
//! `cargo run --release -p netbend-tests --example scan`
//!
//! Each scan is a process of its own, as in a host that scans out of process. The first is cold only if the file is in nobody's cache.

use std::process::Command;
use std::time::Instant;

use netbend_tests::built;
use netbend_tests::host::Bundle;

const SCANS: usize = 10;
/// Argument of the processes that scan.
const ONCE: &str = "--once";

fn main() -> Result<(), Box<dyn std::error::Error>> {
    if std::env::args().any(|argument| argument == ONCE) {
        return once();
    }
    for scan in 1..=SCANS {
        let output = Command::new(std::env::current_exe()?).arg(ONCE).output()?;
        let said = String::from_utf8_lossy(&output.stdout);
        print!("scan {scan:2}: {said}");
    }
    Ok(())
}

fn once() -> Result<(), Box<dyn std::error::Error>> {
    let path = built::clap();
    let start = Instant::now();
    let bundle = Bundle::open(&path)?;
    let opened = start.elapsed();
    let descriptors = bundle.descriptors();
    let read = start.elapsed();
    drop(bundle);
    let ms = |time: std::time::Duration| 1e3 * time.as_secs_f64();
    println!(
        "{:.2} ms ({:.2} to open, {:.2} to read {} plugin)",
        ms(start.elapsed()),
        ms(opened),
        ms(read - opened),
        descriptors.len()
    );
    Ok(())
}
