//! What the layers show of their work, for the CPU to compute again.

use std::ops::Range;
use std::sync::Arc;

use burn::tensor::{Slice, Tensor};

use super::Window;
use crate::buffer;
use crate::kernel::{Direction, Extra, Geometry, Weight};
use crate::witness::{Draw, Expected, Place, Sample, column, look, part, show};

/// Filters of a layer that are kept, each way: one alone may be silenced by its ReLU, which hides an error. They are
/// at even distances.
const FILTERS: usize = 2;

/// Some filters of a convolution, as they were read from the weights file: they say that what lies on the
/// device is the file's.
#[derive(Debug)]
pub struct Witness {
    name: String,
    forward: Vec<Filter>,
    back: Vec<Filter>,
}

/// What makes one channel of a result.
#[derive(Clone, Debug)]
struct Filter {
    channel: usize,
    numbers: Numbers,
}

/// A filter's weights, k·k for each channel of its group that is summed over, and its bias.
#[derive(Clone, Debug)]
enum Numbers {
    /// As the file has them.
    FromFile(Arc<[f32]>, f32),
    /// As they are read of the device: their places among what is seen.
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
    /// Of a layer's weight [C′, C / groups, k, k] with its bias [C′].
    pub(super) fn new(name: &str, weight: &[f32], bias: &[f32], [_, inputs, k, _]: [usize; 4], groups: usize) -> Self {
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

/// A convolution's work, either way.
pub(super) struct Work<'a> {
    pub(super) weight: &'a Weight,
    pub(super) bias: &'a Tensor<1>,
    /// Where weight and bias are a file's.
    pub(super) witness: Option<&'a Witness>,
    pub(super) geometry: Geometry,
    pub(super) direction: Direction,
    pub(super) extra: Extra<&'a Tensor<4>>,
    pub(super) rectified: bool,
    pub(super) factor: Option<&'a Tensor<4>>,
    pub(super) result: &'a Tensor<4>,
}

/// What a place of a result sees along one axis: places of the source with those of the kernel.
struct Axis {
    joins: Vec<[usize; 2]>,
    seen: Range<usize>,
}

impl Axis {
    /// What is seen reaches `beyond` the places that are joined.
    fn new(direction: Direction, geometry: &Geometry, source: usize, place: usize, beyond: usize) -> Self {
        let Geometry { kernel, stride, padding, .. } = *geometry;
        let seen = |at: usize| match direction {
            Direction::Forward => (place * stride + at).checked_sub(padding),
            Direction::Vjp => (place + padding)
                .checked_sub(at)
                .filter(|scaled| scaled.is_multiple_of(stride))
                .map(|scaled| scaled / stride),
        };
        let joins: Vec<_> = (0..kernel).filter_map(|at| Some([seen(at).filter(|&seen| seen < source)?, at])).collect();
        let sources = || joins.iter().map(|join| join[0]);
        let seen = match (sources().min(), sources().max()) {
            (Some(first), Some(last)) => first.saturating_sub(beyond)..(last + 1 + beyond).min(source),
            _ => 0..0,
        };
        Self { joins, seen }
    }

    /// (Place in what is seen, place of the kernel).
    fn joined(&self) -> impl Iterator<Item = [usize; 2]> {
        self.joins.iter().map(|&[source, at]| [source - self.seen.start, at])
    }
}

/// A place of a convolution's result, and what it sees of what the convolution is given.
pub(super) struct Look {
    at: [usize; 3],
    axes: [Axis; 2],
    /// None where it sees nothing.
    window: Option<Place>,
}

impl Look {
    /// Draws a place and writes down what it sees of `source`, the input, or the output's cotangent; none where
    /// nobody watches.
    pub(super) fn at(geometry: &Geometry, direction: Direction, source: &Tensor<4>) -> Option<Self> {
        let Geometry { batch, inputs, outputs, stride, input, output, .. } = *geometry;
        let (reduced, [given, made]) = match direction {
            Direction::Forward => (inputs, [input, output]),
            Direction::Vjp => (outputs, [output, input]),
        };
        look(|draw, write| {
            let image = draw.below(batch);
            let mut place = made.map(|side| draw.below(side));
            // On the way back a stride leaves places that little or nothing comes to: every other time, another is
            // seen.
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
    /// Shows the place that was looked at, for the kept filters. Where the weights are not the file's but were made
    /// of them on the device, they are read from there, for one channel.
    pub(super) fn show(self, look: Option<Look>) {
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
        let mut also = |tensor: Tensor<1>| {
            seen.push(tensor);
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
                    (direction == Direction::Forward).then(|| also(buffer::copied(bias.clone().narrow(0, channel, 1))));
                (
                    format!("modified {kernel}×{kernel} convolution of {inputs} to {outputs} channels"),
                    vec![Filter { channel, numbers: Numbers::OnDevice { weights, bias } }],
                )
            }
        };
        // Of the place, what these filters make.
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

/// Adds the products of a window of one channel with its weights [k, k].
fn products(plane: &[f32], weights: &[f32], kernel: usize, axes: &[Axis; 2], sum: &mut Expected) {
    let width = axes[1].seen.len();
    for [row, down] in axes[0].joined() {
        for [column, across] in axes[1].joined() {
            sum.add(f64::from(plane[row * width + column]) * f64::from(weights[down * kernel + across]));
        }
    }
}

/// What makes a place of a pool's output, along an axis.
fn pooled(window: &Window, place: usize, side: usize) -> Range<usize> {
    let from = window.stride * place;
    from.saturating_sub(window.padding)..(from + window.kernel - window.padding).min(side)
}

/// Shows one place of a max-pool's output: it has the largest values.
pub(super) fn show_pool(window: &Window, x: &Tensor<4>, output: &Tensor<4>) {
    show(|draw| {
        let [batch, channels, height, width] = x.dims();
        let [_, _, rows, columns] = output.dims();
        let [image, row, across] = [batch, rows, columns].map(|count| draw.below(count));
        let [rows, columns] = [pooled(window, row, height), pooled(window, across, width)];
        let places = rows.len() * columns.len();
        let window = part(x, [image..image + 1, 0..channels, rows, columns]);
        let check = move |seen: &[Vec<f32>]| {
            let maxima = seen[1].chunks_exact(places).map(|window| window.iter().copied().fold(f32::MIN, f32::max));
            maxima.zip(&seen[0]).try_for_each(|(maximum, &found)| {
                let mut expected = Expected::default();
                expected.add(maximum.into());
                expected.hold(|| "max-pool".into(), found)
            })
        };
        Sample { noted: Vec::new(), seen: vec![column(output, [image, row, across]), window], check: Box::new(check) }
    });
}

/// Shows one place of a max-pool's input on the way back: it gets what comes to the windows whose first
/// largest value it has.
pub(super) fn show_pool_back(window: &Window, x: &Tensor<4>, cotangent: &Tensor<4>, result: &Tensor<4>) {
    let window = *window;
    show(|draw| {
        let [batch, channels, height, width] = x.dims();
        let [_, _, rows, columns] = cotangent.dims();
        let [image, y, x_] = [batch, height, width].map(|count| draw.below(count));
        // The outputs that see the place, and the inputs that those see.
        let Window { kernel, stride, padding, .. } = window;
        let outputs = |at: usize, count: usize| {
            let end = ((at + padding) / stride + 1).min(count);
            ((at + padding + 1).saturating_sub(kernel).div_ceil(stride)).min(end)..end
        };
        let [down, across] = [outputs(y, rows), outputs(x_, columns)];
        let all = |outputs: &Range<usize>, side: usize| {
            pooled(&window, outputs.start, side).start..pooled(&window, outputs.end.saturating_sub(1), side).end
        };
        let [seen_rows, seen_columns] = [all(&down, height), all(&across, width)];
        if down.is_empty() || across.is_empty() {
            return nothing(column(result, [image, y, x_]), "max-pool on the way back");
        }
        let seen = vec![
            column(result, [image, y, x_]),
            part(cotangent, [image..image + 1, 0..channels, down.clone(), across.clone()]),
            part(x, [image..image + 1, 0..channels, seen_rows.clone(), seen_columns.clone()]),
        ];
        let check = move |seen: &[Vec<f32>]| {
            let [outputs, inputs] = [down.len() * across.len(), seen_rows.len() * seen_columns.len()];
            let planes = seen[1].chunks_exact(outputs).zip(seen[2].chunks_exact(inputs));
            planes.zip(&seen[0]).try_for_each(|((cotangents, values), &found)| {
                let value =
                    |y: usize, x: usize| values[(y - seen_rows.start) * seen_columns.len() + x - seen_columns.start];
                let windows = down.clone().flat_map(|row| across.clone().map(move |column| (row, column)));
                let mut expected = Expected::default();
                for ((row, column), &cotangent) in windows.zip(cotangents) {
                    let places =
                        pooled(&window, row, height).flat_map(|y| pooled(&window, column, width).map(move |x| (y, x)));
                    let won = places
                        .reduce(|best, next| if value(next.0, next.1) > value(best.0, best.1) { next } else { best });
                    if won == Some((y, x_)) {
                        expected.add(cotangent.into());
                    }
                }
                expected.hold(|| "max-pool on the way back".into(), found)
            })
        };
        Sample { noted: Vec::new(), seen, check: Box::new(check) }
    });
}

/// What is read is zero.
fn nothing(seen: Tensor<1>, what: &'static str) -> Sample {
    let check = move |seen: &[Vec<f32>]| {
        let mut found = seen.iter().flatten();
        found.try_for_each(|&found| Expected::default().hold(|| what.to_owned(), found))
    };
    Sample { noted: Vec::new(), seen: vec![seen], check: Box::new(check) }
}

/// Shows one place of an average of windows that lie side by side: x [N, C, H, W] to `output`, or on the way back an
/// output's cotangent to that of `x`.
pub(super) fn show_average(direction: Direction, window: &Window, x: &Tensor<4>, output: &Tensor<4>) {
    let stride = window.stride;
    show(|draw| {
        let [batch, channels, height, width] = x.dims();
        let [image, y, column_] = [batch, height, width].map(|count| draw.below(count));
        let (row, across) = (y / stride, column_ / stride);
        let within = |at: usize, side: usize| at * stride..((at + 1) * stride).min(side);
        let [rows, columns] = [within(row, height), within(across, width)];
        let places = rows.len() * columns.len();
        let averaged = column(output, [image, row, across]);
        let (seen, what) = match direction {
            Direction::Forward => {
                (vec![averaged, part(x, [image..image + 1, 0..channels, rows, columns])], "average before a projection")
            }
            Direction::Vjp => {
                (vec![column(x, [image, y, column_]), averaged], "average before a projection on the way back")
            }
        };
        let check = move |seen: &[Vec<f32>]| {
            let each = seen[1].len() / seen[0].len().max(1);
            seen[0].iter().zip(seen[1].chunks_exact(each.max(1))).try_for_each(|(&found, values)| {
                let mut expected = Expected::default();
                values.iter().for_each(|&value| expected.add(value.into()));
                expected.times(1.0 / places as f64);
                expected.hold(|| what.to_owned(), found)
            })
        };
        Sample { noted: Vec::new(), seen, check: Box::new(check) }
    });
}

#[cfg(test)]
mod tests {
    use burn::tensor::Device;
    use pollster::block_on;

    use super::*;
    use crate::kernel;
    use crate::network::{Node, Step};
    use crate::random::unit;
    use crate::witness::show_mean;
    use crate::{Error, Result, witness};

    fn noise(shape: [usize; 4]) -> Tensor<4> {
        let values: Vec<f32> = (0..shape.iter().product()).map(|at| unit("x", at).max(0.0)).collect();
        Tensor::from_data(burn::tensor::TensorData::new(values, shape), &Device::flex())
    }

    fn ask(show: impl Fn() + Send + Sync) -> Result<()> {
        let read = || {
            show();
            ((), vec![Tensor::zeros([1], &Device::flex())])
        };
        block_on(witness::read(&Device::flex(), read)).map(|_| ())
    }

    /// Right work passes everywhere, and wrong work is found at some place.
    fn tell(what: &str, right: impl Fn() + Send + Sync, wrong: impl Fn() + Send + Sync) {
        for _ in 0..100 {
            ask(&right).unwrap();
        }
        match (0..100).find_map(|_| ask(&wrong).err()) {
            Some(Error::DeviceWrong(found)) => assert!(found.text().starts_with(what), "{found}"),
            other => panic!("{what}: {other:?}"),
        }
    }

    #[test]
    fn pool_and_average_are_witnessed() {
        let sizes = [[6, 8], [7, 5], [1, 1]].map(|size| (size, Window::RESNET));
        for (size, window) in sizes.into_iter().chain([([6, 8], Window::VGG), ([7, 5], Window::VGG)]) {
            let x = noise([2, 3, size[0], size[1]]);
            let pool: Step = Node::MaxPool(window).forward(x.clone());
            let cotangent = noise(pool.output.dims()) + 1.0;
            let back = pool.unpool(&window, cotangent.clone());
            // As it is checked, what is shown by the pool itself must be right as well.
            let forward = || show_pool(&window, &x, &pool.output);
            tell("its max-pool gave", forward, || show_pool(&window, &x, &(pool.output.clone() + 1.0)));
            let moved = if size == [1, 1] { back.clone() * 2.0 } else { back.clone().flip([2, 3]) };
            let right = || show_pool_back(&window, &x, &cotangent, &back);
            tell("its max-pool on the way back gave", right, || show_pool_back(&window, &x, &cotangent, &moved));

            let side_by_side = Window { ceil: true, ..Window::VGG };
            let average = kernel::average_pool(x.clone(), &side_by_side);
            let back = kernel::average_pool_vjp(size, average.clone(), &side_by_side);
            for (direction, x, wrong, what) in [
                (Direction::Forward, &x, &x, "its average before a projection gave"),
                (Direction::Vjp, &back, &(back.clone() * 1.01), "its average before a projection on the way back gave"),
            ] {
                let right = || show_average(direction, &side_by_side, x, &average);
                tell(what, right, || match direction {
                    Direction::Forward => show_average(direction, &side_by_side, x, &(average.clone() + 1.0)),
                    Direction::Vjp => show_average(direction, &side_by_side, wrong, &average),
                });
            }

            let mean = x.clone().reshape([2, 3, size[0] * size[1]]).mean_dim(2).reshape([2, 3]);
            tell(
                "its global average gave",
                || show_mean("global average", &x, &mean),
                || show_mean("global average", &x, &(mean.clone() + 1.0)),
            );
        }
    }
}
