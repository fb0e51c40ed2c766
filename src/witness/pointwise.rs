//! Shows elementwise work to the witness.

use burn::tensor::Tensor;

use super::expected::Expected;
use super::notes::Place;
use super::part::{Part, part};
use super::watch::{Sample, look, show};

/// One place of the inputs of an elementwise operation.
pub(crate) struct Pointwise<const D: usize, const K: usize>(Option<([usize; D], [Place; K])>);

impl<const D: usize, const K: usize> Pointwise<D, K> {
    /// Notes one place of the inputs. Inputs may have 1 in a dimension in which others have more.
    pub(crate) fn of(inputs: [&Tensor<D>; K]) -> Self {
        Self(look(|draw, write| {
            let sides = |axis: usize| inputs.iter().map(|input| input.dims()[axis]).max().unwrap_or(1);
            let place: [usize; D] = std::array::from_fn(|axis| draw.below(sides(axis)));
            (place, inputs.map(|input| write(line(input, place))))
        }))
    }

    /// Shows the result at that place; `of` computes one value of the result from the inputs' values there.
    pub(crate) fn show(self, what: &'static str, result: &Tensor<D>, of: impl Fn([f64; K]) -> f64 + Send + 'static) {
        self.show_boxed(what, result, Box::new(of));
    }

    /// As [`Pointwise::show`], compiled once for all functions.
    fn show_boxed(self, what: &'static str, result: &Tensor<D>, of: Box<dyn Fn([f64; K]) -> f64 + Send>) {
        let Some((place, inputs)) = self.0 else { return };
        show(|_| {
            let check = move |seen: &[Vec<f32>]| {
                let Some((found, inputs)) = seen.split_last() else { return Ok(()) };
                found.iter().enumerate().try_for_each(|(at, &found)| {
                    let value =
                        |input: usize| inputs[input].get(at % inputs[input].len().max(1)).copied().unwrap_or(f32::NAN);
                    let mut expected = Expected::default();
                    expected.add(of(std::array::from_fn(|input| value(input).into())));
                    expected.hold(|| what.to_owned(), found)
                })
            };
            Sample { noted: inputs.into(), seen: vec![line(result, place)], check: Box::new(check) }
        });
    }
}

/// The values of all channels at a place; index 0 in dimensions of one value.
fn line<const D: usize>(tensor: &Tensor<D>, place: [usize; D]) -> Part {
    let dims = tensor.dims();
    part(
        tensor,
        std::array::from_fn::<_, D, _>(|axis| match axis {
            1 => 0..dims[axis],
            _ => place[axis] % dims[axis]..place[axis] % dims[axis] + 1,
        }),
    )
}

/// Shows one place of an elementwise operation, as [`Pointwise`] does, when the inputs still exist afterwards.
pub(crate) fn show_pointwise<const D: usize, const K: usize>(
    what: &'static str,
    inputs: [&Tensor<D>; K],
    result: &Tensor<D>,
    of: impl Fn([f64; K]) -> f64 + Send + 'static,
) {
    Pointwise::of(inputs).show(what, result, of);
}
