//! What is soloed and muted: the bends that let one group of features be heard alone, or all but it. GUI thread.

use netbend_models::bends::part_name::PartName;
use netbend_models::bends::selection::SelectionKind;
use netbend_models::bends::transform::TransformKind;
use netbend_models::bends::{BendFrame, BendTarget};

/// A group of features of one layer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// 1-based.
    pub layer: usize,
    pub kind: Kind,
}

/// What kind of group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// A cluster, by its number.
    Cluster(usize),
    /// A part, by its name.
    Part(PartName),
}

/// How a group is heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heard {
    /// It alone, with others that are.
    Solo,
    /// Not at all.
    Mute,
}

/// All that is soloed and muted.
#[derive(Debug, Default)]
pub struct Isolation {
    groups: Vec<(Group, Heard)>,
}

impl Isolation {
    /// Whether nothing is.
    pub fn is_empty(&self) -> bool {
        self.groups.is_empty()
    }

    /// How `group` is heard, if not as ever.
    pub fn of(&self, group: &Group) -> Option<Heard> {
        let found = self.groups.iter().find(|(other, _)| other == group);
        found.map(|(_, heard)| *heard)
    }

    /// Solos or mutes a group, or ends that.
    pub fn turn(&mut self, group: &Group, heard: Heard) {
        let was = self.of(group);
        self.groups.retain(|(other, _)| other != group);
        if was != Some(heard) {
            self.groups.push((group.clone(), heard));
        }
    }

    /// Nothing is soloed or muted any more.
    pub fn clear(&mut self) {
        self.groups.clear();
    }

    /// The bends that make it so, `preview` being tried as well. A muted group is ablated. Where one group of a layer is soloed all others of that
    /// layer are; where several are, each of the rest by itself would take features of the soloed with it, so the `groups` of the
    /// layer are ablated one by one.
    pub fn bends(
        &self,
        preview: Option<&(Group, Heard)>,
        groups: impl Fn(usize) -> Vec<Group>,
    ) -> Vec<BendFrame> {
        let all: Vec<_> = self.groups.iter().chain(preview).collect();
        let muted = all.iter().filter(|(_, heard)| *heard == Heard::Mute);
        let mut bends: Vec<_> = muted.map(|(group, _)| ablated(group, false)).collect();
        let soloed = |layer: usize| {
            let of_layer = all.iter().filter(move |(group, _)| group.layer == layer);
            of_layer
                .filter(|(_, heard)| *heard == Heard::Solo)
                .map(|(group, _)| group)
        };
        let mut layers: Vec<_> = all.iter().map(|(group, _)| group.layer).collect();
        layers.sort_unstable();
        layers.dedup();
        for layer in layers {
            let mut of_layer: Vec<&Group> = Vec::new();
            for group in soloed(layer) {
                if !of_layer.contains(&group) {
                    of_layer.push(group);
                }
            }
            match of_layer.as_slice() {
                [] => {}
                [only] => bends.push(ablated(only, true)),
                several => {
                    let others = groups(layer);
                    let rest = others.iter().filter(|group| !several.contains(group));
                    bends.extend(rest.map(|group| ablated(group, false)));
                }
            }
        }
        bends
    }
}

fn ablated(group: &Group, inverted: bool) -> BendFrame {
    let (selection, cluster, part) = match &group.kind {
        Kind::Cluster(number) => (
            SelectionKind::Cluster,
            u16::try_from(*number).unwrap_or(u16::MAX),
            None,
        ),
        Kind::Part(name) => (SelectionKind::Part, 0, Some(*name)),
    };
    BendFrame {
        target: BendTarget {
            layer: u16::try_from(group.layer).unwrap_or(u16::MAX),
            transform: TransformKind::Ablate,
            selection,
            cluster,
            part,
            inverted,
            ..BendTarget::default()
        },
        share: 1.0,
        amount: 1.0,
        ..BendFrame::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cluster(layer: usize, number: usize) -> Group {
        Group {
            layer,
            kind: Kind::Cluster(number),
        }
    }

    fn of_layer(layer: usize) -> Vec<Group> {
        (0..3).map(|number| cluster(layer, number)).collect()
    }

    fn targets(isolation: &Isolation) -> Vec<(u16, u16, bool)> {
        let bends = isolation.bends(None, of_layer);
        assert!(
            bends
                .iter()
                .all(|bend| bend.amount == 1.0 && bend.share == 1.0)
        );
        let target =
            |bend: &BendFrame| (bend.target.layer, bend.target.cluster, bend.target.inverted);
        bends.iter().map(target).collect()
    }

    #[test]
    fn solo_ablates_all_else_and_mute_the_group() {
        let mut isolation = Isolation::default();
        assert!(targets(&isolation).is_empty());
        isolation.turn(&cluster(2, 1), Heard::Solo);
        assert_eq!(targets(&isolation), [(2, 1, true)]);
        isolation.turn(&cluster(2, 0), Heard::Solo);
        assert_eq!(targets(&isolation), [(2, 2, false)]);
        isolation.turn(&cluster(3, 0), Heard::Mute);
        assert_eq!(targets(&isolation), [(3, 0, false), (2, 2, false)]);
        // Pressed again it is as ever; the other button takes over.
        isolation.turn(&cluster(2, 0), Heard::Mute);
        assert_eq!(isolation.of(&cluster(2, 0)), Some(Heard::Mute));
        isolation.turn(&cluster(2, 0), Heard::Mute);
        assert_eq!(isolation.of(&cluster(2, 0)), None);
        isolation.clear();
        assert!(isolation.is_empty() && targets(&isolation).is_empty());
    }

    #[test]
    fn what_is_tried_counts_with_what_is_set() {
        let isolation = Isolation::default();
        let preview = (cluster(1, 2), Heard::Solo);
        let bends = isolation.bends(Some(&preview), of_layer);
        assert_eq!(bends.len(), 1);
        assert!(bends[0].target.inverted);
    }
}
