//! What a layer that is shifted in time was before, as a state of the written model.

use netbend_dsp::number::{cut, nearest_f32, signed};
use serde_json::Value;

use crate::bends::transform::TransformKind;
use crate::error::ModelError;
use crate::export::nodes::{Nodes, int};
use crate::node::operator::sequence::delay;
use crate::node::program::Entry;
use crate::onnx::proto::{Dimension, GraphProto, ModelProto, ValueInfoProto};
use crate::package::manifest::METADATA_KEY;
use crate::package::waveform::{Rest, StateTensor};

/// As many columns as the bends of a layer reach back to, in whole blocks.
pub(super) struct PastColumns {
    rows: usize,
    features: usize,
    steps: usize,
    count: usize,
    /// By how many steps a shift of 1 is late.
    whole: usize,
}

impl PastColumns {
    /// `None` where nothing is shifted in time.
    pub(super) fn wanted(
        entries: &[Entry<'_>],
        rows: usize,
        [features, steps]: [usize; 2],
        whole: usize,
    ) -> Option<Self> {
        let delays = entries.iter().map(|entry| delay(entry, whole));
        if delays.clone().all(|delay| delay == 0.0) {
            return None;
        }
        // A column more is read where a shift is not whole, a block more where blocks are turned over.
        let reach = delays.map(|delay| cut::<usize>(delay.max(0.0).ceil()) + 1);
        let turned = |entry: &&Entry<'_>| entry.transform == TransformKind::FlipVertical;
        let turned = entries.iter().filter(turned).count();
        let blocks = reach.sum::<usize>().div_ceil(steps) + turned;
        Some(Self {
            rows,
            features,
            steps,
            count: blocks.min(whole.div_ceil(steps)) * steps,
            whole,
        })
    }

    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// Puts the columns before `map`. The name of both, and the state.
    pub(super) fn begin(
        &self,
        nodes: &mut Nodes,
        graph: &mut GraphProto,
        map: &str,
    ) -> (String, StateTensor) {
        let input = format!("{map}.before");
        let window = nodes.push("Concat", &[&input, map], vec![int("axis", 2)]);
        let output = self.cut(nodes, &window, self.steps);
        let shape = vec![self.rows, self.features, self.count];
        let dims: Vec<_> = shape
            .iter()
            .map(|&size| Dimension::Fixed(signed(size)))
            .collect();
        graph
            .input
            .push(ValueInfoProto::float_tensor(&input, &dims));
        graph
            .output
            .push(ValueInfoProto::float_tensor(&output, &dims));
        let state = StateTensor {
            name: input.clone(),
            input,
            output,
            shape,
            element: "float32".to_owned(),
            rest: Rest::Zeros,
        };
        (window, state)
    }

    /// The block alone.
    pub(super) fn end(&self, nodes: &mut Nodes, window: &str) -> String {
        self.cut(nodes, window, self.count)
    }

    /// The columns from `first` on.
    fn cut(&self, nodes: &mut Nodes, window: &str, first: usize) -> String {
        let first = nodes.integers(vec![signed(first)]);
        let end = nodes.integers(vec![signed(self.count + self.steps)]);
        let axis = nodes.integers(vec![2]);
        nodes.push("Slice", &[window, &first, &end, &axis], Vec::new())
    }

    /// The columns as late as the entry says; `None` where that is not at all.
    pub(super) fn late(
        &self,
        nodes: &mut Nodes,
        window: &str,
        entry: &Entry<'_>,
    ) -> Option<String> {
        let delay = delay(entry, self.whole);
        if delay == 0.0 {
            return None;
        }
        // A column of zeros stands for what has not come yet and what came before all.
        let (zero, one) = (nodes.integers(vec![0]), nodes.integers(vec![1]));
        let axis = nodes.integers(vec![2]);
        let first = nodes.push("Slice", &[window, &zero, &one, &axis], Vec::new());
        let nothing = nodes.push("Sub", &[&first, &first], Vec::new());
        let padded = nodes.push("Concat", &[window, &nothing], vec![int("axis", 2)]);
        let columns = signed(self.count + self.steps);
        let back = cut::<i64>(delay.floor());
        let mut read = |back: i64| {
            let place = |column: i64| match column - back {
                place if (0..columns).contains(&place) => place,
                _ => columns,
            };
            nodes.gather(&padded, (0..columns).map(place).collect(), 2)
        };
        let (now, earlier) = (read(back), read(back + 1));
        Some(nodes.blend(&now, &earlier, nearest_f32(delay - delay.floor())))
    }
}

/// Says the states in the manifest as well.
///
/// # Errors
/// [`ModelError::Manifest`] where the model has none.
pub(super) fn add_states(
    model: &mut ModelProto,
    states: Vec<StateTensor>,
) -> Result<(), ModelError> {
    if states.is_empty() {
        return Ok(());
    }
    let unreadable = || ModelError::Manifest("it cannot be read again".into());
    let json = model.metadata(METADATA_KEY).unwrap_or("");
    let mut manifest: Value = serde_json::from_str(json).map_err(|_| unreadable())?;
    let told = manifest.get_mut("states").and_then(Value::as_array_mut);
    let told = told.ok_or_else(unreadable)?;
    for state in states {
        told.push(serde_json::to_value(state).map_err(|_| unreadable())?);
    }
    let is_it = |key: &Option<String>| key.as_deref() == Some(METADATA_KEY);
    for entry in &mut model.metadata_props {
        if is_it(&entry.key) {
            entry.value = Some(manifest.to_string());
        }
    }
    Ok(())
}
