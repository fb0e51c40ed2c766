//! How relevance passes through each kind of layer, from its output to its input.

use burn::tensor::Tensor;

use super::rule::Outputs;
use super::{Addition, Blocks, Composite, Equation1, Input, Ledger, Norm, Pool, Rule, Stem, StemInput};
use crate::kernel;
use crate::network::{Convolution, Residual, Skip, Step, Window, size};
use crate::witness::show_pointwise;

/// A residual block: as one layer of Equation 1, which is C3-LRP's contribution, or layer by layer.
pub(super) fn through_residual(
    ledger: &mut Ledger,
    composite: &Composite,
    block: &Residual,
    step: &Step,
    outputs: Outputs,
    relevance: Tensor<4>,
) -> Tensor<4> {
    match composite.blocks {
        Blocks::Whole => {
            let cotangent = composite.equation.divide_rectified(ledger, relevance, &step.output);
            block.vjp_of_sum(&step.hidden, cotangent, Some(&step.input), &mut |layer, cotangent| {
                ledger.take_bias(layer, cotangent, 1.0);
            })
        }
        Blocks::Layers { convolution, addition } => {
            let skip = block.skip.forward(&step.input);
            let projected = block.skip.is_projected();
            let may_subtract = addition == Addition::Normalised && convolution.tolerates_rounding();
            let branch = match outputs {
                // Wherever an output has relevance, it is the plain sum of branch and skip, so that the branch need not
                // be computed again.
                Outputs::Rectified if may_subtract => {
                    let branch = step.output.clone() - skip.clone();
                    let of = [&step.output, &skip];
                    show_pointwise("branch", of, &branch, |[output, skip]| output - skip);
                    branch
                }
                Outputs::Rectified | Outputs::Signed(_) => {
                    block.branch(&step.hidden).unwrap_or_else(|| skip.zeros_like())
                }
            };
            // With a gate, the branch's result is not the last layer's output.
            let last = block.gate.is_none().then(|| branch.clone());
            let projection = projected.then(|| skip.clone());
            let [main, side] = addition.step(ledger, &composite.equation, branch, skip, projected, relevance);
            let rule = &convolution;
            let (mut main, mut outputs) = (main, Outputs::Signed(last));
            for (layer, input) in block.layers.iter().zip(&step.hidden).rev() {
                let input = Input::Positive(input.clone());
                main = through_convolution(ledger, composite, rule, layer, &input, outputs, main);
                // There is a ReLU between the layers.
                outputs = if rule.skips_zeros() { Outputs::Rectified } else { Outputs::Signed(None) };
            }
            main + through_skip(ledger, composite, rule, &block.skip, &step.input, Outputs::Signed(projection), side)
        }
    }
}

/// A block's skip, from relevance of what it adds to that of the block's input.
fn through_skip(
    ledger: &mut Ledger,
    composite: &Composite,
    rule: &Rule,
    skip: &Skip,
    input: &Tensor<4>,
    outputs: Outputs,
    relevance: Tensor<4>,
) -> Tensor<4> {
    match skip {
        Skip::Identity => relevance,
        // Every place that the skip keeps gets its relevance unchanged.
        Skip::Padded { .. } => skip.vjp(size(input), relevance, &mut |_, _| {}),
        Skip::Projection { pool, layer } => {
            let averaged = Input::Positive(skip.averaged(input));
            let relevance = through_convolution(ledger, composite, rule, layer, &averaged, outputs, relevance);
            match pool {
                None => relevance,
                Some(window) => {
                    let average = averaged.values().clone();
                    composite.equation.step(ledger, input.clone(), average, relevance, |cotangent, _| {
                        kernel::average_pool_vjp(size(input), cotangent, window)
                    })
                }
            }
        }
    }
}

/// A convolution with its ReLU, as one layer of Equation 1.
pub(super) fn through_rectified(
    ledger: &mut Ledger,
    equation: &Equation1,
    layer: &Convolution,
    step: &Step,
    relevance: Tensor<4>,
) -> Tensor<4> {
    let cotangent = equation.divide_rectified(ledger, relevance, &step.output);
    ledger.take_bias(layer, &cotangent, 1.0);
    layer.vjp_times(&step.input, cotangent)
}

/// The convolution whose input is the picture.
pub(super) fn through_first(
    ledger: &mut Ledger,
    composite: &Composite,
    layer: &Convolution,
    step: &Step,
    outputs: Outputs,
    relevance: Tensor<4>,
) -> Tensor<4> {
    match composite.stem {
        Stem::Whole => through_rectified(ledger, &composite.equation, layer, step, relevance),
        Stem::Layer { rule, input } => {
            let (input, outputs) = match input {
                StemInput::Picture => (Input::Signed(step.input.clone()), outputs),
                // With ones as input, the outputs are not the ones that the ReLU saw.
                StemInput::Ones => (Input::Positive(step.input.ones_like()), Outputs::Signed(None)),
            };
            through_convolution(ledger, composite, &rule, layer, &input, outputs, relevance)
        }
    }
}

/// A max-pool, by the rule that the composite has for it.
pub(super) fn through_pool(
    ledger: &mut Ledger,
    composite: &Composite,
    window: &Window,
    step: &Step,
    relevance: Tensor<4>,
) -> Tensor<4> {
    let Step { input, output, .. } = step;
    match composite.pool {
        Pool::Winner => step.unpool(window, relevance),
        Pool::Equation1 => composite
            .equation
            .step(ledger, input.clone(), output.clone(), relevance, |cotangent, _| step.unpool(window, cotangent)),
        Pool::Average => through_average(ledger, composite, input.clone(), relevance),
    }
}

/// A convolution together with its BatchNorm.
pub(super) fn through_convolution(
    ledger: &mut Ledger,
    composite: &Composite,
    rule: &Rule,
    layer: &Convolution,
    input: &Input,
    outputs: Outputs,
    relevance: Tensor<4>,
) -> Tensor<4> {
    let equation = &composite.equation;
    match composite.norm {
        Norm::Merged => rule.step(ledger, equation, layer, input, outputs, relevance),
        // The BatchNorm may flip the sign of the convolution's outputs.
        Norm::Pass => rule.step(ledger, equation, &layer.unmerged(), input, Outputs::Signed(None), relevance),
        // With s·z + t = y, Equation 1 of BatchNorm is R = s·z · R′ / (y + ε), and s·z = y − t.
        Norm::Own => {
            let normed = layer.forward(input.values().clone());
            let channels = layer.bias.dims()[0];
            let scaled = normed.clone() - layer.bias.clone().reshape([1, channels, 1, 1]);
            let passed = scaled * equation.divide(relevance.clone(), &normed);
            ledger.take(1.0, || kernel::sum(&(relevance - passed.clone())));
            rule.step(ledger, equation, &layer.unmerged(), input, Outputs::Signed(None), passed)
        }
    }
}

/// An average over 2×2 instead of the max-pool, by Equation 1. If a side is odd, the last windows reach over the edge,
/// and the values there are zero.
fn through_average(ledger: &mut Ledger, composite: &Composite, input: Tensor<4>, relevance: Tensor<4>) -> Tensor<4> {
    let [batch, channels, height, width] = input.dims();
    let [_, _, rows, columns] = relevance.dims();
    let whole = Tensor::zeros([batch, channels, 2 * rows, 2 * columns], &input.device())
        .slice_assign([0..batch, 0..channels, 0..height, 0..width], input);
    let windows = whole.reshape([batch * channels, rows, 2, columns, 2]);
    let mean = windows.clone().sum_dim(2).sum_dim(4) / 4.0;
    let relevance = relevance.reshape([batch * channels, rows, 1, columns, 1]);
    let back = composite.equation.step(ledger, windows, mean, relevance, |cotangent, _| {
        (cotangent / 4.0).expand([batch * channels, rows, 2, columns, 2])
    });
    back.reshape([batch, channels, 2 * rows, 2 * columns]).slice([0..batch, 0..channels, 0..height, 0..width])
}
