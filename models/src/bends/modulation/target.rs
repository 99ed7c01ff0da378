//! What can be moved: settings by the ids of the plugin's parameters.

/// As many places as a knob has at most.
pub const MOST_PLACES: usize = 8;

/// A knob, or several that are alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Knob {
    /// Whether a slot bends.
    SlotOn,
    /// The cluster it bends.
    SlotCluster,
    /// The share of features.
    SlotPercentage,
    /// The share of a group's features.
    SlotWithin,
    /// Mix of bent and untouched.
    SlotAmount,
    /// The transform's parameter.
    SlotParameter,
    /// Its second one.
    SlotSecond,
    /// Whether a weight slot bends.
    WeightOn,
    /// The share of points.
    WeightPercentage,
    /// How far.
    WeightAmount,
    /// How much of a drawn latent is heard.
    LatentBlend,
    /// How fast it walks.
    LatentRate,
    /// Difference to model.
    Voice,
    /// The difference's quietest gain.
    VoiceFloor,
    /// Its loudest.
    VoiceCeiling,
    /// How smooth it is.
    VoiceSmoothing,
    /// How much of attacks is kept.
    TransientLock,
    /// Lower edge of the band.
    BandLow,
    /// Upper edge.
    BandHigh,
    /// Dry to wet.
    Mix,
    /// Output gain.
    Gain,
    /// The fader of a part.
    PartGain,
}

impl Knob {
    /// Every knob.
    pub const ALL: [Self; 22] = [
        Self::SlotOn,
        Self::SlotCluster,
        Self::SlotPercentage,
        Self::SlotWithin,
        Self::SlotAmount,
        Self::SlotParameter,
        Self::SlotSecond,
        Self::WeightOn,
        Self::WeightPercentage,
        Self::WeightAmount,
        Self::LatentBlend,
        Self::LatentRate,
        Self::Voice,
        Self::VoiceFloor,
        Self::VoiceCeiling,
        Self::VoiceSmoothing,
        Self::TransientLock,
        Self::BandLow,
        Self::BandHigh,
        Self::Mix,
        Self::Gain,
        Self::PartGain,
    ];

    /// The id of its parameter, but for the number, and how many there are.
    fn facts(self) -> (&'static str, usize) {
        match self {
            Self::SlotOn => ("slot_on", 8),
            Self::SlotCluster => ("slot_cluster", 8),
            Self::SlotPercentage => ("slot_percentage", 8),
            Self::SlotWithin => ("slot_within", 8),
            Self::SlotAmount => ("slot_amount", 8),
            Self::SlotParameter => ("slot_parameter", 8),
            Self::SlotSecond => ("slot_second", 8),
            Self::WeightOn => ("weight_on", 2),
            Self::WeightPercentage => ("weight_percentage", 2),
            Self::WeightAmount => ("weight_amount", 2),
            Self::LatentBlend => ("latent_blend", 1),
            Self::LatentRate => ("latent_rate", 1),
            Self::Voice => ("voice", 1),
            Self::VoiceFloor => ("voice_floor", 1),
            Self::VoiceCeiling => ("voice_ceiling", 1),
            Self::VoiceSmoothing => ("voice_smoothing", 1),
            Self::TransientLock => ("transient_lock", 1),
            Self::BandLow => ("band_low", 1),
            Self::BandHigh => ("band_high", 1),
            Self::Mix => ("mix", 1),
            Self::Gain => ("gain", 1),
            Self::PartGain => ("part_gain", 8),
        }
    }

    /// How many there are, at most [`MOST_PLACES`].
    pub fn places(self) -> usize {
        self.facts().1
    }
}

/// One setting that can be moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Target {
    knob: Knob,
    place: usize,
}

impl Target {
    /// The knob at `place`, counted from 0; `None` where there is none.
    pub fn new(knob: Knob, place: usize) -> Option<Self> {
        (place < knob.places()).then_some(Self { knob, place })
    }

    /// Everything that can be moved.
    pub fn all() -> impl Iterator<Item = Self> {
        let places = |knob: Knob| (0..knob.places()).map(move |place| Self { knob, place });
        Knob::ALL.into_iter().flat_map(places)
    }

    /// The knob.
    pub fn knob(self) -> Knob {
        self.knob
    }

    /// Which of them, counted from 0.
    pub fn place(self) -> usize {
        self.place
    }

    /// The id of its parameter: `slot_amount_1`, `voice`.
    pub fn name(self) -> String {
        match self.knob.facts() {
            (name, 1) => name.to_owned(),
            (name, _) => format!("{name}_{}", self.place + 1),
        }
    }

    /// The setting whose parameter has the id `name`.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::all().find(|target| target.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_go_by_the_ids_of_parameters() {
        for target in Target::all() {
            assert_eq!(Target::from_name(&target.name()), Some(target));
            assert!(target.place() < MOST_PLACES);
        }
        let names: std::collections::HashSet<_> = Target::all().map(Target::name).collect();
        assert_eq!(names.len(), Target::all().count());
        let amount = Target::from_name("slot_amount_8");
        assert_eq!(amount, Target::new(Knob::SlotAmount, 7));
        assert_eq!(Target::new(Knob::SlotAmount, 8), None);
        assert_eq!(Target::from_name("slot_amount"), None);
        assert_eq!(
            Target::from_name("voice").map(Target::knob),
            Some(Knob::Voice)
        );
    }

    #[test]
    fn knobs_are_listed_in_the_order_of_their_places() {
        for (place, knob) in Knob::ALL.into_iter().enumerate() {
            assert_eq!(knob as usize, place);
        }
    }
}
