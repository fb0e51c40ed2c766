//! The CPU as a witness: some of the numbers that a device computes are computed again.
//!
//! While work is watched, each layer shows what it was given and what it made of that, at one place which is
//! drawn anew every time. What was shown comes back with the result, in one trip, and the CPU computes the
//! place again in 64 bits. A layer shows itself where it is computed, so that forward, the way back, modified
//! weights, branches and batches are all watched alike. Work is submitted without waiting, so that one thread
//! watches one piece of work at a time.

use std::cell::{Cell, RefCell};
use std::ops::Range;
use std::sync::atomic::{AtomicU32, Ordering};

use burn::tensor::{Device, Slice, Tensor, TensorData, Transaction};

use crate::buffer;
use crate::random::mix;
use crate::sentence::say;
use crate::{Error, Result};

/// Largest difference that rounding explains, as a share of the sum of all summands' magnitudes: up to 4,608
/// products are summed in any order, at 6e-8 each.
const TOLERANCE: f64 = 3e-4;

/// The same where products are shared with the places beside one (Winograd's F(2×2, 3×3)), as a share of the sum of
/// all weights' magnitudes, each times the largest value that is near: nine terms of about that size, each off by
/// 6e-8 for as many channels as the square root of 512.
const SHARED: f64 = 2e-5;

/// What a GPU may take for zero: it need not have numbers below 1.2e-38, and 4,608 of them, each times a
/// weight, may be missing from a sum.
const NOTHING: f64 = 1e-30;

/// Counts up, so that what is read is never what another read left behind, and places are others each time.
static DRAWN: AtomicU32 = AtomicU32::new(1);

thread_local! {
    static WATCH: RefCell<Option<Watch>> = const { RefCell::new(None) };
}

/// What was shown while work was watched.
struct Watch {
    draw: Draw,
    notes: Notes,
    shown: Vec<Shown>,
}

/// A sample whose tensors are among the notes.
struct Shown {
    places: Vec<Place>,
    judge: Judge,
}

/// Says what it thinks of what was read, in order.
type Judge = Box<dyn FnOnce(&[Vec<f32>]) -> Result<()> + Send>;

/// What is shown, to be read. On a GPU it is written down end to end in a few buffers: each one that lives until it is
/// read would keep a page of the memory pools from the layers to come, however large, and be mapped by itself.
#[derive(Default)]
struct Notes {
    full: Vec<Tensor<1>>,
    /// The one that is written to, up to a place.
    open: Option<(Tensor<1>, usize)>,
}

/// Values of one of the notes.
pub(crate) struct Place {
    note: usize,
    range: Range<usize>,
}

/// Values of a note.
const NOTE: usize = 1 << 16;

impl Notes {
    fn write(&mut self, part: Tensor<1>) -> Place {
        let [count] = part.dims();
        if count > NOTE || buffer::is_cpu(&part.device()) {
            self.close();
            self.full.push(part);
            return Place { note: self.full.len() - 1, range: 0..count };
        }
        let (note, from) = match self.open.take() {
            Some((note, used)) if used + count <= NOTE => (note, used),
            filled => {
                self.full.extend(filled.map(|(note, _)| note));
                (Tensor::zeros([NOTE], &part.device()), 0)
            }
        };
        let range = from..from + count;
        self.open = Some((note.slice_assign([range.clone()], part), range.end));
        Place { note: self.full.len(), range }
    }

    fn close(&mut self) {
        self.full.extend(self.open.take().map(|(note, _)| note));
    }
}

/// Draws places.
pub(crate) struct Draw(u32);

impl Draw {
    /// A number below `count`, which is above 0.
    pub(crate) fn below(&mut self, count: usize) -> usize {
        self.0 = self.0.wrapping_add(1);
        mix(self.0) as usize % count.max(1)
    }
}

/// What a layer shows of its work, and what the CPU says of that.
pub(crate) struct Sample {
    /// What was written down before.
    pub(crate) noted: Vec<Place>,
    /// What is read besides, after that.
    pub(crate) seen: Vec<Tensor<1>>,
    /// Is given what was read, in order.
    pub(crate) judge: Judge,
}

/// What a number should be, and the magnitudes of what was summed to it.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Expected {
    value: f64,
    magnitude: f64,
    /// What terms that are shared with other places may come to.
    shared: f64,
}

impl Expected {
    /// Terms were made of values near the place, and shared: of a channel, with its weights.
    pub(crate) fn share(&mut self, values: &[f32], weights: &[f32]) {
        let largest = values.iter().fold(0f32, |largest, value| largest.max(value.abs()));
        self.shared += f64::from(largest) * weights.iter().map(|weight| f64::from(weight.abs())).sum::<f64>();
    }

    pub(crate) fn add(&mut self, value: f64) {
        self.value += value;
        self.magnitude += value.abs();
    }

    pub(crate) fn times(&mut self, factor: f64) {
        self.value *= factor;
        self.magnitude *= factor.abs();
        self.shared *= factor.abs();
    }

    pub(crate) fn rectify(&mut self) {
        self.value = self.value.max(0.0);
    }

    /// Holds a number that the device `gave` against it. What is beyond the numbers of 32 bits is for whoever
    /// looks whether the result is finite.
    pub(crate) fn hold(self, gave: impl FnOnce() -> String, found: f32) -> Result<()> {
        let Self { value, magnitude, shared } = self;
        let beyond = !magnitude.is_finite() || magnitude > f64::from(f32::MAX);
        if beyond || (f64::from(found) - value).abs() <= (TOLERANCE * magnitude).max(SHARED * shared) + NOTHING {
            return Ok(());
        }
        Err(Error::DeviceWrong(say!(
            "part-wrong",
            "its {part} gave {found} where the CPU finds {value}",
            part = gave(),
            found,
            value
        )))
    }
}

/// Does `work` on a device and reads the tensors that it gives, once the CPU has found right what was shown meanwhile.
///
/// All comes in one trip: each costs the browser milliseconds. With it comes a number that was never there
/// before: a device that computes nothing any more would leave an older result to be read.
///
/// # Errors
/// [`Error::DeviceWrong`], naming the layer, and [`Error::DeviceLost`] where nothing can be read.
pub(crate) async fn read<T: Send>(
    device: &Device,
    work: impl FnOnce() -> (T, Vec<Tensor<1>>) + Send,
) -> Result<(T, Vec<Vec<f32>>)> {
    let drawn = DRAWN.fetch_add(1, Ordering::Relaxed);
    #[cfg(test)]
    let work = fault::taken_along(work);
    let ((given, mut tensors), notes, shown) = buffer::among(device, || watched(mix(drawn), work));
    // Whole numbers below 2²³ and their sums with 1 are exact.
    let drawn = (drawn % (1 << 23)) as f32;
    let proof = Tensor::<1>::from_data([drawn], device) + 1.0;
    let asked = tensors.len();
    tensors.extend(notes);
    let transaction = tensors.into_iter().fold(Transaction::default().register(proof), Transaction::register);
    let arriving = Arriving::begin();
    let mut read = transaction.execute_async().await?.into_iter().map(values);
    drop(arriving);
    if read.next().transpose()? != Some(vec![drawn + 1.0]) {
        return Err(Error::DeviceWrong(say!("device-idle", "it computes nothing any more")));
    }
    let mut read = read.collect::<Result<Vec<_>>>()?;
    let notes = read.split_off(asked);
    for Shown { places, judge } in shown {
        let seen: Option<Vec<_>> =
            places.into_iter().map(|Place { note, range }| Some(notes.get(note)?.get(range)?.to_vec())).collect();
        judge(
            &seen.ok_or_else(|| Error::DeviceLost(say!("result-short", "its result is shorter than it should be")))?,
        )?;
    }
    Ok((given, read))
}

thread_local! {
    static ARRIVING: Cell<usize> = const { Cell::new(0) };
}

/// A result that is on its way from a device. Its buffer is mapped until it is here: work that was dropped meanwhile
/// would leave it so, and the device would refuse whatever uses it next.
struct Arriving;

impl Arriving {
    fn begin() -> Self {
        ARRIVING.set(ARRIVING.get() + 1);
        Self
    }
}

impl Drop for Arriving {
    fn drop(&mut self) {
        // A thread that is ending has no counts any more.
        _ = ARRIVING.try_with(|arriving| arriving.set(arriving.get().saturating_sub(1)));
    }
}

/// Whether a result is on its way from a device, so that the work that waits for it must not be dropped.
#[cfg(target_arch = "wasm32")]
pub(crate) fn arriving() -> bool {
    ARRIVING.get() > 0
}

/// As [`read`], of work that is to come again: its buffers are kept for that.
pub(crate) async fn read_kept<T: Send>(
    device: &Device,
    work: impl FnOnce() -> (T, Vec<Tensor<1>>) + Send,
) -> Result<(T, Vec<Vec<f32>>)> {
    read(device, || buffer::kept(device, work)).await
}

/// The values of a tensor that is there already, as [`read`] reads them.
pub(crate) async fn read_one<const D: usize>(tensor: Tensor<D>) -> Result<Vec<f32>> {
    let device = tensor.device();
    let ((), read) = read(&device, || ((), vec![tensor.reshape([-1])])).await?;
    Ok(read.into_iter().flatten().collect())
}

fn values(data: TensorData) -> Result<Vec<f32>> {
    data.try_into_vec().map_err(|error| {
        Error::DeviceLost(say!("result-unreadable", "its result can't be read: {words}", words = format!("{error:?}")))
    })
}

/// What `work` gives, the notes of what was shown meanwhile, and who judges them.
///
/// A thread that waits for others may do another piece of work meanwhile, within the one that it watches, and that one
/// may panic: whatever comes of it, the thread then watches what it watched before.
fn watched<T>(seed: u32, work: impl FnOnce() -> T) -> (T, Vec<Tensor<1>>, Vec<Shown>) {
    struct Before(Option<Watch>);
    impl Drop for Before {
        fn drop(&mut self) {
            WATCH.set(self.0.take());
        }
    }
    let watch = Watch { draw: Draw(seed), notes: Notes::default(), shown: Vec::new() };
    let before = Before(WATCH.replace(Some(watch)));
    let given = work();
    let (mut notes, shown) = WATCH.take().map_or_else(Default::default, |watch| (watch.notes, watch.shown));
    drop(before);
    notes.close();
    (given, notes.full, shown)
}

/// Lets `note` write to the watch, where work is watched.
fn watching<T>(note: impl FnOnce(&mut Watch) -> T) -> Option<T> {
    // It is taken out, since the thread may come to do other work before it has written.
    let mut watch = WATCH.take()?;
    let noted = note(&mut watch);
    WATCH.set(Some(watch));
    Some(noted)
}

/// Shows something of the work at hand, where it is watched.
pub(crate) fn show(sample: impl FnOnce(&mut Draw) -> Sample) {
    watching(|Watch { draw, notes, shown }| {
        let Sample { noted, seen, judge } = sample(draw);
        let places = noted.into_iter().chain(seen.into_iter().map(|part| notes.write(part))).collect();
        shown.push(Shown { places, judge });
    });
}

/// Writes down what work is given, where it is watched, so that nothing needs to be kept until it is shown.
pub(crate) fn look<T>(at: impl FnOnce(&mut Draw, &mut dyn FnMut(Tensor<1>) -> Place) -> T) -> Option<T> {
    watching(|Watch { draw, notes, .. }| at(draw, &mut |part| notes.write(part)))
}

/// A part of a tensor, in order, to be read.
pub(crate) fn part<const D: usize>(tensor: &Tensor<D>, ranges: [impl Into<Slice> + Clone; D]) -> Tensor<1> {
    buffer::copied(tensor.clone().slice(ranges))
}

/// The values of all channels of a tensor [N, C, H, W] at a place: image, row, column.
pub(crate) fn column(tensor: &Tensor<4>, [image, row, column]: [usize; 3]) -> Tensor<1> {
    let [_, channels, ..] = tensor.dims();
    part(tensor, [image..image + 1, 0..channels, row..row + 1, column..column + 1])
}

/// One place of what is to be computed value by value of some inputs.
pub(crate) struct Pointwise<const D: usize, const K: usize>(Option<([usize; D], [Place; K])>);

impl<const D: usize, const K: usize> Pointwise<D, K> {
    /// Looks at the inputs. One may have 1 where another has more in a dimension.
    pub(crate) fn of(inputs: [&Tensor<D>; K]) -> Self {
        Self(look(|draw, write| {
            let sides = |axis: usize| inputs.iter().map(|input| input.dims()[axis]).max().unwrap_or(1);
            let place: [usize; D] = std::array::from_fn(|axis| draw.below(sides(axis)));
            (place, inputs.map(|input| write(line(input, place))))
        }))
    }

    /// Shows what came of them: `of` gives a value of the result from those of the inputs there.
    pub(crate) fn show(self, what: &'static str, result: &Tensor<D>, of: impl Fn([f64; K]) -> f64 + Send + 'static) {
        let Some((place, inputs)) = self.0 else { return };
        show(|_| {
            let judge = move |seen: &[Vec<f32>]| {
                let Some((found, inputs)) = seen.split_last() else { return Ok(()) };
                found.iter().enumerate().try_for_each(|(at, &found)| {
                    let value =
                        |input: usize| inputs[input].get(at % inputs[input].len().max(1)).copied().unwrap_or(f32::NAN);
                    let mut expected = Expected::default();
                    expected.add(of(std::array::from_fn(|input| value(input).into())));
                    expected.hold(|| what.to_owned(), found)
                })
            };
            Sample { noted: inputs.into(), seen: vec![line(result, place)], judge: Box::new(judge) }
        });
    }
}

/// All along the channels at a place; 0 where there is one value alone.
fn line<const D: usize>(tensor: &Tensor<D>, place: [usize; D]) -> Tensor<1> {
    let dims = tensor.dims();
    part(
        tensor,
        std::array::from_fn::<_, D, _>(|axis| match axis {
            1 => 0..dims[axis],
            _ => place[axis] % dims[axis]..place[axis] % dims[axis] + 1,
        }),
    )
}

/// Shows one place of what was computed value by value, as [`Pointwise`] does, from inputs that are there still.
pub(crate) fn show_pointwise<const D: usize, const K: usize>(
    what: &'static str,
    inputs: [&Tensor<D>; K],
    result: &Tensor<D>,
    of: impl Fn([f64; K]) -> f64 + Send + 'static,
) {
    Pointwise::of(inputs).show(what, result, of);
}

/// Shows one channel of a mean over the places: [N, C, H, W] to [N, C].
pub(crate) fn show_mean(what: &'static str, x: &Tensor<4>, mean: &Tensor<2>) {
    show(|draw| {
        let [batch, channels, height, width] = x.dims();
        let [image, channel] = [batch, channels].map(|count| draw.below(count));
        let [images, channels] = [image..image + 1, channel..channel + 1];
        let seen =
            vec![part(x, [images.clone(), channels.clone(), 0..height, 0..width]), part(mean, [images, channels])];
        let judge = move |seen: &[Vec<f32>]| {
            let mut expected = Expected::default();
            seen[0].iter().for_each(|&value| expected.add(value.into()));
            expected.times(1.0 / seen[0].len() as f64);
            expected.hold(|| what.to_owned(), seen[1][0])
        };
        Sample { noted: Vec::new(), seen, judge: Box::new(judge) }
    });
}

/// Shows one place of ReLU(Σ_k w_k x_k), [1, 1, H, W], of channels x [1, C, H, W] and weights [1, C, 1, 1].
pub(crate) fn show_weighted_sum(what: &'static str, x: &Tensor<4>, weights: &Tensor<4>, sum: &Tensor<4>) {
    show(|draw| {
        let [_, _, height, width] = x.dims();
        let place = [0, draw.below(height), draw.below(width)];
        let seen = vec![column(x, place), column(weights, [0, 0, 0]), column(sum, place)];
        let judge = move |seen: &[Vec<f32>]| {
            let mut expected = Expected::default();
            seen[0].iter().zip(&seen[1]).for_each(|(&x, &weight)| expected.add(f64::from(x) * f64::from(weight)));
            expected.rectify();
            expected.hold(|| what.to_owned(), seen[2][0])
        };
        Sample { noted: Vec::new(), seen, judge: Box::new(judge) }
    });
}

/// Faults that tests have devices make.
#[cfg(test)]
pub(crate) mod fault {
    use std::cell::RefCell;
    use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
    use std::sync::Arc;

    use burn::tensor::Tensor;

    use crate::kernel::Direction;

    type Fault = Arc<dyn Fn(Direction, Tensor<4>) -> Tensor<4> + Send + Sync>;

    thread_local! {
        static FAULT: RefCell<Option<Fault>> = const { RefCell::new(None) };
    }

    /// What every convolution's result becomes on this thread while `work` is done.
    pub(crate) fn during<T>(
        fault: impl Fn(Direction, Tensor<4>) -> Tensor<4> + Send + Sync + 'static,
        work: impl FnOnce() -> T,
    ) -> T {
        with(Some(Arc::new(fault)), work)
    }

    /// Work for another thread, with this one's fault.
    pub(super) fn taken_along<T>(work: impl FnOnce() -> T + Send) -> impl FnOnce() -> T + Send {
        let fault = FAULT.with(|place| place.borrow().clone());
        || with(fault, work)
    }

    fn with<T>(fault: Option<Fault>, work: impl FnOnce() -> T) -> T {
        let before = FAULT.replace(fault);
        let given = catch_unwind(AssertUnwindSafe(work));
        FAULT.set(before);
        given.unwrap_or_else(|panic| resume_unwind(panic))
    }

    pub(crate) fn strike(direction: Direction, result: Tensor<4>) -> Tensor<4> {
        FAULT.with(|place| match &*place.borrow() {
            Some(fault) => fault(direction, result),
            None => result,
        })
    }
}

#[cfg(test)]
mod tests {
    use pollster::block_on;
    use serde_json::{Map, Value, json};

    use super::*;
    use crate::checkpoint::Checkpoint;
    use crate::forward::Forward;
    use crate::kernel::Direction;
    use crate::network::{Convolution, Graph, Node, answer};
    use crate::options::methods;
    use crate::weights::{Architecture, Bytes, Stage, formula};
    use crate::{Options, Output};

    const SIDES: [usize; 2] = [72, 64];

    /// Some layers have groups, and there is an attention branch where it is asked for.
    fn network(attends: bool) -> Graph {
        let mut architecture = Architecture::resnet([1, 2, 1, 1], 8, 10);
        architecture.stages[1].group = 4;
        architecture.attention = attends.then_some(Stage { depth: 1, width: 16, group: 16, out: 64 });
        let checkpoint = formula::checkpoint(&architecture).unwrap();
        let checkpoint = block_on(Checkpoint::open(Bytes(checkpoint))).unwrap();
        block_on(Graph::load(&checkpoint, &Device::flex(), |_, _| {})).unwrap()
    }

    /// A thread that waits does other work meanwhile, which may be watched itself, and may panic.
    #[test]
    fn other_work_on_the_thread_leaves_the_watch_as_it_was() {
        let tensor = || Tensor::<1>::from_data([1.0], &Device::flex());
        let sample = |right: f32| Sample {
            noted: Vec::new(),
            seen: vec![tensor()],
            judge: Box::new(move |seen: &[Vec<f32>]| {
                assert_eq!(seen, [[right]]);
                Ok(())
            }),
        };
        let panics = || {
            let work = || {
                show(|_| sample(1.0));
                panic!("on purpose");
            };
            assert!(std::panic::catch_unwind(|| watched(2, work)).is_err());
        };
        let ((), notes, shown) = watched(1, || {
            panics();
            show(|_| sample(1.0));
            show(|_| {
                panics();
                assert_eq!(watched(3, || show(|_| sample(1.0))).1.len(), 1);
                sample(1.0)
            });
        });
        assert_eq!((notes.len(), shown.len()), (2, 2));
        assert!(watching(|_| ()).is_none());
    }

    /// Winograd's terms are shared among four places: beside a large value a small one has its rounding.
    #[test]
    fn a_small_value_beside_a_large_one_is_no_fault() {
        let checkpoint = formula::checkpoint(&Architecture::resnet([1; 4], 16, 10)).unwrap();
        let checkpoint = block_on(Checkpoint::open(Bytes(checkpoint))).unwrap();
        let mut network = block_on(Graph::load(&checkpoint, &Device::flex(), |_, _| {})).unwrap();
        let served = |(layer, size): &(&mut Convolution, [usize; 2])| layer.geometry(1, *size).shared() > 0;
        let (layer, [height, width]) = network.convolutions([72, 72]).into_iter().find(served).unwrap();
        let [_, channels, ..] = layer.weight.tensor().dims();
        let value = |at: usize| if at % width == 8 { 1.0 } else { 1e-7 };
        let values: Vec<f32> = (0..channels * height * width).map(value).collect();
        let x = Tensor::<4>::from_data(TensorData::new(values, [1, channels, height, width]), &Device::flex());
        // Each time another place is looked at.
        for _ in 0..400 {
            let there = block_on(read(&x.device(), || ((), vec![layer.forward(x.clone()).flatten(0, 3)])));
            let back = block_on(read(&x.device(), || ((), vec![layer.vjp([height, width], x.clone()).flatten(0, 3)])));
            assert!(there.and(back).is_ok());
        }
    }

    fn forward(network: &Graph) -> Result<Forward> {
        block_on(Forward::run(network, formula::input("input", SIDES[0], SIDES[1]), SIDES, &Device::flex()))
    }

    fn attribute(forward: &Forward, network: &Graph, options: &Map<String, Value>) -> Result<()> {
        let method = Options::from_json(json!({ "method": options })).unwrap().method;
        let target = Output::Softmax.most_probable(&forward.logits);
        let quiet = &mut |_: f64, _: f64, _: &str| {};
        block_on(forward.attribute(
            network,
            Output::Softmax,
            (target, &Output::Softmax.target(target)),
            &method,
            2,
            quiet,
        ))
        .map(|_| ())
    }

    /// Each method, and rules that no method has by itself.
    fn ways(attends: bool) -> Vec<Map<String, Value>> {
        let mut ways: Vec<Value> = methods().iter().map(|method| json!({ "name": method.name })).collect();
        ways.retain(|way| way["name"] != "rise" && (attends || way["name"] != "abn"));
        ways.extend([
            json!({ "name": "rise", "masks": 3 }),
            json!({ "name": "grad-cam", "stage": 1 }),
            json!({ "name": "c3-lrp", "epsilon": 10 }),
            json!({ "name": "lrp-epsilon", "epsilon": 1e-30, "norm": "own" }),
            json!({ "name": "lrp-epsilon-plus", "linear": "gamma", "convolution": "alpha-beta", "first": "w-square" }),
            json!({ "name": "lrp-splitting", "convolution": "gamma", "first": "z-box", "input": "picture" }),
        ]);
        ways.into_iter().map(|way| serde_json::from_value(way).unwrap()).collect()
    }

    /// What a device is told to have done wrong within some tries: at some places ReLUs hide it.
    fn caught(mut work: impl FnMut() -> Result<()>) -> String {
        match (0..400).find_map(|_| work().err()) {
            Some(Error::DeviceWrong(what)) => what.to_string(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn right_work_is_right_at_every_place() {
        for attends in [false, true] {
            let network = network(attends);
            for _ in 0..20 {
                forward(&network).unwrap();
            }
            let forward = forward(&network).unwrap();
            for way in ways(attends) {
                for _ in 0..5 {
                    attribute(&forward, &network, &way).unwrap_or_else(|error| panic!("{way:?}: {error}"));
                }
            }
        }
    }

    /// A layer's device has other numbers than the file: what comes of it is wrong everywhere, by 1 %.
    #[test]
    fn a_wrong_layer_is_named() {
        let names = [
            "conv1",
            "layer1.0.conv1",
            "layer1.0.conv2",
            "layer1.0.conv3",
            "layer1.0.downsample.0",
            "layer2.0.conv1",
            "layer2.0.conv2",
        ];
        for (at, name) in names.into_iter().enumerate() {
            let mut network = network(false);
            let Some((layer, _)) = network.convolutions(SIDES).into_iter().nth(at) else { panic!("{name}") };
            layer.weight = (layer.weight.tensor().clone() * 1.01).into();
            let what = caught(|| forward(&network).map(|_| ()));
            assert!(what.contains(&format!("its layer {name} gave")), "{name}: {what}");
        }
    }

    #[test]
    fn the_attention_branch_is_witnessed() {
        let scaled = |layer: &mut Convolution| layer.weight = (layer.weight.tensor().clone() * 1.01).into();
        let whole = network(true);
        let forward_pass = forward(&whole).unwrap();
        let abn = serde_json::from_value(json!({ "name": "abn" })).unwrap();
        for (name, wrong) in [("attention.blocks.0.conv2", 0), ("attention.classes", 1), ("attention.map", 2)] {
            let mut network = whole.clone();
            let branch = network.nodes.iter_mut().find_map(|named| match &mut named.node {
                Node::Attention(branch) => Some(branch),
                _ => None,
            });
            let Some(branch) = branch else { panic!("no branch") };
            let block = &mut branch.blocks[0];
            scaled([&mut block.layers[1], &mut branch.classes, &mut branch.map][wrong]);
            for what in [caught(|| forward(&network).map(|_| ())), caught(|| attribute(&forward_pass, &network, &abn))]
            {
                assert!(what.contains(&format!("its layer {name} gave")), "{name}: {what}");
            }
        }
    }

    /// Every plane of what comes back is turned upside down, and keeps its sum.
    #[test]
    fn values_that_are_moved_within_their_planes_are_found() {
        let moved = |direction, result: Tensor<4>| match direction {
            Direction::Vjp => result.flip([2]),
            Direction::Forward => result,
        };
        for attends in [false, true] {
            let network = network(attends);
            let forward = forward(&network).unwrap();
            // The others go no layer's way back.
            let back = |way: &&Map<String, Value>| {
                let name = way["name"].as_str().unwrap();
                !["rise", "abn"].contains(&name) && (name != "grad-cam" || way.contains_key("stage"))
            };
            for way in ways(attends).iter().filter(back) {
                let what = caught(|| fault::during(moved, || attribute(&forward, &network, way)));
                assert!(what.contains("on the way back gave"), "{way:?}: {what}");
            }
        }
    }

    /// Of a batch, one picture comes out wrong.
    #[test]
    fn batches_are_witnessed() {
        let network = network(false);
        let input = formula::input("input", SIDES[0], SIDES[1]).repeat(3);
        let pictures = Tensor::from_data(TensorData::new(input, [3, 3, SIDES[0], SIDES[1]]), &Device::flex());
        let wrong = |_, result: Tensor<4>| {
            let [_, channels, rows, columns] = result.dims();
            let ranges = [1..2, 0..channels, 0..rows, 0..columns];
            let changed = result.clone().slice(ranges.clone()) * 1.01;
            result.slice_assign(ranges, changed)
        };
        block_on(answer(&network, pictures.clone())).unwrap();
        let what = caught(|| fault::during(wrong, || block_on(answer(&network, pictures.clone()))).map(|_| ()));
        assert!(what.contains("gave"), "{what}");
    }

    #[test]
    fn what_is_computed_value_by_value_is_witnessed() {
        let device = Device::flex();
        let x = Tensor::<4>::from_floats([[[[1.0, 2.0]], [[3.0, 4.0]]]], &device);
        let ask = |result: Tensor<4>| {
            let work = || {
                show_pointwise("doubling", [&x], &result, |[x]| 2.0 * x);
                ((), vec![result.clone().flatten(0, 3)])
            };
            block_on(read(&device, work)).map(|_| ())
        };
        ask(x.clone() * 2.0).unwrap();
        assert!(caught(|| ask((x.clone() * 2.0).flip([3]))).contains("its doubling gave"));
    }

    #[test]
    fn a_weighted_sum_is_witnessed() {
        let device = Device::flex();
        let x = Tensor::<4>::from_floats([[[[1.0, 2.0]], [[3.0, -4.0]]]], &device);
        let weights = Tensor::<4>::from_floats([[[[2.0]], [[0.5]]]], &device);
        let ask = |sum: [f32; 2]| {
            let sum = Tensor::<4>::from_floats([[[sum]]], &device);
            let work = || {
                show_weighted_sum("sum", &x, &weights, &sum);
                ((), vec![sum.clone().flatten(0, 3)])
            };
            block_on(read(&device, work)).map(|_| ())
        };
        (0..10).for_each(|_| ask([3.5, 2.0]).unwrap());
        assert!(caught(|| ask([2.0, 3.5])).contains("its sum gave"));
    }

    #[test]
    fn only_what_rounding_explains_passes() {
        let mut expected = Expected::default();
        [1.0, -1.0, 0.5].into_iter().for_each(|value| expected.add(value));
        let hold = |found| expected.hold(|| "it".into(), found);
        assert!(hold(0.5).is_ok() && hold(0.5003).is_ok());
        assert!(hold(0.501).is_err() && hold(f32::NAN).is_err() && hold(f32::INFINITY).is_err());
        // What a GPU takes for zero.
        let mut tiny = Expected::default();
        tiny.add(1e-39);
        assert!(tiny.hold(|| "it".into(), 0.0).is_ok());
    }
}
