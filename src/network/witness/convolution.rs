//! How the witness checks a convolution, forward or backward.

use std::sync::Arc;

use burn::tensor::{Slice, Tensor};

use super::axis::Axis;
use crate::buffer;
use crate::kernel::{Direction, Extra, Geometry, Weight};
use crate::witness::{Draw, Expected, Part, Place, Sample, look, part, show};

/// How many filters of a layer are kept for each direction. A single one may be silenced by its ReLU, which would hide
/// an error. They are evenly spaced.
const FILTERS: usize = 2;

/// Some filters of a convolution as they were read from the weights file. They prove that the weights on the device are
/// the file's.
#[derive(Debug)]
pub struct Witness {
    name: String,
    forward: Vec<Filter>,
    back: Vec<Filter>,
}

/// The weights that make one channel of a result.
#[derive(Clone, Debug)]
struct Filter {
    channel: usize,
    numbers: Numbers,
}

/// A filter's weights, k·k for each channel of its group that is summed over, and its bias.
#[derive(Clone, Debug)]
enum Numbers {
    /// As they are in the file.
    FromFile(Arc<[f32]>, f32),
    /// As they are read from the device: their indices among the numbers read.
    OnDevice { weights: usize, bias: Option<usize> },
}

impl Numbers {
    fn weights_and_bias<'a>(&'a self, seen: &'a [Vec<f32>]) -> (&'a [f32], f32) {
        match self {
            Self::FromFile(weights, bias) => (weights, *bias),
            Numbers::OnDevice { weights, bias } => (&seen[*weights], bias.map_or(0.0, |bias| seen[bias][0])),
        }
    }
}

impl Witness {
    /// The witness of a layer with weights `[C′, C / groups, k, k]` and biases `[C′]`.
    pub(in crate::network) fn new(
        name: &str,
        weight: &[f32],
        bias: &[f32],
        [_, inputs, k, _]: [usize; 4],
        groups: usize,
    ) -> Self {
        let outputs = bias.len();
        let kept = |channels: usize| {
            let kept = FILTERS.min(channels);
            (0..kept).map(move |at| (2 * at + 1) * channels / (2 * kept))
        };
        let places = k * k;
        let forward = kept(outputs).map(|channel| Filter {
            channel,
            numbers: Numbers::FromFile(weight[channel * inputs * places..][..inputs * places].into(), bias[channel]),
        });
        let back = kept(inputs * groups).map(|channel| {
            let (group, within) = (channel / inputs, channel % inputs);
            let of_group = weight.chunks_exact(inputs * places).skip(group * outputs / groups).take(outputs / groups);
            let weights = of_group.flat_map(|filter| &filter[within * places..][..places]).copied().collect();
            Filter { channel, numbers: Numbers::FromFile(weights, 0.0) }
        });
        Self { name: name.to_owned(), forward: forward.collect(), back: back.collect() }
    }
}

/// A convolution's work, in one direction.
pub(in crate::network) struct Work<'a> {
    pub(in crate::network) weight: &'a Weight,
    pub(in crate::network) bias: &'a Tensor<1>,
    /// The filters that were kept; none if weight and bias are not those of the file.
    pub(in crate::network) witness: Option<&'a Witness>,
    pub(in crate::network) geometry: Geometry,
    pub(in crate::network) direction: Direction,
    pub(in crate::network) extra: Extra<&'a Tensor<4>>,
    pub(in crate::network) rectified: bool,
    pub(in crate::network) factor: Option<&'a Tensor<4>>,
    pub(in crate::network) result: &'a Tensor<4>,
}

/// A place of a convolution's result, and the part of the source that it depends on.
pub(in crate::network) struct Look {
    at: [usize; 3],
    axes: [Axis; 2],
    /// None if it depends on nothing.
    window: Option<Place>,
}

impl Look {
    /// Draws a place and notes what it depends on in `source`, which is the input or the output's cotangent. None
    /// if no witness watches.
    pub(in crate::network) fn at(geometry: &Geometry, direction: Direction, source: &Tensor<4>) -> Option<Self> {
        let Geometry { batch, inputs, outputs, stride, input, output, .. } = *geometry;
        let (reduced, [given, made]) = match direction {
            Direction::Forward => (inputs, [input, output]),
            Direction::Vjp => (outputs, [output, input]),
        };
        look(|draw, write| {
            let image = draw.below(batch);
            let mut place = made.map(|side| draw.below(side));
            // On the way back, a stride leaves places that little or nothing comes to. Every other time, one that
            // something comes to is drawn.
            if direction == Direction::Vjp && draw.below(2) == 0 {
                place = place.map(|at| at - at % stride);
            }
            let beyond = if buffer::is_cpu(&source.device()) { geometry.shared() } else { 0 };
            let axes = [0, 1].map(|axis| Axis::new(direction, geometry, given[axis], place[axis], beyond));
            let [rows, columns] = [&axes[0], &axes[1]].map(|axis| axis.seen.clone());
            let window = (!rows.is_empty() && !columns.is_empty())
                .then(|| write(part(source, [image..image + 1, 0..reduced, rows, columns])));
            Self { at: [image, place[0], place[1]], axes, window }
        })
    }
}

impl Work<'_> {
    /// Shows the witness the drawn place, for the filters that were kept. If the weights were computed on the device
    /// and are not those of the file, one filter is read from there.
    pub(in crate::network) fn show(self, look: Option<Look>) {
        if let Some(look) = look {
            show(|draw| self.sample(look, draw));
        }
    }

    fn sample(self, Look { at, axes, window }: Look, draw: &mut Draw) -> Sample {
        let Self { weight, bias, witness, geometry, direction, extra, rectified, factor, result } = self;
        let shared = buffer::is_cpu(&result.device()) && geometry.shared() > 0;
        let Geometry { inputs, outputs, groups, kernel, .. } = geometry;
        let (reduced, produced) = match direction {
            Direction::Forward => (inputs, outputs),
            Direction::Vjp => (outputs, inputs),
        };
        let noted = Vec::from_iter(window);
        let (window, before) = (noted.first().map(|_| 0), noted.len());
        let mut seen = Vec::new();
        let mut also = |part: Part| {
            seen.push(part);
            before + seen.len() - 1
        };
        let each = reduced / groups;
        let (name, filters) = match witness {
            Some(witness) => {
                let filters = if direction == Direction::Forward { &witness.forward } else { &witness.back };
                (format!("layer {}", witness.name), filters.clone())
            }
            None => {
                let channel = draw.below(produced);
                let made_in_group = produced / groups;
                let (first, within) = (channel / made_in_group * each, channel % made_in_group);
                let weights = match direction {
                    Direction::Forward => [channel..channel + 1, 0..each, 0..kernel, 0..kernel],
                    Direction::Vjp => [first..first + each, within..within + 1, 0..kernel, 0..kernel],
                };
                let weights = also(part(weight.tensor(), weights));
                let bias =
                    (direction == Direction::Forward).then(|| also(part(bias, [Slice::from(channel..channel + 1)])));
                (
                    format!("modified {kernel}×{kernel} convolution of {inputs} to {outputs} channels"),
                    vec![Filter { channel, numbers: Numbers::OnDevice { weights, bias } }],
                )
            }
        };
        // At the drawn place, the channels of these filters.
        let ends = filters.first().zip(filters.last()).map_or([0; 2], |(first, last)| [first.channel, last.channel]);
        let step = filters.get(1).map_or(1, |second| second.channel - ends[0]);
        let channels = Slice::new(ends[0] as isize, Some(ends[1] as isize + 1), step as isize);
        let mut made = |tensor: &Tensor<4>| {
            let [image, row, column] = at.map(|at| Slice::from(at..at + 1));
            also(part(tensor, [image, channels, row, column]))
        };
        let result = made(result);
        let extra = extra.map(&mut made);
        let factor = factor.map(&mut made);
        let way = if direction == Direction::Forward { "" } else { " on the way back" };
        let check = move |seen: &[Vec<f32>]| {
            filters.iter().enumerate().try_for_each(|(filter, Filter { channel, numbers })| {
                let of = |place: usize| f64::from(seen[place][filter]);
                let (weights, bias) = numbers.weights_and_bias(seen);
                let mut expected = Expected::default();
                expected.add(bias.into());
                if let Some(window) = window {
                    let first = channel / (produced / groups) * each;
                    let planes = seen[window].chunks_exact(axes[0].seen.len() * axes[1].seen.len());
                    for (plane, weights) in planes.skip(first).zip(weights.chunks_exact(kernel * kernel)) {
                        products(plane, weights, kernel, &axes, &mut expected);
                        if shared {
                            expected.share(plane, weights);
                        }
                    }
                }
                match extra {
                    Extra::None => {}
                    Extra::Addend(addend) => expected.add(of(addend)),
                    Extra::Mask(mask) if of(mask) <= 0.0 => expected.times(0.0),
                    Extra::Mask(_) => {}
                }
                if rectified {
                    expected.rectify();
                }
                if let Some(factor) = factor {
                    expected.times(of(factor));
                }
                expected.hold(|| format!("{name}{way}"), seen[result][filter])
            })
        };
        Sample { noted, seen, check: Box::new(check) }
    }
}

/// Adds the products of one channel's window with its weights `[k, k]` to `sum`.
fn products(plane: &[f32], weights: &[f32], kernel: usize, axes: &[Axis; 2], sum: &mut Expected) {
    let width = axes[1].seen.len();
    for [row, down] in axes[0].joined() {
        for [column, across] in axes[1].joined() {
            sum.add(f64::from(plane[row * width + column]) * f64::from(weights[down * kernel + across]));
        }
    }
}
