//! Changes the model of one instance of the built CLAP again and again, offline, and prints what the process holds: `model_changes [CHANGES]`. What
//! grows with every change is lost; what stays after some is what a runtime keeps for its largest run.

use netbend_dsp::signal::drum_loop_stereo;
use netbend_tests::arguments::number;
use netbend_tests::audio::Audio;
use netbend_tests::built::{self, CLAP_ID};
use netbend_tests::held::Held;
use netbend_tests::host::{Automation, Blocks, Bundle};
use netbend_tests::state::State;

/// The second model's name, and how often is told.
const OTHER: &str = "other";
const TOLD: u64 = 10;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let changes = number(1, 200);
    let data = tempfile::tempdir()?;
    let models = data.path().join("netbend/models");
    std::fs::create_dir_all(&models)?;
    let shipped = built::resources().join("models/drums.onnx");
    std::fs::copy(shipped, models.join(format!("{OTHER}.onnx")))?;
    // SAFETY: the process has one thread yet.
    unsafe { std::env::set_var("XDG_DATA_HOME", data.path()) };

    let mut plugin = Bundle::open(&built::clap())?.create(CLAP_ID)?;
    plugin.set_text("slot_on_1", "On")?;
    plugin.set_offline(true)?;
    let saved = State::parse(&plugin.save()?)?;
    let sound = Audio {
        sample_rate: 48_000,
        channels: drum_loop_stereo(48_000.0, 0.5, 3).into(),
    };
    for change in 0..=changes {
        let mut state = saved.clone();
        let name = if change % 2 == 0 { "drums" } else { OTHER };
        state.json["fields"]["model"] = format!("\"{name}\"").into();
        plugin.load(&state.bytes())?;
        plugin.render(&sound, Blocks::Fixed(512), &Automation::default())?;
        if change % TOLD == 0 {
            println!("{change:5} {:?}", Held::trimmed());
        }
    }
    Ok(())
}
