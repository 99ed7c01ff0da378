//! What hosts call never allocates, locks or calls the system while it must keep up: both formats, as built, over calls drawn from a seed.
//! `cargo run --release -p netbend-tests --example fuzz_callbacks` calls a million times.

#![allow(clippy::unwrap_used)] // helpers fail the way tests do

use netbend_tests::callbacks::{Callable, Plan, fuzz};
use netbend_tests::guard::{self, Seen};
use netbend_tests::{alone, host, vst3};

netbend_tests::watch_library!();

const CALLS: u64 = 12_000;

#[test]
fn the_clap_keeps_off_the_system() {
    alone::apart("the_clap_keeps_off_the_system", keeps_off::<host::Plugin>);
}

#[test]
fn the_vst3_keeps_off_the_system() {
    alone::apart("the_vst3_keeps_off_the_system", keeps_off::<vst3::Plugin>);
}

fn keeps_off<P: Callable>() {
    if !guard::watch() {
        eprintln!("system calls are not seen: the kernel has no syscall user dispatch");
    }
    guard::unwatch();
    let plan = Plan {
        calls: CALLS,
        seed: 1,
    };
    fuzz::<P>(plan, |_| ()).unwrap();
    let seen = Seen::now();
    println!("{}: {seen:?}", P::FORMAT);
    assert!(seen.calls > CALLS / 2, "{seen:?}");
    assert_eq!(seen.violations(), 0, "{seen:?}\n{}", guard::traces());
}

/// What this test would see.
#[test]
fn what_is_not_to_be_done_is_seen() {
    alone::apart("what_is_not_to_be_done_is_seen", || {
        let system_calls = guard::watch();
        let before = Seen::now();
        guard::inside(|| drop(std::hint::black_box(Vec::<u8>::with_capacity(100))));
        let allocated = Seen::now();
        if cfg!(all(target_os = "linux", target_env = "gnu")) {
            assert_eq!(allocated.allocations, before.allocations + 2);
        }
        guard::inside(std::thread::yield_now);
        let called = Seen::now();
        if system_calls {
            assert_eq!(
                called.system_calls,
                allocated.system_calls + 1,
                "{called:?}"
            );
        }
        // Outside, nothing is.
        drop(std::hint::black_box(Vec::<u8>::with_capacity(100)));
        std::thread::yield_now();
        assert_eq!(Seen::now(), called);
    });
}
