//! ONNX Runtime leaves nothing in the user's folders. Alone in its program, since a runtime is loaded once per process.

#![cfg(unix)]
#![allow(clippy::unwrap_used)] // A failed expectation is a failed test.

use kit::{runtime, tiny_model};
use netbend_models::Bender;
use netbend_models::Package;
use prost::Message as _;

#[test]
fn loading_the_runtime_and_running_a_model_writes_nothing_into_the_users_folders() {
    let home = tempfile::tempdir().unwrap();
    for variable in ["HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME"] {
        // SAFETY: no other test runs in this process.
        unsafe { std::env::set_var(variable, home.path()) };
    }
    let content = tiny_model::model().encode_to_vec();
    let package = Package::from_bytes("tiny.onnx".as_ref(), &content).unwrap();
    drop(Bender::new(&package, runtime()).unwrap());
    let left: Vec<_> = std::fs::read_dir(home.path()).unwrap().collect();
    assert!(left.is_empty(), "{left:?}");
}
