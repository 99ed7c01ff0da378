//! The plugin: nice-plug's callbacks on one side, the processor and the worker on the other. Hosts reach it through the
//! [`boundary`](crate::host::boundary).

mod notes;
mod stream;

use std::num::NonZeroU32;
use std::sync::Arc;

use netbend_dsp::number::low_bits;
use netbend_dsp::stft::sanitized;
use nice_plug::prelude::*;

use crate::editor::{self, NetbendEditor, Tape, Window};
use crate::host::hosted::{Hosted, Rest};
use crate::keep::{Bars, Ring};
use crate::modulation::Transport;
use crate::player::Deck;
use crate::stream::latency::LatencyMode;
use crate::stream::shape::StreamShape;
pub use stream::Reopen;
use stream::{OpenStream, Reopening};

/// Names of the ports, in every layout.
const PORT_NAMES: PortNames = PortNames {
    layout: None,
    main_input: None,
    main_output: None,
    aux_inputs: &["Sidechain"],
    aux_outputs: &[],
};

/// Events of a block that there is memory for. The boundary passes no more notes on.
const MOST_EVENTS: usize = 2_048;

/// One instance of the plugin.
pub struct Netbend {
    hosted: Arc<Hosted>,
    stream: Option<Box<OpenStream>>,
    /// The latency mode a restart was asked for, so that it is asked for once.
    asked_for: Option<LatencyMode>,
    reopening: Arc<Reopening>,
    /// Plays a loop in place of what comes in: the standalone program's.
    deck: Option<Deck>,
    /// Where the last minute is written, if it is remembered.
    ring: Option<Arc<Ring>>,
}

/// What is done in the background.
pub enum Task {
    /// Open a stream.
    Reopen(Reopen),
    /// Do nothing for a while.
    Rest(Rest),
}

impl Default for Netbend {
    fn default() -> Self {
        let hosted = Hosted::announced();
        Self {
            deck: hosted.take_deck(),
            hosted,
            stream: None,
            asked_for: None,
            reopening: Arc::default(),
            ring: None,
        }
    }
}

impl Plugin for Netbend {
    const NAME: &'static str = "Netbend";
    const VENDOR: &'static str = "Netbend";
    const URL: &'static str = "";
    const EMAIL: &'static str = "";
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");

    const AUDIO_IO_LAYOUTS: &'static [AudioIOLayout] = &[
        AudioIOLayout {
            main_input_channels: NonZeroU32::new(2),
            main_output_channels: NonZeroU32::new(2),
            aux_input_ports: &[new_nonzero_u32(2)],
            names: PORT_NAMES,
            ..AudioIOLayout::const_default()
        },
        AudioIOLayout {
            main_input_channels: NonZeroU32::new(1),
            main_output_channels: NonZeroU32::new(1),
            aux_input_ports: &[new_nonzero_u32(1)],
            names: PORT_NAMES,
            ..AudioIOLayout::const_default()
        },
    ];

    const MIDI_INPUT: MidiConfig = MidiConfig::Basic;
    const SAMPLE_ACCURATE_AUTOMATION: bool = true;
    const INPUT_EVENT_CAPACITY: usize = MOST_EVENTS;

    type Editor = Window<NetbendEditor>;
    type SysExMessage = ();
    type BackgroundTask = Task;

    fn task_executor(&mut self) -> TaskExecutor<Self> {
        let engine = Arc::clone(&self.hosted.engine);
        let hosted = Arc::downgrade(&self.hosted);
        let reopening = Arc::clone(&self.reopening);
        Box::new(move |task| {
            let wanted = match task {
                Task::Reopen(wanted) => wanted,
                Task::Rest(rest) => return rest.take(),
            };
            drop(reopening.retired.pop());
            // Of the model as it is now, where it is not said.
            let format = wanted
                .format
                .or_else(|| hosted.upgrade().map(|hosted| hosted.format()));
            let opened = engine
                .get()
                .zip(format)
                .and_then(|(engine, format)| OpenStream::open(engine, wanted, format));
            if let Some(stream) = opened {
                reopening.opened.force_push(stream);
            }
        })
    }

    fn params(&self) -> Arc<dyn Params> {
        Arc::clone(&self.hosted.params) as Arc<dyn Params>
    }

    fn editor(&mut self, executor: AsyncExecutor<Self>) -> Option<Self::Editor> {
        let rests = &self.hosted.rests;
        rests.through(move |rest| executor.execute_background(Task::Rest(rest)));
        let hosted = Arc::downgrade(&self.hosted);
        let tape = match self.hosted.player() {
            Some(player) => Tape::Standalone(Arc::clone(player)),
            None => Tape::Hosted(Arc::clone(&self.hosted.keeper)),
        };
        editor::create(
            Arc::clone(&self.hosted.params),
            Arc::clone(&self.hosted.status),
            Arc::clone(&self.hosted.scope),
            Arc::downgrade(&self.hosted.engine),
            self.hosted.resources(),
            tape,
            move || {
                if let Some(hosted) = hosted.upgrade() {
                    hosted.state_loaded();
                }
            },
        )
    }

    fn activate(
        &mut self,
        layout: &AudioIOLayout,
        config: &BufferConfig,
        context: &mut impl ActivateContext<Self>,
    ) -> bool {
        // Looked up before the worker is told of the model: it is to find the stream that belongs to it right after.
        let format = self.hosted.format();
        self.hosted.tell_engine();

        let channels = layout
            .main_input_channels
            .map_or(0, |count| count.get() as usize);
        let mode = self.hosted.params.latency.value();
        let sample_rate = config.sample_rate;
        if let Some(deck) = &self.deck {
            deck.set_sample_rate(sample_rate);
        }
        self.ring = self.hosted.keeper.begin(sample_rate, channels);
        // Loading a state activates again: a stream that fits goes on. Another model may need another one.
        let wanted = StreamShape::new(format, sample_rate, mode).ok();
        let fits = self
            .stream
            .as_ref()
            .is_some_and(|stream| Some(stream.shape) == wanted && stream.channels == channels);
        if !fits {
            let wanted = Reopen {
                format: Some(format),
                sample_rate,
                channels,
                mode,
            };
            self.stream = OpenStream::open(self.hosted.engine(), wanted, format);
            self.asked_for = None;
        }
        let latency = self
            .stream
            .as_ref()
            .map_or(0, |stream| stream.processor.latency_samples());
        context.set_latency_samples(low_bits::<u32>(latency));
        true
    }

    fn reset(&mut self) {
        if let Some(stream) = &mut self.stream {
            stream.reset();
        }
    }

    fn process(
        &mut self,
        buffer: &mut Buffer<'_>,
        aux: &mut AuxiliaryBuffers<'_>,
        context: &mut impl ProcessContext<Self>,
    ) -> ProcessStatus {
        self.take_reopened();
        if let Some(deck) = &mut self.deck {
            deck.play(buffer.as_slice());
        }
        self.hear(buffer.as_slice(), context.transport());
        // Without a stream (a sample rate no frame fits) the input passes, but for what is no sound.
        let Some(stream) = &mut self.stream else {
            let samples = buffer
                .as_slice()
                .iter_mut()
                .flat_map(|channel| channel.iter_mut());
            samples.for_each(|sample| *sample = sanitized(*sample));
            self.tape(buffer.as_slice());
            return ProcessStatus::Normal;
        };
        let mode = self.hosted.params.latency.value();
        if stream.shape.mode == mode {
            self.asked_for = None;
        } else if self.asked_for != Some(mode) {
            self.asked_for = Some(mode);
            if context.plugin_api() == PluginApi::Standalone {
                context.execute_background(Task::Reopen(Reopen {
                    format: Some(stream.format),
                    sample_rate: stream.shape.geometry.sample_rate,
                    channels: stream.channels,
                    mode,
                }));
            } else {
                context.request_restart();
            }
        }
        if self.hosted.take_restart() {
            if context.plugin_api() == PluginApi::Standalone {
                context.execute_background(Task::Reopen(Reopen {
                    format: None,
                    sample_rate: stream.shape.geometry.sample_rate,
                    channels: stream.channels,
                    mode,
                }));
            } else {
                context.request_restart();
            }
        }
        while let Some(event) = context.next_event() {
            if let Some((before, note)) = notes::read(&event) {
                stream.modulators.play(before, note);
            }
        }
        let params = &self.hosted.params;
        // Where nothing is connected, nice-plug gives silence, not always as long as the block.
        let sidechain = aux
            .inputs
            .first()
            .map_or(&[][..], Buffer::as_slice_immutable);
        let transport = told(context.transport());
        let controls = stream.modulators.block(params, &transport);
        let channels = buffer.as_slice();
        match self.hosted.is_offline() {
            true => {
                // How many parts the faders are of, a model says once it is loaded: a bounce has them from its first sample on.
                self.hosted.status.wait_while_loading();
                let mut processor = stream.processor.offline();
                processor.process_with_sidechain(channels, sidechain, controls);
            }
            false => {
                let mut processor = stream.processor.live();
                processor.process_with_sidechain(channels, sidechain, controls);
            }
        }
        let plays_on = params.controls().plays_on() || stream.modulators.plays_on();
        let tail = stream.processor.tail_samples();
        self.tape(buffer.as_slice());
        match plays_on {
            true => ProcessStatus::KeepAlive,
            false => ProcessStatus::Tail(low_bits::<u32>(tail)),
        }
    }
}

/// What the host says of its transport.
fn told(host: &nice_plug::prelude::Transport) -> Transport {
    Transport {
        is_playing: host.playing,
        tempo: host.tempo,
        beats: host.pos_beats(),
        seconds: host.pos_seconds(),
    }
}

impl Netbend {
    /// Remembers what goes in with a block, where that is wished.
    fn hear(&mut self, channels: &[&mut [f32]], transport: &nice_plug::prelude::Transport) {
        self.hosted.keeper.take(&mut self.ring);
        if let Some(ring) = &self.ring {
            let signature = transport
                .time_sig_numerator
                .zip(transport.time_sig_denominator);
            ring.follow(Bars::told(transport.tempo, signature));
            ring.hear(channels);
        }
    }

    /// Remembers and tapes what came of it.
    fn tape(&mut self, channels: &[&mut [f32]]) {
        if let Some(ring) = &self.ring {
            ring.play(channels);
        }
        if let Some(deck) = &mut self.deck {
            deck.tape(channels);
        }
    }

    /// Swaps in a stream that was opened in the background.
    fn take_reopened(&mut self) {
        let Some(mut opened) = self.reopening.opened.pop() else {
            return;
        };
        opened.reset();
        let retired = self.stream.replace(opened);
        if let Some(Err(stream)) = retired.map(|stream| self.reopening.retired.push(stream)) {
            // Two changes came faster than the background: better leaked than freed here.
            std::mem::forget(stream);
        }
    }
}

impl ClapPlugin for Netbend {
    const CLAP_ID: &'static str = "org.netbend.netbend";
    const CLAP_DESCRIPTION: Option<&'static str> = Some("Bends a neural network while you play it");
    const CLAP_MANUAL_URL: Option<&'static str> = None;
    const CLAP_SUPPORT_URL: Option<&'static str> = None;
    const CLAP_FEATURES: &'static [ClapFeature] = &[
        ClapFeature::AudioEffect,
        ClapFeature::Glitch,
        ClapFeature::Stereo,
        ClapFeature::Mono,
    ];
}

impl Vst3Plugin for Netbend {
    const VST3_CLASS_ID: [u8; 16] = *b"NetbendNetBendFx";
    const VST3_SUBCATEGORIES: &'static [Vst3SubCategory] =
        &[Vst3SubCategory::Fx, Vst3SubCategory::Distortion];
}
