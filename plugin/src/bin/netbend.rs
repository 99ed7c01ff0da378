//! The `netbend` command line.

fn main() -> std::process::ExitCode {
    netbend::cli::main()
}
