//! Opens and closes many instances of both formats of the built plugin and prints what is left of them, and how long a closing took at most:
//! `lifecycle [INSTANCES]`. One instance stays, as in a session that plays on.

use std::time::{Duration, Instant};

use netbend_tests::callbacks::Callable;
use netbend_tests::held::Held;
use netbend_tests::{host, vst3};

/// Until caches are full.
const WARM_UP: usize = 100;

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

fn main() -> Outcome<()> {
    let instances = std::env::args().nth(1);
    let instances = instances.map_or(Ok(1_000), |text| text.parse())?;
    run::<host::Plugin>(instances)?;
    run::<vst3::Plugin>(instances)
}

fn run<P: Callable>(instances: usize) -> Outcome<()> {
    let mut stays = P::open()?;
    stays.begin(48_000.0, 512, false)?;
    std::thread::sleep(Duration::from_secs(5));
    let round = |count: usize| -> Outcome<Duration> {
        let mut worst = Duration::ZERO;
        for number in 0..count {
            let mut plugin = P::open()?;
            if number % 2 == 0 {
                plugin.begin(48_000.0, 512, false)?;
            }
            let begun = Instant::now();
            drop(plugin);
            worst = worst.max(begun.elapsed());
        }
        std::thread::sleep(Duration::from_secs(2));
        Ok(worst)
    };
    round(WARM_UP)?;
    let before = Held::trimmed();
    let worst = round(instances)?;
    let after = Held::trimmed();
    println!(
        "{}: {instances} instances, the longest closing {worst:?}",
        P::FORMAT
    );
    println!("    before {before:?}\n    after  {after:?}");
    drop(stays);
    Ok(())
}
