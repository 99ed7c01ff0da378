//! Plays several instances of the built plugin in real time and prints what became of it:
//! `cargo run --release -p netbend-tests --example load -- [--instances 8] [--mode Studio] [--seconds 300] [--compare]`
//!
//! One thread stands for the host's audio thread: every 128 samples at 48 kHz it calls one instance after the other, each with two bends
//! of its own on a drum loop of its own. Where an instance misses a hop, the aligned input comes out, bit for bit; bent sound never
//! equals it. So misses are counted in the sound, with nothing asked of the plugin. With `--compare`, the same instances then
//! play the same offline, and every hop that differs in a bit is counted too.

mod support;

use std::time::{Duration, Instant};

use netbend_dsp::signal::drum_loop_stereo;
use netbend_tests::built;
use netbend_tests::host::{Bundle, Plugin};

const RATE: u32 = 48_000;
const BLOCK: usize = 128;
/// Samples per hop at that rate: what is missed is missed as a whole.
const HOP: usize = 256;
/// Length of the loops.
const LOOP_SECONDS: f32 = 8.0;
/// How long the instances may take to load.
const LOADING_SECONDS: f64 = 60.0;

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

struct Options {
    instances: usize,
    mode: String,
    seconds: f64,
    compare: bool,
}

impl Options {
    fn read() -> Outcome<Self> {
        let mut options = Self {
            instances: 8,
            mode: "Studio".into(),
            seconds: 300.0,
            compare: false,
        };
        let mut arguments = std::env::args().skip(1);
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().ok_or(format!("{argument} needs a value"));
            match argument.as_str() {
                "--instances" => options.instances = value()?.parse()?,
                "--mode" => options.mode = value()?,
                "--seconds" => options.seconds = value()?.parse()?,
                "--compare" => options.compare = true,
                _ => return Err(format!("{argument}?").into()),
            }
        }
        Ok(options)
    }

    /// Hops played.
    fn hops(&self) -> usize {
        (self.seconds * f64::from(RATE)) as usize / HOP
    }
}

/// An instance, what it is given, and what came out.
struct Voice {
    plugin: Plugin,
    latency: usize,
    dry: [Vec<f32>; 2],
    /// One hash per hop.
    heard: Vec<u64>,
    /// Hops that were the aligned input.
    missed: usize,
    block: [[f32; HOP]; 2],
}

impl Voice {
    fn new(bundle: &Bundle, number: usize, mode: &str) -> Outcome<Self> {
        let mut plugin = bundle.create(built::CLAP_ID)?;
        support::bend(&mut plugin, number, mode)?;
        plugin.activate(f64::from(RATE), BLOCK as u32)?;
        let mut dry = drum_loop_stereo(RATE as f32, LOOP_SECONDS, 3 + number as u64);
        for channel in &mut dry {
            channel.truncate(channel.len() / HOP * HOP);
        }
        Ok(Self {
            latency: plugin.latency()?,
            plugin,
            dry,
            heard: Vec::new(),
            missed: 0,
            block: [[0.0; HOP]; 2],
        })
    }

    /// Plays block `number`; whole hops are looked at by [`listen`](Self::listen).
    fn play(&mut self, number: usize) -> Outcome<()> {
        let start = number * BLOCK;
        let place = start % self.dry[0].len();
        let input = [0, 1].map(|channel| &self.dry[channel][place..place + BLOCK]);
        let [left, right] = &mut self.block;
        let part = start % HOP..start % HOP + BLOCK;
        let mut output = [&mut left[part.clone()], &mut right[part]];
        Ok(self.plugin.process(&input, &mut output, &[])?)
    }

    /// Whether the hop that ends with block `number` is something else than the aligned input; `None` before the latency is over.
    fn is_wet(&self, number: usize) -> Option<bool> {
        let start = ((number + 1) * BLOCK - HOP).checked_sub(self.latency)?;
        let place = start % self.dry[0].len();
        let same =
            |channel: usize| self.block[channel][..] == self.dry[channel][place..place + HOP];
        Some(!(same(0) && same(1)))
    }

    fn listen(&mut self, number: usize) {
        if self.is_wet(number) == Some(false) {
            self.missed += 1;
        }
        let bits = self.block.iter().flatten().map(|sample| sample.to_bits());
        // FNV-1a over words.
        let hash = bits.fold(0xcbf2_9ce4_8422_2325_u64, |hash, bits| {
            (hash ^ u64::from(bits)).wrapping_mul(0x0100_0000_01b3)
        });
        self.heard.push(hash);
    }
}

fn main() -> Outcome<()> {
    let options = Options::read()?;
    let start_mb = support::resident_mb();
    let bundle = Bundle::open(&built::clap())?;
    let mut voices = Vec::new();
    for number in 0..options.instances {
        voices.push(Voice::new(&bundle, number, &options.mode)?);
    }
    wait_until_all_bend(&mut voices)?;
    play(&options, &mut voices)?;
    println!("resident: {:+.0} MB", support::resident_mb() - start_mb);
    if options.compare {
        compare(&options, &voices)?;
    }
    Ok(())
}

/// Calls `each` for one block after the other, as long as it says so, every 128 samples.
fn in_real_time(mut each: impl FnMut(usize) -> Outcome<bool>) -> Outcome<()> {
    let (start, mut number) = (Instant::now(), 0);
    while each(number)? {
        number += 1;
        let due = Duration::from_secs_f64((number * BLOCK) as f64 / f64::from(RATE));
        std::thread::sleep((start + due).saturating_duration_since(Instant::now()));
    }
    Ok(())
}

fn wait_until_all_bend(voices: &mut [Voice]) -> Outcome<()> {
    let start = Instant::now();
    let mut bends = vec![false; voices.len()];
    in_real_time(|number| {
        for (voice, bends) in voices.iter_mut().zip(&mut bends) {
            voice.play(number)?;
            voice.plugin.pump()?;
            let whole = ((number + 1) * BLOCK).is_multiple_of(HOP);
            *bends |= whole && voice.is_wet(number) == Some(true);
        }
        if start.elapsed().as_secs_f64() > LOADING_SECONDS {
            return Err("not every instance bends".into());
        }
        Ok(!bends.iter().all(|bends| *bends))
    })?;
    println!(
        "all {} bend after {:.2} s, latency included",
        voices.len(),
        start.elapsed().as_secs_f64()
    );
    for voice in voices {
        voice.plugin.reset();
    }
    Ok(())
}

fn play(options: &Options, voices: &mut [Voice]) -> Outcome<()> {
    let blocks = options.hops() * HOP / BLOCK;
    let mut taken = Vec::with_capacity(blocks * voices.len());
    let mut together = Vec::with_capacity(blocks);
    let (start, busy) = (Instant::now(), support::processor_seconds());
    in_real_time(|number| {
        let mut sum = 0.0;
        for voice in voices.iter_mut() {
            let start = Instant::now();
            voice.play(number)?;
            let seconds = start.elapsed().as_secs_f64();
            taken.push(seconds);
            sum += seconds;
        }
        together.push(sum);
        if ((number + 1) * BLOCK).is_multiple_of(HOP) {
            voices.iter_mut().for_each(|voice| voice.listen(number));
        }
        Ok(number + 1 < blocks)
    })?;
    let seconds = start.elapsed().as_secs_f64();
    let missed: Vec<_> = voices.iter().map(|voice| voice.missed).collect();
    println!(
        "{} instances, {}, {:.0} s: {} hops missed of {} {missed:?}",
        voices.len(),
        options.mode,
        seconds,
        missed.iter().sum::<usize>(),
        options.hops() * voices.len()
    );
    println!("one call, share of the block:  {}", shares(&mut taken));
    println!("all calls, share of the block: {}", shares(&mut together));
    println!(
        "processor: {:.1} % of one core",
        100.0 * (support::processor_seconds() - busy) / seconds
    );
    Ok(())
}

/// Percentiles of times as shares of a block's length.
fn shares(seconds: &mut [f64]) -> String {
    seconds.sort_by(f64::total_cmp);
    let of = |share: f64| {
        let place = ((seconds.len() - 1) as f64 * share).round() as usize;
        100.0 * seconds[place] * f64::from(RATE) / BLOCK as f64
    };
    format!(
        "p50 {:.2} %, p99 {:.2} %, p99.9 {:.2} %, max {:.2} %",
        of(0.5),
        of(0.99),
        of(0.999),
        of(1.0)
    )
}

fn compare(options: &Options, voices: &[Voice]) -> Outcome<()> {
    let bundle = Bundle::open(&built::clap())?;
    for (number, voice) in voices.iter().enumerate() {
        let mut offline = Voice::new(&bundle, number, &options.mode)?;
        offline.plugin.set_offline(true)?;
        offline.plugin.activate(f64::from(RATE), BLOCK as u32)?;
        for block in 0..options.hops() * HOP / BLOCK {
            offline.play(block)?;
            if ((block + 1) * BLOCK).is_multiple_of(HOP) {
                offline.listen(block);
            }
        }
        let pairs = voice.heard.iter().zip(&offline.heard);
        let differ = pairs.filter(|(heard, bounced)| heard != bounced).count();
        println!(
            "instance {}: {differ} hops differ from the bounce",
            number + 1
        );
    }
    Ok(())
}
