//! One slot: what is bent, how, and how much.

use egui::text::{LayoutJob, TextWrapping};
use egui::{Align2, CornerRadius, Id, Rect, Sense, Stroke, StrokeKind, Ui, pos2, vec2};
use netbend_models::transform::{ParameterRange, TransformKind};
use nice_plug::prelude::{Enum, Param as _, ParamSetter};

use crate::cluster_labels::ClusterLabels;
use crate::params::slot::{SelectionChoice, SlotParams, TransformChoice};
use crate::sound_clusters::SoundClusterStore;

use super::choice::{self, Item};
use super::knob::{self, Knob};
use super::sound;
use super::theme::{self, Tone};

/// Height of a slot in points.
pub const HEIGHT: f32 = theme::PADDING * 2.0
    + HEADER
    + 3.0 * (theme::ROW + LINE_GAP)
    + CAPTION
    + LINE_GAP
    + 4.0
    + knob::SIZE.1;

const HEADER: f32 = 26.0;
const LINE_GAP: f32 = 7.0;
const NAMES: f32 = 58.0;
/// Height of the line that names the cluster chosen.
const CAPTION: f32 = 14.0;

const LAYERS: [Item<'static>; 5] = [
    (
        "1",
        "Layer 1, the latent code: the broadest changes of character",
    ),
    ("2", "Layer 2: broad changes, whole hits and phrases"),
    ("3", "Layer 3: changes of timbre and envelope"),
    ("4", "Layer 4: changes of texture"),
    (
        "5",
        "Layer 5, next to the output: the finest changes, nearest to an equaliser",
    ),
];

const LEARN: f32 = 38.0;

const SELECTIONS: [Item<'static>; 4] = [
    (
        "All",
        "Bend every feature of the layer: the strongest effect",
    ),
    (
        "Random",
        "Bend a random share of the features, drawn with the seed",
    ),
    (
        "Cluster",
        "Bend features that respond alike, so that the bend acts on one aspect of the sound: the line below names it",
    ),
    (
        "Sound cluster",
        "Bend features that respond alike in one sound: play it, then press Learn",
    ),
];

/// Draws slot `number` (1-based) in `rect`. `clusters` are the loaded model's, where one is.
pub fn show(
    ui: &mut Ui,
    rect: Rect,
    number: usize,
    slot: &SlotParams,
    clusters: Option<&ClusterLabels>,
    sound_clusters: &SoundClusterStore,
    setter: &ParamSetter<'_>,
) {
    let active = slot.on.value();
    let tone = if active { Tone::Active } else { Tone::Idle };
    let used = |used: bool| if used { tone } else { Tone::Unused };

    let outline = if active {
        theme::ACCENT.gamma_multiply(0.7)
    } else {
        theme::OUTLINE
    };
    ui.painter().rect(
        rect,
        CornerRadius::same(6),
        theme::PANEL,
        Stroke::new(1.0, outline),
        StrokeKind::Inside,
    );
    let inner = rect.shrink(theme::PADDING);
    let header = inner.with_max_y(inner.top() + HEADER);
    let tip = "Switch this bend on or off";
    choice::switch(
        ui,
        header,
        setter,
        &slot.on,
        &format!("Slot {number}"),
        tip,
        theme::ACCENT,
    );
    ui.painter().text(
        pos2(header.right() - 10.0, header.center().y),
        Align2::RIGHT_CENTER,
        if active { "on" } else { "off" },
        theme::font(theme::SMALL),
        if active {
            theme::ON_ACCENT
        } else {
            theme::MUTED
        },
    );

    let mut y = header.bottom() + LINE_GAP + 2.0;
    let mut line = |ui: &Ui, name: &str| {
        let row = Rect::from_min_size(pos2(inner.left(), y), vec2(inner.width(), theme::ROW));
        y += theme::ROW + LINE_GAP;
        ui.painter().text(
            row.left_center(),
            Align2::LEFT_CENTER,
            name,
            theme::font(theme::SMALL),
            tone.name(),
        );
        row.with_min_x(row.left() + NAMES)
    };
    let layer = line(ui, "Layer");
    choice::fields(ui, layer, setter, &slot.layer, &LAYERS, tone);
    let transform = line(ui, "Transform");
    choice::menu(ui, transform, setter, &slot.transform, &transforms(), tone);
    let mut selection = line(ui, "Selection");
    if slot.selection.value() == SelectionChoice::SoundCluster {
        let learn = selection.with_min_x(selection.right() - LEARN);
        selection = selection.with_max_x(learn.left() - 4.0);
        sound::learn(ui, learn, number, sound_clusters);
    }
    choice::menu(ui, selection, setter, &slot.selection, &SELECTIONS, tone);
    if let Some(clusters) = clusters
        && slot.selection.value() == SelectionChoice::Cluster
    {
        let top = selection.bottom() + LINE_GAP - 2.0;
        let caption = Rect::from_min_size(pos2(inner.left(), top), vec2(inner.width(), CAPTION));
        show_cluster(ui, caption, slot, clusters, tone);
    }

    let kind = slot.transform.value().kind();
    let range = kind.parameters().first();
    let selection = slot.selection.value();
    let width = inner.width() / 4.0;
    let cell = |column: usize| {
        let left = inner.left() + width * column as f32;
        Rect::from_min_max(
            pos2(left, inner.bottom() - knob::SIZE.1),
            pos2(left + width, inner.bottom()),
        )
    };
    Knob::new(
        &slot.cluster,
        setter,
        "Cluster",
        "Which group of features to bend; acts when Selection is Cluster or Sound cluster",
    )
    .tone(used(matches!(
        selection,
        SelectionChoice::Cluster | SelectionChoice::SoundCluster
    )))
    .show(ui, cell(0));
    Knob::new(
        &slot.percentage,
        setter,
        "Percent",
        "How many of the layer's features to bend; acts when Selection is Random",
    )
    .tone(used(selection == SelectionChoice::Random))
    .show(ui, cell(1));
    Knob::new(
        &slot.amount,
        setter,
        "Amount",
        "How far the bend goes: 0 % leaves the features as they are, 100 % replaces them",
    )
    .tone(tone)
    .show(ui, cell(2));
    let parameter = Knob::new(&slot.parameter, setter, "Param", parameter_tip(kind))
        .tone(used(range.is_some()))
        .origin(range.map_or(0.0, |range| neutral(kind, range)))
        .range(range);
    if range.is_some() {
        parameter
    } else {
        parameter.text("–")
    }
    .show(ui, cell(3));
}

/// The name of the cluster chosen, or that there is none and so nothing is bent.
fn show_cluster(ui: &Ui, rect: Rect, slot: &SlotParams, clusters: &ClusterLabels, tone: Tone) {
    let number = |value: i32| usize::try_from(value).unwrap_or(0);
    let label = clusters.get(number(slot.layer.value()), number(slot.cluster.value()));
    let (colour, label) = match &label {
        Ok(label) => (tone.value(), *label),
        Err(label) => (theme::WARNING, label),
    };
    let font = theme::font(theme::SMALL);
    let mut job = LayoutJob::simple_singleline(label.name.clone(), font, colour);
    job.wrap = TextWrapping::truncate_at_width(rect.width());
    let galley = ui.painter().layout_job(job);
    let at = pos2(
        rect.right() - galley.size().x,
        rect.center().y - galley.size().y / 2.0,
    );
    ui.painter().galley(at, galley, colour);
    let id = Id::unique(("cluster name", slot.cluster.name()));
    ui.interact(rect, id, Sense::hover())
        .on_hover_text(format!("{}\n{}", label.name, label.tip));
}

/// The transforms' names, and what each does to the sound.
fn transforms() -> Vec<Item<'static>> {
    TransformChoice::variants()
        .iter()
        .enumerate()
        .map(|(index, name)| {
            (
                *name,
                transform_tip(TransformChoice::from_index(index).kind()),
            )
        })
        .collect()
}

/// What `kind` does to the sound.
fn transform_tip(kind: TransformKind) -> &'static str {
    match kind.name() {
        "ablate" => "Ablate: silence the features, so that what they draw drops out",
        "invert" => "Invert: loud becomes quiet and quiet loud (1 − X)",
        "scalar-multiply" => "Multiply: exaggerate, shrink or turn over the features",
        "binary-thresh" => "Threshold: all or nothing, for hard, blocky textures",
        name => name,
    }
}

fn parameter_tip(kind: TransformKind) -> &'static str {
    match kind.name() {
        "scalar-multiply" => {
            "What the features are multiplied by: 1 changes nothing, 0 silences, below 0 turns over"
        }
        "binary-thresh" => {
            "Where the features switch on: higher thresholds leave less of the sound"
        }
        _ if kind.parameters().is_empty() => "This transform has no parameter",
        _ => "The transform's parameter",
    }
}

/// The knob position at which `kind` does least, where the arc starts.
fn neutral(kind: TransformKind, range: &ParameterRange) -> f32 {
    let value = if kind == TransformKind::ScalarMultiply {
        1.0
    } else {
        0.0
    };
    range.unit(value).clamp(0.0, 1.0)
}
