// ResNet in TensorFlow.js, for the bench: the same weights and the same sums as the ONNX model, each
// BatchNorm merged into its convolution, and bias, addition and ReLU fused into it where TensorFlow.js can.
// A classic script has put `tf` in place before.

/** The tensors of a safetensors file in F32, by name. */
function tensors(file) {
  const length = Number(new DataView(file).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(file, 8, length)));
  const { __metadata__, ...infos } = header;
  const values = ({ data_offsets: [start, end] }) =>
    new Float32Array(file.slice(8 + length + start, 8 + length + end));
  return Object.fromEntries(
    Object.entries(infos).map(([name, info]) => [name, { shape: info.shape, values: values(info) }]),
  );
}

/** The network of a safetensors file: a function from a picture's values [3, 224, 224] to its logits. */
export function resnet(file) {
  const weights = tensors(file);

  const convolution = (name, norm, stride) => {
    const { shape, values } = weights[`${name}.weight`];
    const [gamma, beta, mean, variance] = ["weight", "bias", "running_mean", "running_var"].map(
      (part) => weights[`${norm}.${part}`].values,
    );
    const scale = gamma.map((value, channel) => value / Math.sqrt(variance[channel] + 1e-5));
    const each = values.length / shape[0];
    const merged = values.map((value, at) => value * scale[Math.floor(at / each)]);
    const filter = tf.tidy(() => tf.transpose(tf.tensor(merged, shape), [2, 3, 1, 0]));
    const bias = tf.tensor1d(beta.map((value, channel) => value - mean[channel] * scale[channel]));
    const pad = shape[2] >> 1;
    return (x, activation) =>
      tf.fused.conv2d({ x, filter, strides: stride, pad, dataFormat: "NHWC", bias, activation });
  };

  const bottleneck = (name, stride) => {
    const conv1 = convolution(`${name}.conv1`, `${name}.bn1`, 1);
    const conv2 = convolution(`${name}.conv2`, `${name}.bn2`, stride);
    const conv3 = convolution(`${name}.conv3`, `${name}.bn3`, 1);
    const projected = `${name}.downsample.0.weight` in weights;
    const skip = projected && convolution(`${name}.downsample.0`, `${name}.downsample.1`, stride);
    return (x) => {
      const branch = conv3(conv2(conv1(x, "relu"), "relu"), "linear");
      return tf.relu(tf.add(branch, skip ? skip(x, "linear") : x));
    };
  };

  const stem = convolution("conv1", "bn1", 2);
  const blocks = [];
  for (const stage of [1, 2, 3, 4])
    for (let block = 0; `layer${stage}.${block}.conv1.weight` in weights; block++)
      blocks.push(bottleneck(`layer${stage}.${block}`, stage > 1 && block === 0 ? 2 : 1));
  const fc = tf.tensor(weights["fc.weight"].values, weights["fc.weight"].shape);
  const bias = tf.tensor1d(weights["fc.bias"].values);

  return (values) =>
    tf.tidy(() => {
      const picture = tf.transpose(tf.tensor(values, [1, 3, 224, 224]), [0, 2, 3, 1]);
      const pooled = tf.maxPool(stem(picture, "relu"), 3, 2, 1);
      const features = tf.mean(
        blocks.reduce((x, block) => block(x), pooled),
        [1, 2],
      );
      return tf.fused.matMul({ a: features, b: fc, transposeB: true, bias });
    });
}
