//! How the witness checks a pooling layer, forward or backward.

use std::ops::Range;

use burn::tensor::Tensor;

use crate::kernel::Direction;
use crate::window::Window;
use crate::witness::{Expected, Part, Sample, column, part, show};

/// The input places that a place of a pool's output depends on, along an axis.
fn pooled(window: &Window, place: usize, side: usize) -> Range<usize> {
    let from = window.stride * place;
    from.saturating_sub(window.padding)..(from + window.kernel - window.padding).min(side)
}

/// Shows the witness one place of a max-pool's output: the largest value of its window, in every channel.
pub(in crate::network) fn show_pool(window: &Window, x: &Tensor<4>, output: &Tensor<4>) {
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

/// Shows the witness one place of a max-pool's input on the way back: it gets the cotangents of the windows whose first
/// largest value is there.
pub(in crate::network) fn show_pool_back(window: &Window, x: &Tensor<4>, cotangent: &Tensor<4>, result: &Tensor<4>) {
    let window = *window;
    show(|draw| {
        let [batch, channels, height, width] = x.dims();
        let [_, _, rows, columns] = cotangent.dims();
        let [image, y, x_] = [batch, height, width].map(|count| draw.below(count));
        // The outputs that depend on the place, and the inputs that those depend on.
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

/// A reading that must be zero.
fn nothing(seen: Part, what: &'static str) -> Sample {
    let check = move |seen: &[Vec<f32>]| {
        let mut found = seen.iter().flatten();
        found.try_for_each(|&found| Expected::default().hold(|| what.to_owned(), found))
    };
    Sample { noted: Vec::new(), seen: vec![seen], check: Box::new(check) }
}

/// Shows the witness one place of an average over windows without overlap: x `[N, C, H, W]` to `output`, or on the way
/// back an output's cotangent to that of `x`.
pub(in crate::network) fn show_average(direction: Direction, window: &Window, x: &Tensor<4>, output: &Tensor<4>) {
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
            // In a test, what the pool itself shows is checked too, so it must be right as well.
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
