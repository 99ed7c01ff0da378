//! From samples to the song's time.
//!
//! A host says where its transport is at the beginning of each block. Between two of its words the time is counted here, from one place
//! on for as long as what it says lies on one line, so that it does not depend on where blocks begin.

use netbend_dsp::number::nearest_f64;

const SECONDS_PER_MINUTE: f64 = 60.0;
/// Beats per minute where no host says them.
const USUAL_TEMPO: f64 = 120.0;
/// Tempi that are believed.
const TEMPO_RANGE: std::ops::RangeInclusive<f64> = 1.0..=10_000.0;
/// A place farther away is none.
const FARTHEST: f64 = 1e9;
/// What a host says may be so far off the line, in seconds.
const SLACK_SECONDS: f64 = 5e-4;

/// What a host says of its transport, at the first sample of a block.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Transport {
    /// Whether it runs.
    pub is_playing: bool,
    /// Beats per minute.
    pub tempo: Option<f64>,
    /// Where it is, in beats (quarter notes).
    pub beats: Option<f64>,
    /// Where it is, in seconds.
    pub seconds: Option<f64>,
}

/// Time since some beginning.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Time {
    /// In beats.
    pub beats: f64,
    /// In seconds.
    pub seconds: f64,
}

impl Time {
    /// The time from `earlier` to this.
    pub(super) fn since(self, earlier: Self) -> Self {
        Self {
            beats: self.beats - earlier.beats,
            seconds: self.seconds - earlier.seconds,
        }
    }
}

/// One moment, counted from two beginnings.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Now {
    /// Since the song's beginning; while the transport stands still, since the stream's.
    pub song: Time,
    /// Since the stream's beginning.
    pub free: Time,
}

/// Time that runs evenly from a sample on.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Line {
    sample: i64,
    time: Time,
    tempo: f64,
}

impl Line {
    fn at(&self, sample: i64, sample_rate: f64) -> Time {
        let seconds = nearest_f64(sample - self.sample) / sample_rate;
        Time {
            beats: self.time.beats + seconds * self.tempo / SECONDS_PER_MINUTE,
            seconds: self.time.seconds + seconds,
        }
    }

    /// Whether `time` lies on it at `sample`, as well as a host can say.
    fn goes_through(&self, time: Time, sample: i64, sample_rate: f64) -> bool {
        let off = time.since(self.at(sample, sample_rate));
        let off_seconds = off.beats * SECONDS_PER_MINUTE / self.tempo;
        off_seconds.abs() <= SLACK_SECONDS && off.seconds.abs() <= SLACK_SECONDS
    }
}

/// Counts samples, and says what time it is.
#[derive(Debug)]
pub struct Clock {
    sample_rate: f64,
    /// Since the stream's beginning.
    samples: i64,
    free: Line,
    song: Option<Line>,
}

impl Clock {
    /// A clock at a stream's beginning.
    pub fn new(sample_rate: f32) -> Self {
        Self {
            sample_rate: f64::from(sample_rate),
            samples: 0,
            free: Line {
                sample: 0,
                time: Time::default(),
                tempo: USUAL_TEMPO,
            },
            song: None,
        }
    }

    /// The stream begins anew.
    pub fn reset(&mut self) {
        let tempo = self.free.tempo;
        self.samples = 0;
        self.song = None;
        self.free = Line {
            sample: 0,
            time: Time::default(),
            tempo,
        };
    }

    /// A block begins, and the host says where it is.
    ///
    /// # Real-time safety
    /// Arithmetic only, as in all that follows.
    pub fn begin_block(&mut self, transport: &Transport) {
        let told = transport.tempo.filter(|tempo| TEMPO_RANGE.contains(tempo));
        let tempo = told.unwrap_or(self.free.tempo);
        let (sample, rate) = (self.samples, self.sample_rate);
        if tempo != self.free.tempo {
            let time = self.free.at(sample, rate);
            self.free = Line {
                sample,
                time,
                tempo,
            };
        }
        let place = place(transport, tempo).filter(|_| transport.is_playing);
        self.song = place.map(|time| match self.song {
            Some(line) if line.tempo == tempo && line.goes_through(time, sample, rate) => line,
            _ => Line {
                sample,
                time,
                tempo,
            },
        });
    }

    /// So many samples pass.
    pub fn advance(&mut self, samples: usize) {
        self.samples = self
            .samples
            .saturating_add(netbend_dsp::number::signed(samples));
    }

    /// Samples that have passed since the stream's beginning.
    pub fn samples(&self) -> i64 {
        self.samples
    }

    /// What time it is.
    pub fn now(&self) -> Now {
        let free = self.free.at(self.samples, self.sample_rate);
        let song = self
            .song
            .map_or(free, |line| line.at(self.samples, self.sample_rate));
        Now { song, free }
    }
}

/// Where the transport is; `None` where nothing believable is said of it.
fn place(transport: &Transport, tempo: f64) -> Option<Time> {
    let believed = |place: Option<f64>| place.filter(|place| place.abs() <= FARTHEST);
    match (believed(transport.beats), believed(transport.seconds)) {
        (Some(beats), Some(seconds)) => Some(Time { beats, seconds }),
        (Some(beats), None) => Some(Time {
            beats,
            seconds: beats * SECONDS_PER_MINUTE / tempo,
        }),
        (None, Some(seconds)) => Some(Time {
            beats: seconds * tempo / SECONDS_PER_MINUTE,
            seconds,
        }),
        (None, None) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: f32 = 48_000.0;

    fn at(sample: i64, tempo: f64) -> Transport {
        let seconds = sample as f64 / f64::from(RATE);
        Transport {
            is_playing: true,
            tempo: Some(tempo),
            beats: Some(seconds * tempo / 60.0),
            seconds: None,
        }
    }

    #[test]
    fn time_is_the_same_wherever_blocks_begin() {
        for start in [0, 12_345, -96_000] {
            let run = |block: usize| {
                let mut clock = Clock::new(RATE);
                let mut times = Vec::new();
                for sample in (0..64_000_usize).step_by(block) {
                    // As exactly as a CLAP host says it.
                    let mut told = at(start + sample as i64, 174.0);
                    let grid = (1_u64 << 31) as f64;
                    told.beats = told.beats.map(|beats| (beats * grid).round() / grid);
                    clock.begin_block(&told);
                    for _ in 0..block {
                        clock.advance(1);
                        times.push(clock.now());
                    }
                }
                times.truncate(64_000);
                times
            };
            let one = run(1);
            for block in [32, 1_000, 333] {
                assert_eq!(run(block), one, "blocks of {block}");
            }
        }
    }

    #[test]
    fn a_jump_is_followed_at_once_and_a_loop_repeats() {
        let mut clock = Clock::new(RATE);
        clock.begin_block(&at(0, 120.0));
        clock.advance(512);
        clock.begin_block(&at(512, 120.0));
        let before = clock.now().song;
        clock.begin_block(&at(480_000, 120.0));
        assert_eq!(clock.now().song.beats, 20.0);
        clock.begin_block(&at(512, 120.0));
        assert_eq!(clock.now().song.beats, before.beats);
        assert_eq!(clock.now().free.seconds, 512.0 / 48_000.0);
    }

    #[test]
    fn a_transport_that_stands_still_or_says_nothing_is_the_streams_time() {
        let mut clock = Clock::new(RATE);
        for transport in [
            Transport::default(),
            Transport {
                is_playing: false,
                ..at(96_000, 120.0)
            },
            Transport {
                tempo: Some(f64::NAN),
                beats: Some(f64::INFINITY),
                ..at(0, 1.0)
            },
        ] {
            clock.begin_block(&transport);
            let now = clock.now();
            assert_eq!(now.song, now.free);
            clock.advance(24_000);
        }
        assert_eq!(
            clock.now().song,
            Time {
                beats: 3.0,
                seconds: 1.5
            }
        );
        clock.reset();
        assert_eq!(clock.now(), Now::default());
    }

    #[test]
    fn the_streams_beats_go_on_from_where_they_are_at_another_tempo() {
        let mut clock = Clock::new(RATE);
        let told = |tempo| Transport {
            tempo: Some(tempo),
            ..Transport::default()
        };
        clock.begin_block(&told(60.0));
        clock.advance(48_000);
        clock.begin_block(&told(120.0));
        clock.advance(48_000);
        assert_eq!(
            clock.now().song,
            Time {
                beats: 3.0,
                seconds: 2.0
            }
        );
    }
}
