//! Keeps the plugin in memory once a process has loaded it.
//!
//! A host may close the plugin while one of its own threads, which has called it, is about to end. Rust's standard library
//! tidies up after such a thread with a destructor that lies in the plugin (a POSIX thread key, which unlike `thread_local!` does not
//! keep a library loaded). Unloaded by then, the thread ends in unmapped memory: a crash of the host. ONNX Runtime, too, lives as
//! long as the process. So the linker marks the library as never to be unloaded (`DF_1_NODELETE`, see ld.so(8) and
//! dlopen(3)); opening it again costs nothing then.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    if std::env::var("CARGO_CFG_TARGET_OS").as_deref() == Ok("linux") {
        println!("cargo::rustc-link-arg-cdylib=-Wl,-z,nodelete");
    }
}
