//! A plugin that a host closes stays in memory, so that no thread that has called it can end in unmapped code.
//! Linux; the only test of its program, because any other would keep the plugin loaded.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used)] // helpers fail the way tests do

use netbend_tests::built;
use netbend_tests::host::Bundle;

#[test]
fn a_closed_plugin_stays_in_memory() {
    let loaded = || mappings().len();
    // A thread keeps a library whose `thread_local!`s it has touched until it ends; what it leaves goes when the next one closes it.
    let used = std::thread::spawn(move || {
        let bundle = Bundle::open(&built::clap()).unwrap();
        let _plugin = bundle.create(built::CLAP_ID).unwrap();
        loaded()
    });
    let used = used.join().unwrap();
    assert!(used > 0, "the plugin is loaded under another name");
    drop(Bundle::open(&built::clap()).unwrap());
    assert_eq!(loaded(), used, "the plugin was unloaded");
}

/// The parts of the process's memory that are the plugin's file.
fn mappings() -> Vec<String> {
    let maps = std::fs::read_to_string("/proc/self/maps").unwrap();
    let of_plugin = maps.lines().filter(|line| line.contains(".clap"));
    of_plugin.map(str::to_owned).collect()
}
