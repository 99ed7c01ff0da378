//! Which axis of a model's input is time and which is frequency, and how long they are.

use serde_saphyr::Spanned;

use super::Sidecar;
use crate::error::ModelError;
use crate::onnx::precision::is_other_float;
use crate::onnx::printed::printed;
use crate::onnx::proto::{FLOAT, ValueInfoProto};
use crate::package::manifest::FRAMES;

/// The order of a window's axes in the model's own graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Layout {
    /// `[batch, 1, frames, bins]`, Netbend's own.
    #[default]
    TimeFrequency,
    /// `[batch, 1, bins, frames]`; rows of activation maps are frequency too.
    FrequencyTime,
}

impl Layout {
    /// The name sidecars use.
    pub fn name(self) -> &'static str {
        match self {
            Self::TimeFrequency => "time-frequency",
            Self::FrequencyTime => "frequency-time",
        }
    }

    /// The layout called `name`.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::TimeFrequency, Self::FrequencyTime]
            .into_iter()
            .find(|layout| layout.name() == name)
    }
}

/// A window as the model's own graph takes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Window {
    /// Frames.
    pub frames: usize,
    /// Bins.
    pub bins: usize,
    /// Which comes first.
    pub layout: Layout,
    /// The shape without the batch: the two and any axes of 1.
    pub own: Vec<usize>,
}

impl Sidecar {
    /// The window that the graph with these inputs takes.
    ///
    /// # Errors
    /// [`ModelError::Sidecar`] where the input it names is not there or has no shape of a window.
    pub fn window(&self, inputs: &[ValueInfoProto]) -> Result<Window, ModelError> {
        let named = self.tensors().spectrogram();
        let input = inputs
            .iter()
            .find(|input| input.name.as_deref() == Some(&named.value));
        let Some(input) = input else {
            let names: Vec<_> = (inputs.iter().filter_map(|i| i.name.as_deref()))
                .take(16)
                .map(printed)
                .collect();
            let message = format!(
                "tensors.spectrogram `{}` found; expected an input of the graph: {}",
                named.value,
                names.join(", ")
            );
            return Err(self.error(named, message));
        };
        let wrong = |message: String| {
            let shown = shape_text(input);
            self.error(named, format!("input `{}` {shown} {message}", named.value))
        };
        let kind = input.r#type.as_ref().and_then(|t| t.tensor_type.as_ref());
        let is_float = |kind: i32| kind == FLOAT || is_other_float(kind);
        if kind.is_some_and(|kind| !is_float(kind.elem_type.unwrap_or(FLOAT))) {
            return Err(wrong("holds other numbers; expected floats".into()));
        }
        let dims = dims(input);
        let Some(axes) = long_axes(&dims) else {
            return Err(wrong(
                "is no window; expected batch, time and frequency, and axes of 1".into(),
            ));
        };
        let [first, second] = axes.map(|place| dims[place]);
        let layout = self.layout(first, second);
        let (time, frequency) = match layout {
            Layout::TimeFrequency => (first, second),
            Layout::FrequencyTime => (second, first),
        };
        let root = &self.root;
        let size =
            |name: &str, stated: &Option<Spanned<u64>>, found: Option<usize>| match (stated, found)
            {
                (Some(stated), Some(size)) if stated.value != size as u64 => {
                    let message = format!(
                        "{name} {} found; input `{}` {}, {}",
                        stated.value,
                        named.value,
                        shape_text(input),
                        layout.name()
                    );
                    Err(self.error(stated, message))
                }
                (Some(stated), _) => Ok(Some(stated.value as usize)),
                (None, size) => Ok(size),
            };
        let Some(frames) = size("frames", &root.frames, time)? else {
            return Err(wrong(
                "leaves the number of frames open; add `frames:`".into(),
            ));
        };
        let all = self.fft_size() / 2 + 1;
        let bins = size("bins", &root.bins, frequency)?.unwrap_or(all);
        if !(2..=all).contains(&bins) {
            let message = format!(
                "fft_size {} found, which gives {all} bins; input `{}` {}: {bins} bins, {}",
                self.fft_size(),
                named.value,
                shape_text(input),
                layout.name()
            );
            return Err(self.error(&root.fft_size, message));
        }
        if !FRAMES.contains(&frames) {
            let (least, most) = FRAMES.into_inner();
            return Err(wrong(format!(
                "would be {frames} frames, {}; expected {least} to {most}",
                layout.name()
            )));
        }
        let sizes = match layout {
            Layout::TimeFrequency => [frames, bins],
            Layout::FrequencyTime => [bins, frames],
        };
        let mut own = vec![1; dims.len()];
        axes.iter()
            .zip(sizes)
            .for_each(|(&axis, size)| own[axis] = size);
        Ok(Window {
            frames,
            bins,
            layout,
            own,
        })
    }

    /// The batch of the input it names, where that is stated as a number.
    pub(crate) fn declared_batch(&self, inputs: &[ValueInfoProto]) -> Option<usize> {
        let named = &self.tensors().spectrogram().value;
        let mut inputs = inputs.iter();
        let input = inputs.find(|input| input.name.as_deref() == Some(named))?;
        let kind = input.r#type.as_ref()?.tensor_type.as_ref()?;
        let batch = kind.shape.as_ref()?.dim.first()?.dim_value?;
        usize::try_from(batch)
            .ok()
            .filter(|batch| (1..=1024).contains(batch))
    }

    /// The layout stated, or the one that fits: time first where both or neither do.
    fn layout(&self, first: Option<usize>, second: Option<usize>) -> Layout {
        let root = &self.root;
        if let Some(stated) = &root.layout {
            return Layout::from_name(&stated.value).unwrap_or_default();
        }
        let whole = self.fft_size() / 2 + 1;
        let is_time = |axis: Option<usize>| match (&root.frames, axis) {
            (Some(stated), Some(size)) => stated.value == size as u64,
            _ => true,
        };
        let is_frequency = |axis: Option<usize>| match (&root.bins, axis) {
            (Some(stated), Some(size)) => stated.value == size as u64,
            (None, Some(size)) => size == whole || size + 1 == whole,
            _ => true,
        };
        let turned = is_time(second) && is_frequency(first);
        if turned && !(is_time(first) && is_frequency(second)) {
            Layout::FrequencyTime
        } else {
            Layout::TimeFrequency
        }
    }
}

/// The sizes of a tensor's axes behind the batch; `None` where the size is open.
pub(crate) fn dims(input: &ValueInfoProto) -> Vec<Option<usize>> {
    let kind = input.r#type.as_ref().and_then(|t| t.tensor_type.as_ref());
    let dims = kind.and_then(|kind| kind.shape.as_ref());
    dims.map_or(&[][..], |shape| &shape.dim)
        .iter()
        .skip(1)
        .map(|dim| dim.dim_value.and_then(|size| usize::try_from(size).ok()))
        .map(|size| size.filter(|&size| size > 0))
        .collect()
}

/// The two axes that are not 1. An open one behind the batch counts as 1 where there are three.
fn long_axes(dims: &[Option<usize>]) -> Option<[usize; 2]> {
    let mut axes: Vec<usize> = (0..dims.len()).filter(|&n| dims[n] != Some(1)).collect();
    if axes.len() == 3 && dims.len() == 3 && dims[0].is_none() {
        axes.remove(0);
    }
    axes.try_into().ok()
}

/// `has the shape [batch, 1, 64, 513]`.
pub(crate) fn shape_text(input: &ValueInfoProto) -> String {
    let kind = input.r#type.as_ref().and_then(|t| t.tensor_type.as_ref());
    let shape = kind.and_then(|kind| kind.shape.as_ref());
    let names: Vec<String> = shape
        .map_or(&[][..], |shape| &shape.dim)
        .iter()
        .map(|dim| match (dim.dim_value, &dim.dim_param) {
            (Some(size), _) => size.to_string(),
            (None, Some(name)) => printed(name),
            (None, None) => "?".into(),
        })
        .collect();
    format!("has the shape [{}]", names.join(", "))
}
