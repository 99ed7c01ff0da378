//! For tests: a model that takes long to load, whoever wants to end it. ONNX Runtime works out what is constant without looking up.

use std::time::Duration;

/// Its name.
pub(super) const ENDLESS: &str = "endless";

/// Where a model of that name is loaded.
pub(super) fn stall(name: &str) {
    if name == ENDLESS {
        std::thread::sleep(Duration::from_secs(20));
    }
}
