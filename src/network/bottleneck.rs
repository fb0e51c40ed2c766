//! The bottleneck block: 1×1 → 3×3 → 1×1, the skip added, ReLU.

use burn::tensor::Tensor;

use super::Convolution;
use super::stem::relu_vjp;

/// A bottleneck block with its BatchNorms merged in.
#[derive(Clone, Debug)]
pub struct Bottleneck {
    /// 1×1, to the block's width.
    pub conv1: Convolution,
    /// 3×3, with the block's stride.
    pub conv2: Convolution,
    /// 1×1, to four times the width.
    pub conv3: Convolution,
    /// The 1×1 projection of the skip, in the first block of a stage.
    pub downsample: Option<Convolution>,
}

/// A block's activations.
#[derive(Clone, Debug)]
pub struct BottleneckTrace {
    /// z of Equation 1, [N, C, H, W].
    pub input: Tensor<4>,
    /// After the first ReLU.
    pub hidden1: Tensor<4>,
    /// After the second ReLU.
    pub hidden2: Tensor<4>,
    /// z′ of Equation 1: after the addition and the last ReLU, hence ≥ 0.
    pub output: Tensor<4>,
}

impl Bottleneck {
    /// The block's output with everything that its vector-Jacobian product needs.
    pub fn forward(&self, input: Tensor<4>) -> BottleneckTrace {
        let hidden1 = self.conv1.activate(input.clone());
        let hidden2 = self.conv2.activate(hidden1.clone());
        let output = self.conv3.activate_with(hidden2.clone(), &self.skip(&input));
        BottleneckTrace { input, hidden1, hidden2, output }
    }

    /// Its convolutions, with the size of what each is given where the block is given `size`.
    pub fn convolutions(&mut self, size: [usize; 2]) -> impl Iterator<Item = (&mut Convolution, [usize; 2])> {
        let small = size.map(|side| side.div_ceil(self.conv2.stride));
        let branch = [(&mut self.conv1, size), (&mut self.conv2, size), (&mut self.conv3, small)];
        branch.into_iter().chain(self.downsample.as_mut().map(|layer| (layer, size)))
    }

    /// What the skip adds: the input, projected where its shape changes.
    pub fn skip(&self, input: &Tensor<4>) -> Tensor<4> {
        match &self.downsample {
            Some(projection) => projection.forward(input.clone()),
            None => input.clone(),
        }
    }

    /// The vector-Jacobian product of the whole block, skip included: [N, C′, H′, W′] → [N, C, H, W].
    pub fn vjp(&self, trace: &BottleneckTrace, cotangent: Tensor<4>) -> Tensor<4> {
        self.back(trace, cotangent, |_, _| {})
    }

    /// The same; `meet` is shown each convolution with the cotangent of its output.
    pub fn back(
        &self,
        trace: &BottleneckTrace,
        cotangent: Tensor<4>,
        meet: impl FnMut(&Convolution, &Tensor<4>),
    ) -> Tensor<4> {
        self.vjp_of_sum(trace, relu_vjp(&trace.output, cotangent), None, meet)
    }

    /// The same from the sum before the last ReLU on, times `factor`, [N, C, H, W], where there is one.
    pub fn vjp_of_sum(
        &self,
        trace: &BottleneckTrace,
        sum: Tensor<4>,
        factor: Option<&Tensor<4>>,
        mut meet: impl FnMut(&Convolution, &Tensor<4>),
    ) -> Tensor<4> {
        meet(&self.conv3, &sum);
        let hidden2 = self.conv3.vjp_through_relu(&trace.hidden2, sum.clone());
        meet(&self.conv2, &hidden2);
        let hidden1 = self.conv2.vjp_through_relu(&trace.hidden1, hidden2);
        meet(&self.conv1, &hidden1);
        let skip = match &self.downsample {
            Some(projection) => {
                meet(projection, &sum);
                projection.vjp([trace.input.dims()[2], trace.input.dims()[3]], sum)
            }
            None => sum,
        };
        self.conv1.vjp_with(&skip, hidden1, factor)
    }
}
