//! What a user does to a session, drawn from a seed: on the main thread, while audio plays.

use std::fmt;
use std::time::{Duration, Instant};

use anyhow::Result;
#[cfg(target_os = "linux")]
use netbend_tests::display::Window;
#[cfg(target_os = "linux")]
use netbend_tests::vst3::View;

use super::TICK;
use super::audio::Audio;
use super::voice::{Instance, Plugin};

/// The second model's name.
pub const OTHER: &str = "other";

/// How often each thing is done, on average, in seconds.
const SAVE: f64 = 7.0;
const LOAD: f64 = 20.0;
const MODEL: f64 = 25.0;
const STORM: f64 = 15.0;
/// An editor is opened this soon, and then this often.
const FIRST_EDITOR: Duration = Duration::from_secs(5);
const EDITOR: Duration = Duration::from_secs(150);
/// How long an editor stays open.
const SHOWN: Duration = Duration::from_secs(8);
/// How long a change of every model takes at most.
const LOADED: Duration = Duration::from_secs(10);
/// A storm's length in blocks: half a second.
const STORM_BLOCKS: u32 = 190;

/// How often what was done.
#[derive(Clone, Copy, Default)]
pub struct Done {
    saves: usize,
    loads: usize,
    models: usize,
    storms: usize,
    editors: usize,
}

impl fmt::Display for Done {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} saves, {} loads, {} model changes, {} storms, {} editors opened",
            self.saves, self.loads, self.models, self.storms, self.editors
        )
    }
}

/// Who does it.
pub struct Actions {
    random: u64,
    calm: bool,
    done: Done,
    /// When a storm is over, its instance is to be as it was.
    storms: Vec<(usize, Instant)>,
    #[cfg(target_os = "linux")]
    window: Option<Window>,
    #[cfg(target_os = "linux")]
    editor: Option<(Editor, Instant)>,
    #[cfg(target_os = "linux")]
    next_editor: Instant,
}

/// An open one.
#[cfg(target_os = "linux")]
enum Editor {
    Clap(usize),
    Vst3(View),
}

impl Actions {
    pub fn new(seed: u64, calm: bool) -> Self {
        Self {
            random: seed.wrapping_mul(0x2545_f491_4f6c_dd1d) | 1,
            calm,
            done: Done::default(),
            storms: Vec::new(),
            #[cfg(target_os = "linux")]
            window: Window::open().ok(),
            #[cfg(target_os = "linux")]
            editor: None,
            #[cfg(target_os = "linux")]
            next_editor: Instant::now() + FIRST_EDITOR,
        }
    }

    pub fn done(&self) -> Done {
        self.done
    }

    /// Does what is its turn, and takes a little while.
    pub fn act(&mut self, instances: &mut [Instance], audio: &Audio) -> Result<()> {
        self.pump(instances)?;
        if self.calm {
            std::thread::sleep(TICK);
            return Ok(());
        }
        let ended = |storm: &(usize, Instant)| Instant::now() >= storm.1;
        if let Some(place) = self.storms.iter().position(ended) {
            let (instance, _) = self.storms.swap_remove(place);
            self.load_first(&mut instances[instance])?;
        }
        let instance = self.below(instances.len());
        let stormed = self.storms.iter().any(|(other, _)| *other == instance);
        if self.turn(SAVE) {
            instances[instance].save()?;
            self.done.saves += 1;
        }
        if self.turn(LOAD) && !stormed {
            let saved = instances[instance].save()?;
            instances[instance].load(&saved)?;
            self.done.loads += 1;
        }
        if self.turn(MODEL) && !stormed {
            let saved = instances[instance].save()?;
            instances[instance].load(&with_other_model(&saved))?;
            self.done.models += 1;
        }
        if self.turn(STORM) && !stormed {
            audio.storm(instance, STORM_BLOCKS);
            // A little longer than it lasts, so that nothing comes after what is loaded then.
            let over = Instant::now() + Duration::from_millis(u64::from(STORM_BLOCKS) * 4);
            self.storms.push((instance, over));
            self.done.storms += 1;
        }
        #[cfg(target_os = "linux")]
        self.attend_to_editor(instances)?;
        Ok(())
    }

    /// Brings everything back to where it began: the first model, loaded anew. A runtime keeps what its largest run took for as long as a session
    /// lives, which is no growth of ours.
    pub fn rest(&mut self, instances: &mut [Instance]) -> Result<()> {
        #[cfg(target_os = "linux")]
        self.close(instances)?;
        while let Some(over) = self.storms.iter().map(|(_, over)| *over).max() {
            std::thread::sleep(over.saturating_duration_since(Instant::now()));
            self.storms.clear();
        }
        for instance in &mut *instances {
            let other = with_other_model(&instance.state);
            instance.load(&other)?;
        }
        let loaded = Instant::now() + LOADED;
        while Instant::now() < loaded {
            self.pump(instances)?;
        }
        for instance in instances {
            self.load_first(instance)?;
        }
        Ok(())
    }

    /// Serves what the plugins ask of the main thread, and an open editor.
    pub fn pump(&self, instances: &mut [Instance]) -> Result<()> {
        instances.iter_mut().try_for_each(Instance::pump)?;
        #[cfg(target_os = "linux")]
        if let Some((Editor::Vst3(view), _)) = &self.editor {
            view.run(TICK);
            return Ok(());
        }
        std::thread::sleep(TICK);
        Ok(())
    }

    fn load_first(&mut self, instance: &mut Instance) -> Result<()> {
        let state = instance.state.clone();
        instance.load(&state)?;
        self.done.loads += 1;
        Ok(())
    }

    #[cfg(target_os = "linux")]
    fn attend_to_editor(&mut self, instances: &mut [Instance]) -> Result<()> {
        if let Some((_, until)) = &self.editor {
            if Instant::now() >= *until {
                self.close(instances)?;
            }
            return Ok(());
        }
        let instance = self.below(instances.len());
        if Instant::now() < self.next_editor {
            return Ok(());
        }
        self.next_editor += EDITOR;
        let Some(window) = &self.window else {
            return Ok(());
        };
        let editor = match &mut instances[instance].plugin {
            Plugin::Clap(plugin) => {
                plugin.open_editor(window.id())?;
                Editor::Clap(instance)
            }
            Plugin::Vst3(plugin) => Editor::Vst3(plugin.open_view(window.id())?),
        };
        self.editor = Some((editor, Instant::now() + SHOWN));
        self.done.editors += 1;
        Ok(())
    }

    #[cfg(target_os = "linux")]
    fn close(&mut self, instances: &mut [Instance]) -> Result<()> {
        match self.editor.take() {
            Some((Editor::Clap(instance), _)) => {
                if let Plugin::Clap(plugin) = &mut instances[instance].plugin {
                    plugin.close_editor()?;
                }
            }
            Some((Editor::Vst3(view), _)) => drop(view),
            None => {}
        }
        Ok(())
    }

    /// Whether it is the turn of what is done every so many seconds, on average.
    fn turn(&mut self, seconds: f64) -> bool {
        self.draw() < TICK.as_secs_f64() / seconds
    }

    fn below(&mut self, count: usize) -> usize {
        ((self.draw() * count as f64) as usize).min(count.saturating_sub(1))
    }

    /// A number from 0 to 1 (xorshift).
    fn draw(&mut self) -> f64 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        (self.random >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// The same state with the other model of the two.
fn with_other_model(saved: &[u8]) -> Vec<u8> {
    let Ok(mut state) = netbend_tests::state::State::parse(saved) else {
        return saved.to_vec();
    };
    // Fields are texts that hold JSON.
    if let Some(model) = state.json["fields"].get_mut("model") {
        let shipped = model.as_str().is_some_and(|text| text.contains("drums"));
        *model = format!("\"{}\"", if shipped { OTHER } else { "drums" }).into();
    }
    state.bytes()
}
