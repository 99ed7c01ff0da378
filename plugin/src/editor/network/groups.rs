//! Which group each feature of a layer belongs to, and the order they are shown in. GUI thread.

use egui::Color32;
use netbend_models::bends::part_name::PartName;

use super::isolation::{Group, Kind};
use crate::editor::warning::Model;

/// What features are grouped by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum By {
    /// The parts of the mix, where the model has them.
    #[default]
    Parts,
    /// The clusters of features that act alike.
    Clusters,
}

/// One group of a layer.
#[derive(Debug, Clone, PartialEq)]
pub struct Named {
    pub group: Group,
    pub name: String,
    pub tip: String,
    pub members: Vec<usize>,
    pub colour: Color32,
}

/// Twelve colours that the colour-blind tell apart, by lightness where not by hue: four of Okabe and Ito's, and those farthest from all before them.
const COLOURS: [Color32; 12] = [
    Color32::from_rgb(0xe6, 0x9f, 0x00),
    Color32::from_rgb(0x56, 0xb4, 0xe9),
    Color32::from_rgb(0x00, 0x9e, 0x73),
    Color32::from_rgb(0xf0, 0xe4, 0x42),
    Color32::from_rgb(0xbb, 0x44, 0x11),
    Color32::from_rgb(0x77, 0x55, 0xcc),
    Color32::from_rgb(0xbb, 0x55, 0x99),
    Color32::from_rgb(0xcc, 0xee, 0xdd),
    Color32::from_rgb(0xff, 0x22, 0x66),
    Color32::from_rgb(0x11, 0xff, 0x88),
    Color32::from_rgb(0xdd, 0xcc, 0xee),
    Color32::from_rgb(0xaa, 0x00, 0xff),
];

/// The colour of group number `place`.
pub fn colour(place: usize) -> Color32 {
    COLOURS[place % COLOURS.len()]
}

/// Whether `model` has what features can be grouped by.
pub fn has(model: Model<'_>, by: By) -> bool {
    match by {
        By::Parts => !model.layout.parts.is_empty(),
        By::Clusters => model.layout.clusters.iter().any(|layer| !layer.is_empty()),
    }
}

/// The groups of a layer, in the order of their numbers; none of the latent and of layers without.
pub fn of(model: Model<'_>, layer: usize, by: By) -> Vec<Named> {
    let Some(place) = layer.checked_sub(1) else {
        return Vec::new();
    };
    let count = |members: &[usize]| match members.len() {
        1 => "1 feature".to_owned(),
        count => format!("{count} features"),
    };
    match by {
        By::Parts => {
            let parts = model.layout.parts.iter().enumerate();
            parts
                .filter_map(|(number, part)| {
                    let members = part
                        .members
                        .get(place)
                        .filter(|members| !members.is_empty())?;
                    Some(Named {
                        group: Group {
                            layer,
                            kind: Kind::Part(PartName::new(&part.name)?),
                        },
                        name: part.name.clone(),
                        tip: format!("The {} on layer {layer}: {}", part.name, count(members)),
                        members: members.clone(),
                        colour: colour(number),
                    })
                })
                .collect()
        }
        By::Clusters => {
            let clusters = model
                .layout
                .clusters
                .get(place)
                .map_or(&[][..], Vec::as_slice);
            let named = clusters.iter().enumerate().map(|(number, members)| {
                let label = model.clusters.get(layer, number).ok();
                Named {
                    group: Group {
                        layer,
                        kind: Kind::Cluster(number),
                    },
                    name: label.map_or_else(|| count(members), |label| label.name.clone()),
                    tip: label.map_or_else(String::new, |label| label.tip.clone()),
                    members: members.clone(),
                    colour: colour(number),
                }
            });
            named.collect()
        }
    }
}

/// The features of a layer in the order they are shown in: group by group, then those of none. With each the place of its group.
pub fn order(groups: &[Named], features: usize) -> Vec<(usize, Option<usize>)> {
    let mut order = Vec::with_capacity(features);
    let mut is_placed = vec![false; features];
    for (place, group) in groups.iter().enumerate() {
        for &feature in &group.members {
            if let Some(is_placed) = is_placed.get_mut(feature)
                && !std::mem::replace(is_placed, true)
            {
                order.push((feature, Some(place)));
            }
        }
    }
    let rest = is_placed
        .iter()
        .enumerate()
        .filter(|(_, is_placed)| !**is_placed);
    order.extend(rest.map(|(feature, _)| (feature, None)));
    order
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::editor::theme::vision::least_distance;

    /// What two neighbours of any size differ by at least, in CIELAB: about seven differences that are just seen.
    const APART: f32 = 16.0;

    #[test]
    fn the_colour_blind_tell_all_groups_apart() {
        for (place, one) in COLOURS.iter().enumerate() {
            for other in &COLOURS[place + 1..] {
                let (distance, whom) = least_distance(*one, *other);
                assert!(
                    distance >= APART,
                    "{one:?} and {other:?}: {distance} in {whom}"
                );
            }
        }
    }

    #[test]
    fn every_feature_is_shown_once_beside_its_group() {
        let named = |members: &[usize]| Named {
            group: Group {
                layer: 1,
                kind: Kind::Cluster(0),
            },
            name: String::new(),
            tip: String::new(),
            members: members.to_vec(),
            colour: colour(0),
        };
        let order = order(&[named(&[3, 1]), named(&[1, 9, 0])], 5);
        let expected = [
            (3, Some(0)),
            (1, Some(0)),
            (0, Some(1)),
            (2, None),
            (4, None),
        ];
        assert_eq!(order, expected);
    }
}
