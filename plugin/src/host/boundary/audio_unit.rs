//! The Audio Unit: `clap-wrapper` presents our CLAP as one. Built on macOS only, and not tried yet.

clap_wrapper::export_auv2!();
