//! Convolutions, pooling and resizing: `[batch, features, axis, …]`.

use netbend_dsp::number::{cut, nearest_f32};

use super::attributes::Attributes;
use super::inputs::Inputs;
use super::known::{Known, axis};
use crate::onnx::refusal::Refusal;

/// What moves over the axes.
struct Kernel {
    sizes: Vec<usize>,
    strides: Vec<usize>,
    dilations: Vec<usize>,
    /// At the beginning and at the end of each axis, added up.
    pads: Vec<usize>,
    /// `auto_pad` is `SAME_UPPER` or `SAME_LOWER`: as many positions as strides fit.
    same: bool,
}

impl Kernel {
    fn new(sizes: Vec<usize>, attributes: &Attributes<'_>) -> Result<Self, Refusal> {
        let axes = sizes.len();
        let ends = attributes.sizes("pads", 2 * axes, 0)?;
        let strides = attributes.sizes("strides", axes, 1)?;
        let dilations = attributes.sizes("dilations", axes, 1)?;
        if strides.contains(&0) || dilations.contains(&0) || sizes.contains(&0) {
            return Err("a kernel, stride or dilation of 0".into());
        }
        let automatic = attributes.text("auto_pad");
        Ok(Self {
            sizes,
            strides,
            dilations,
            pads: (0..axes)
                .map(|place| ends[place].saturating_add(ends[place + axes]))
                .collect(),
            same: automatic.starts_with(b"SAME"),
        })
    }

    /// Length of the kernel with its gaps.
    fn reach(&self, place: usize) -> usize {
        self.dilations[place]
            .saturating_mul(self.sizes[place] - 1)
            .saturating_add(1)
    }

    /// Positions of the kernel on an axis of `size`.
    fn positions(&self, place: usize, size: usize, up: bool) -> Result<usize, Refusal> {
        let stride = self.strides[place];
        if self.same {
            return Ok(size.div_ceil(stride));
        }
        let padded = size.saturating_add(self.pads[place]);
        let room = padded
            .checked_sub(self.reach(place))
            .ok_or_else(|| format!("a kernel of {} over {padded}", self.reach(place)))?;
        let steps = if up {
            room.div_ceil(stride)
        } else {
            room / stride
        };
        Ok(steps + 1)
    }
}

fn spatial(x: &Known) -> Result<(usize, usize, &[usize]), Refusal> {
    match x.dims.as_slice() {
        [batch, features, axes @ ..] if !axes.is_empty() => Ok((*batch, *features, axes)),
        dims => Err(Refusal(format!(
            "{dims:?} found; expected [batch, features, axes]"
        ))),
    }
}

pub(super) fn conv(inputs: &Inputs<'_>, attributes: &Attributes<'_>) -> Result<Known, Refusal> {
    let (batch, features, axes) = spatial(inputs.need(0)?)?;
    let (out, per_group, sizes) = spatial(inputs.need(1)?)?;
    let groups = usize::try_from(attributes.int("group", 1)).unwrap_or(0);
    if sizes.len() != axes.len() || per_group.checked_mul(groups) != Some(features) {
        return Err(Refusal(format!(
            "{features} features over {axes:?} found; its weights are for {per_group} × {groups} over {} axes",
            sizes.len()
        )));
    }
    let kernel = Kernel::new(sizes.to_vec(), attributes)?;
    let mut dims = vec![batch, out];
    for (place, &size) in axes.iter().enumerate() {
        dims.push(kernel.positions(place, size, false)?);
    }
    Ok(Known::shaped(dims))
}

pub(super) fn conv_transpose(
    inputs: &Inputs<'_>,
    attributes: &Attributes<'_>,
) -> Result<Known, Refusal> {
    let (batch, features, axes) = spatial(inputs.need(0)?)?;
    let (taken, per_group, sizes) = spatial(inputs.need(1)?)?;
    let groups = usize::try_from(attributes.int("group", 1)).unwrap_or(0);
    if sizes.len() != axes.len() || taken != features {
        return Err(Refusal(format!(
            "{features} features over {axes:?} found; its weights are for {taken} over {} axes",
            sizes.len()
        )));
    }
    let kernel = Kernel::new(sizes.to_vec(), attributes)?;
    let more = attributes.sizes("output_padding", axes.len(), 0)?;
    let mut dims = vec![batch, per_group.saturating_mul(groups)];
    if attributes.ints("output_shape").is_some() {
        dims.extend(attributes.sizes("output_shape", axes.len(), 0)?);
        return Ok(Known::shaped(dims));
    }
    for (place, &size) in axes.iter().enumerate() {
        let stride = kernel.strides[place];
        dims.push(if kernel.same {
            size.saturating_mul(stride)
        } else {
            stride
                .saturating_mul(size.saturating_sub(1))
                .saturating_add(more[place])
                .saturating_add(kernel.reach(place))
                .checked_sub(kernel.pads[place])
                .ok_or("it pads more than there is")?
        });
    }
    Ok(Known::shaped(dims))
}

pub(super) fn pool(inputs: &Inputs<'_>, attributes: &Attributes<'_>) -> Result<Known, Refusal> {
    let (batch, features, axes) = spatial(inputs.need(0)?)?;
    let sizes = attributes.sizes("kernel_shape", axes.len(), 1)?;
    let kernel = Kernel::new(sizes, attributes)?;
    let up = attributes.int("ceil_mode", 0) != 0;
    let mut dims = vec![batch, features];
    for (place, &size) in axes.iter().enumerate() {
        dims.push(kernel.positions(place, size, up)?);
    }
    Ok(Known::shaped(dims))
}

pub(super) fn global_pool(inputs: &Inputs<'_>) -> Result<Known, Refusal> {
    let (batch, features, axes) = spatial(inputs.need(0)?)?;
    let mut dims = vec![batch, features];
    dims.extend(axes.iter().map(|_| 1));
    Ok(Known::shaped(dims))
}

/// What is said of scales that are not known.
const NOT_FOLLOWED: &str = "its scales are computed in a way Netbend cannot follow; export the model for windows of a fixed size, with \
     `scale_factor` rather than `size`";

/// `Resize`: input 2 (1 in operator set 10) holds scales, input 3 sizes, of all axes or of those that are named.
pub(super) fn resize(inputs: &Inputs<'_>, attributes: &Attributes<'_>) -> Result<Known, Refusal> {
    let dims = &inputs.need(0)?.dims;
    let axes = match attributes.ints("axes") {
        Some(axes) => axes
            .iter()
            .map(|&place| axis(place, dims.len()))
            .collect::<Result<Vec<_>, _>>()?,
        None => (0..dims.len()).collect(),
    };
    let values = |place: usize| {
        inputs
            .get(place)
            .and_then(|known| known.values.as_deref())
            .filter(|values| values.len() == axes.len())
    };
    let mut resized = dims.clone();
    if let Some(sizes) = values(3) {
        let policy = attributes.text("keep_aspect_ratio_policy");
        if !matches!(policy, b"" | b"stretch") {
            return Err("it keeps the aspect ratio, which Netbend does not follow".into());
        }
        for (&place, &size) in axes.iter().zip(sizes) {
            resized[place] = cut::<usize>(size);
        }
        return Ok(Known::shaped(resized));
    }
    let place = if inputs.0.len() == 2 { 1 } else { 2 };
    let scales = values(place).ok_or(NOT_FOLLOWED)?;
    for (&place, &scale) in axes.iter().zip(scales) {
        resized[place] = scaled(dims[place], scale);
    }
    Ok(Known::shaped(resized))
}

/// `Upsample`, which `Resize` took the place of: scales are an attribute in operator set 7, input 1 in 9.
pub(super) fn upsample(inputs: &Inputs<'_>, attributes: &Attributes<'_>) -> Result<Known, Refusal> {
    let dims = &inputs.need(0)?.dims;
    let stated = attributes.floats("scales");
    let stated = stated.map(|scales| scales.iter().copied().map(f64::from).collect());
    let scales: Vec<f64> = stated
        .or_else(|| inputs.get(1).and_then(|known| known.values.clone()))
        .filter(|scales: &Vec<f64>| scales.len() == dims.len())
        .ok_or(NOT_FOLLOWED)?;
    let scaled = dims.iter().zip(&scales).map(|(&dim, &by)| scaled(dim, by));
    Ok(Known::shaped(scaled.collect()))
}

/// `as` saturates, and takes NaN to 0.
fn scaled(dim: usize, by: f64) -> usize {
    cut::<usize>((nearest_f32(dim) * nearest_f32(by)).floor())
}
