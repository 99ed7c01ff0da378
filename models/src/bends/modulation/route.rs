//! What moves what, and how far.

use super::target::Target;
use super::{FOLLOWERS, LFOS, MACROS, SEQUENCERS};

/// The most routes.
pub const MOST_ROUTES: usize = 32;
/// Everything that may move something.
pub const SOURCES: usize = LFOS + SEQUENCERS + FOLLOWERS + 1 + MACROS;

/// What moves. Those of a kind count from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Source {
    /// An oscillator.
    Lfo(usize),
    /// A sequencer.
    Sequencer(usize),
    /// A follower.
    Follower(usize),
    /// Smooth random.
    Wander,
    /// A macro.
    Macro(usize),
}

impl Source {
    /// Every source, in the order of [`index`](Self::index).
    pub fn all() -> impl Iterator<Item = Self> {
        let lfos = (0..LFOS).map(Self::Lfo);
        let sequencers = (0..SEQUENCERS).map(Self::Sequencer);
        let followers = (0..FOLLOWERS).map(Self::Follower);
        let macros = (0..MACROS).map(Self::Macro);
        lfos.chain(sequencers)
            .chain(followers)
            .chain([Self::Wander])
            .chain(macros)
    }

    /// Its place among all, below [`SOURCES`] where there is such a source.
    ///
    /// # Real-time safety
    /// Arithmetic only.
    pub fn index(self) -> usize {
        match self {
            Self::Lfo(number) => number,
            Self::Sequencer(number) => LFOS + number,
            Self::Follower(number) => LFOS + SEQUENCERS + number,
            Self::Wander => LFOS + SEQUENCERS + FOLLOWERS,
            Self::Macro(number) => LFOS + SEQUENCERS + FOLLOWERS + 1 + number,
        }
    }

    /// The name presets use: `lfo-1`, `sequencer-2`, `follower-1`, `random`, `macro-8`.
    pub fn name(self) -> String {
        let numbered = |kind: &str, number: usize| format!("{kind}-{}", number + 1);
        match self {
            Self::Lfo(number) => numbered("lfo", number),
            Self::Sequencer(number) => numbered("sequencer", number),
            Self::Follower(number) => numbered("follower", number),
            Self::Wander => "random".to_owned(),
            Self::Macro(number) => numbered("macro", number),
        }
    }

    /// The source called `name`.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::all().find(|source| source.name() == name)
    }
}

/// Which way a source moves a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Polarity {
    /// One way: at 0 the target stays where it is.
    #[default]
    Unipolar,
    /// Both ways: in the middle the target stays where it is.
    Bipolar,
}

impl Polarity {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Unipolar, Self::Bipolar];

    /// The name presets use.
    pub fn name(self) -> &'static str {
        match self {
            Self::Unipolar => "unipolar",
            Self::Bipolar => "bipolar",
        }
    }

    /// The one called `name`.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.name() == name)
    }
}

/// One way from a source to a target.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Route {
    /// What moves.
    pub from: Source,
    /// What is moved.
    pub to: Target,
    /// How far, −1 to 1 of the knob's way.
    pub depth: f32,
    /// Which way.
    pub polarity: Polarity,
}

impl Route {
    /// How far the target is moved where the source stands at `value`, 0–1.
    ///
    /// # Real-time safety
    /// Arithmetic only.
    pub fn offset(&self, value: f32) -> f32 {
        match self.polarity {
            Polarity::Unipolar => self.depth * value,
            Polarity::Bipolar => self.depth * (2.0 * value - 1.0),
        }
    }
}

/// Up to [`MOST_ROUTES`] routes, in the order in which they were made.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Routes([Option<Route>; MOST_ROUTES]);

impl Routes {
    /// All there are.
    ///
    /// # Real-time safety
    /// Arithmetic only.
    pub fn iter(&self) -> impl Iterator<Item = &Route> {
        self.0.iter().flatten()
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.iter().count()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.count() == 0
    }

    /// The route from `from` to `to`.
    pub fn find(&self, from: Source, to: Target) -> Option<&Route> {
        self.iter()
            .find(|route| (route.from, route.to) == (from, to))
    }

    /// Adds a route, or puts it in the place of the one between the same two. Whether there was room.
    pub fn put(&mut self, route: Route) -> bool {
        let same = |own: &Option<Route>| {
            own.is_some_and(|own| (own.from, own.to) == (route.from, route.to))
        };
        let known = self.0.iter().position(same);
        let place = known.or_else(|| self.0.iter().position(Option::is_none));
        match place.and_then(|place| self.0.get_mut(place)) {
            Some(own) => {
                *own = Some(route);
                true
            }
            None => false,
        }
    }

    /// Removes the route from `from` to `to`, if there is one.
    pub fn remove(&mut self, from: Source, to: Target) {
        let mut kept = Self::default();
        let rest = self
            .iter()
            .filter(|route| (route.from, route.to) != (from, to));
        for (own, route) in kept.0.iter_mut().zip(rest) {
            *own = Some(*route);
        }
        *self = kept;
    }
}

#[cfg(test)]
mod tests {
    use super::super::target::Knob;
    use super::*;

    #[test]
    fn sources_go_by_name_and_place() {
        for (place, source) in Source::all().enumerate() {
            assert_eq!(source.index(), place);
            assert_eq!(Source::from_name(&source.name()), Some(source));
        }
        assert_eq!(Source::all().count(), SOURCES);
        assert_eq!(Source::from_name("lfo-4"), None);
        assert_eq!(Source::Macro(7).name(), "macro-8");
    }

    #[test]
    fn there_is_one_route_between_two() {
        let mut routes = Routes::default();
        let route = |place: usize, depth: f32| Route {
            from: Source::Lfo(0),
            to: Target::new(Knob::SlotAmount, place).unwrap(),
            depth,
            polarity: Polarity::Bipolar,
        };
        for place in 0..8 {
            assert!(routes.put(route(place, 0.5)));
        }
        assert!(routes.put(route(3, -1.0)));
        assert_eq!(routes.count(), 8);
        let found = routes.find(Source::Lfo(0), route(3, 0.0).to).unwrap();
        assert_eq!(
            (found.depth, found.offset(0.5), found.offset(0.0)),
            (-1.0, 0.0, 1.0)
        );
        routes.remove(Source::Lfo(0), route(3, 0.0).to);
        assert_eq!(routes.count(), 7);
        assert!(routes.find(Source::Lfo(0), route(3, 0.0).to).is_none());
        let targets = Target::all().map(|to| Route {
            to,
            ..route(0, 1.0)
        });
        assert_eq!(
            targets.filter(|route| routes.put(*route)).count(),
            MOST_ROUTES
        );
        assert_eq!(routes.count(), MOST_ROUTES);
    }
}
