//! Prints how long a host waits for a project with several instances: `cargo run --release -p netbend-tests --example project -- [INSTANCES]`
//! (8 where none are named). Instances are created, get their states and are activated as a host does; the project is open when each has
//! given its first bent sample. It plays offline, where an instance waits for its model rather than passing audio dry.
//!
//! The states are made by a process of their own, so that nothing is loaded before.

mod support;

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use netbend_dsp::signal::drum_loop_stereo;
use netbend_tests::built;
use netbend_tests::host::{Bundle, Plugin};

const RATE: u32 = 48_000;
const BLOCK: usize = 512;
const MODE: &str = "Tight";
/// Argument of the process that makes the states.
const STATES: &str = "--states";

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

fn main() -> Outcome<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [_, folder, instances] = &arguments[..] {
        return write_states(Path::new(folder), instances.parse()?);
    }
    let instances: usize = arguments.first().map_or(Ok(8), |count| count.parse())?;
    let folder = tempfile::tempdir()?;
    let made = Command::new(std::env::current_exe()?)
        .arg(STATES)
        .arg(folder.path())
        .arg(instances.to_string())
        .status()?;
    assert!(made.success(), "the states could not be made");
    let states: Vec<Vec<u8>> = (0..instances)
        .map(|instance| std::fs::read(folder.path().join(instance.to_string())))
        .collect::<Result<_, _>>()?;
    let before_mb = support::resident_mb();

    let start = Instant::now();
    let seconds = || start.elapsed().as_secs_f64();
    let bundle = Bundle::open(&built::clap())?;
    let mut plugins = Vec::new();
    for _ in &states {
        plugins.push(bundle.create(built::CLAP_ID)?);
    }
    println!("created after {:.3} s", seconds());
    for (plugin, state) in plugins.iter_mut().zip(&states) {
        plugin.load(state)?;
    }
    println!("states loaded after {:.3} s", seconds());
    for plugin in &mut plugins {
        plugin.set_offline(true)?;
        plugin.activate(f64::from(RATE), BLOCK as u32)?;
    }
    println!("activated after {:.3} s", seconds());
    for (index, plugin) in plugins.iter_mut().enumerate() {
        play_until_bent(plugin)?;
        println!("instance {} bends after {:.3} s", index + 1, seconds());
    }
    println!(
        "{instances} instances open in {:.3} s, {:+.0} MB",
        seconds(),
        support::resident_mb() - before_mb
    );
    Ok(())
}

fn write_states(folder: &Path, instances: usize) -> Outcome<()> {
    let bundle = Bundle::open(&built::clap())?;
    for instance in 0..instances {
        let mut plugin = bundle.create(built::CLAP_ID)?;
        support::bend(&mut plugin, instance, MODE)?;
        std::fs::write(folder.join(instance.to_string()), plugin.save()?)?;
    }
    Ok(())
}

/// Plays until something comes out that is not the aligned input.
fn play_until_bent(plugin: &mut Plugin) -> Outcome<()> {
    let latency = plugin.latency()?;
    let dry = drum_loop_stereo(RATE as f32, 2.0, 3);
    let [mut left, mut right] = [[0.0; BLOCK]; 2];
    for start in (0..dry[0].len() - BLOCK).step_by(BLOCK) {
        let input = [0, 1].map(|channel| &dry[channel][start..start + BLOCK]);
        plugin.process(&input, &mut [&mut left, &mut right], &[])?;
        plugin.pump()?;
        let bent = (0..BLOCK).any(|n| {
            let at = (start + n).checked_sub(latency);
            at.is_some_and(|at| left[n] != dry[0][at])
        });
        if bent {
            return Ok(());
        }
    }
    Err("it never bends".into())
}
