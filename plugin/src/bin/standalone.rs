//! Netbend as a program of its own, with the system's audio.

fn main() {
    nice_plug::wrapper::standalone::nice_export_standalone::<netbend::Netbend>();
}
