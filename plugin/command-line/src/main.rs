//! The `netbend` command line.

fn main() -> std::process::ExitCode {
    netbend_command_line::main()
}
