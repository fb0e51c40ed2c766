//! The one table of options: what each is called, what it means, what it can be. The parser, the menus, the
//! command line's help and the JavaScript types come from it.

use serde_json::Value as Json;

use super::method::{AdditionName, RuleName};
use crate::attribution::{Norm, Pool, Stabilizer, Staged, Start, StemInput, Unit};
use crate::device::Choice;
use crate::filter::{Largest, ThresholdName};
use crate::hints::StrideIn;
use crate::metric::{Direction, Ties};
use crate::output::{AgainstName, OutputKind};
use crate::picture::{Fit, Interpolation, Order, SIDES};
use crate::sentence::{Param, Say, Saying, Sentence, say};
use crate::words::{Value, Words, shown};
use crate::{Error, Result};

/// What an option can be.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// One of these.
    OneOf(&'static [Value]),
    /// One of these, or a share from 0 to below 1 as {"fraction": x}.
    OneOfOrFraction(&'static [Value]),
    /// A class by its number, or one of these.
    ClassOr(&'static [Value]),
    /// A whole number in a range, its ends included.
    Whole {
        /// The least.
        least: u64,
        /// The most.
        most: u64,
    },
    /// A number from `least` to `most`.
    Number {
        /// The lower end.
        least: f64,
        /// The upper end, which is included.
        most: f64,
        /// An example.
        such_as: f64,
    },
    /// A text of its own kind: what is expected, and its type in TypeScript.
    Text {
        /// For the error message.
        expected: Saying,
        /// For the types.
        typescript: &'static str,
    },
}

/// The largest number that a map's 32 bits hold.
const LARGEST: f64 = f32::MAX as f64;

const FLAG: Kind = Kind::OneOf(&[Value::Flag(true), Value::Flag(false)]);

const CHANNELS: Kind = Kind::Text {
    expected: || say!("channels", "one number or three, such as [0.485, 0.456, 0.406],"),
    typescript: "number[]",
};

const STAGES: Kind = Kind::Text {
    expected: || say!("stages", "a small whole number for each stage, such as [1, 1, 2, 4],"),
    typescript: "number[]",
};

/// What an option or an entry of a configuration may be.
pub(crate) fn number_from(least: f64, most: f64) -> Sentence {
    say!("number-from", "a number from {least} to {most}", least, most)
}

/// An option's row.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    /// Its name in JSON.
    pub key: &'static str,
    /// What it decides, in a sentence.
    pub meaning: &'static str,
    /// What it can be.
    pub kind: Kind,
    /// Whether it may be a list as well, with a value for each stage.
    pub by_stage: bool,
}

/// Every option.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Name {
    /// The explained class.
    Target,
    /// What it is held against.
    Against,
    /// How a picture becomes a square.
    Fit,
    /// Where relevance starts.
    Start,
    /// How denominators are kept from zero.
    Stabilizer,
    /// ε.
    Epsilon,
    /// What ε is measured in.
    EpsilonUnit,
    /// The linear layer's rule.
    Linear,
    /// Whether the linear layer divides by its bias too.
    LinearBias,
    /// The convolutions' rule.
    Convolution,
    /// The first convolution's rule.
    First,
    /// γ.
    Gamma,
    /// α.
    Alpha,
    /// What BatchNorm does.
    Norm,
    /// How relevance is split at an addition.
    Addition,
    /// Whether identity skips take part.
    IdentitySkips,
    /// What the max-pool does.
    Pool,
    /// The first rule's input.
    Input,
    /// Grad-CAM's stage.
    Stage,
    /// RISE's masks.
    Masks,
    /// RISE's grid.
    Grid,
    /// RISE's probability.
    Keep,
    /// RISE's seed.
    Seed,
    /// A filter's side.
    Size,
    /// A filter's threshold.
    Threshold,
    /// A filter's neighbours.
    Connectivity,
    /// A filter's largest component.
    Component,
    /// A filter's largest contour.
    Contour,
    /// Whether holes count.
    Filled,
    /// Levels of heat quantization.
    Levels,
    /// A curve's protocol.
    Protocol,
    /// A curve's ties.
    Ties,
    /// A curve's points.
    Points,
    /// Which curve.
    Direction,
    /// A point of a curve.
    Point,
    /// Where a network runs.
    Device,
    /// What a network's outputs mean.
    Output,
    /// The side of the square that a network sees.
    InputSide,
    /// The share that a crop keeps.
    Crop,
    /// How pixels between pixels are found.
    Interpolation,
    /// The mean of each channel.
    Mean,
    /// The standard deviation of each channel.
    Std,
    /// The channels' order.
    Order,
    /// Which convolution of a bottleneck has its stride.
    StrideIn,
    /// Each stage's stride.
    Strides,
    /// Each stage's dilation.
    Dilations,
    /// BatchNorm's ε.
    NormEpsilon,
    /// How many channels.
    Top,
    /// A drawn bird's side.
    Side,
    /// A drawn bird's tag.
    Tag,
}

impl Name {
    /// Its row of the table.
    pub fn setting(self) -> Setting {
        let of = |key, meaning, kind| Setting { key, meaning, kind, by_stage: false };
        let by_stage = |setting| Setting { by_stage: true, ..setting };
        match self {
            Self::Target => of(
                "target",
                "The class to explain; the most probable one when absent.",
                Kind::Whole { least: 0, most: u32::MAX as u64 },
            ),
            Self::Against => of(
                "against",
                "What the class is held against: another class, all others alike, or all others by their probability. Red then speaks for the class rather than for them.",
                Kind::ClassOr(AgainstName::CHOICES),
            ),
            Self::Fit => of(
                "fit",
                "How a picture becomes a square: the centre of it, all of it squeezed, or all of it with borders.",
                Kind::OneOf(Fit::CHOICES),
            ),
            Self::Start => of(
                "start",
                "How much relevance starts: the class's probability, or the size of its logit. Either way red speaks for the class.",
                Kind::OneOf(Start::CHOICES),
            ),
            Self::Stabilizer => of(
                "stabilizer",
                "How denominators are kept from zero: z + ε, or z + ε·sign(z).",
                Kind::OneOf(Stabilizer::CHOICES),
            ),
            Self::Epsilon => by_stage(of(
                "epsilon",
                "The stabilizer's size, above 0.",
                Kind::Number { least: f32::MIN_POSITIVE as f64, most: LARGEST, such_as: 1e-6 },
            )),
            Self::EpsilonUnit => of(
                "epsilonUnit",
                "What the stabilizer's size is measured in: as it stands, or in the root mean square of the layer's outputs.",
                Kind::OneOf(Unit::CHOICES),
            ),
            Self::Linear => of("linear", "The linear layer's rule.", Kind::OneOf(RuleName::OF_LAYERS)),
            Self::LinearBias => of("linearBias", "Whether the linear layer's denominators count its bias.", FLAG),
            Self::Convolution => {
                by_stage(of("convolution", "The rule of the convolutions in blocks.", Kind::OneOf(RuleName::OF_LAYERS)))
            }
            Self::First => of("first", "The rule of the first convolution.", Kind::OneOf(RuleName::CHOICES)),
            Self::Gamma => by_stage(of(
                "gamma",
                "The γ rule's γ, 0 or more.",
                Kind::Number { least: 0.0, most: LARGEST, such_as: 0.25 },
            )),
            Self::Alpha => by_stage(of(
                "alpha",
                "The αβ rule's α, 1 or more; β is α − 1.",
                Kind::Number { least: 1.0, most: LARGEST, such_as: 2.0 },
            )),
            Self::Norm => of(
                "norm",
                "What BatchNorm does: merged into its convolution, a layer of its own, or passing relevance.",
                Kind::OneOf(Norm::CHOICES),
            ),
            Self::Addition => of(
                "addition",
                "How relevance is split between a block and its skip: by signed contribution, in halves, or by magnitude.",
                Kind::OneOf(AdditionName::CHOICES),
            ),
            Self::IdentitySkips => of(
                "identitySkips",
                "Whether skips without a projection take part in a symmetric or ratio split; if not, the block gets all.",
                FLAG,
            ),
            Self::Pool => of(
                "pool",
                "What the max-pool does: pass to the maximum, the same by Equation 1, or as a 2×2 average.",
                Kind::OneOf(Pool::CHOICES),
            ),
            Self::Input => {
                of("input", "What the first convolution's rule takes for its input.", Kind::OneOf(StemInput::CHOICES))
            }
            Self::Stage => of(
                "stage",
                "The stage whose channels are weighted; 4 is the last one.",
                Kind::OneOf(&[Value::Whole(1), Value::Whole(2), Value::Whole(3), Value::Whole(4)]),
            ),
            Self::Masks => {
                of("masks", "How many masks; each costs a forward pass.", Kind::Whole { least: 1, most: 100_000 })
            }
            Self::Grid => of("grid", "Cells along an edge of a mask.", Kind::Whole { least: 2, most: 32 }),
            Self::Keep => of(
                "keep",
                "The probability that a cell is kept.",
                Kind::Number { least: 1e-3, most: 1.0, such_as: 0.5 },
            ),
            Self::Seed => of("seed", "What the masks are drawn from.", Kind::Whole { least: 0, most: u32::MAX as u64 }),
            Self::Size => {
                of("size", "The side of the map that the filter works on.", Kind::Whole { least: 2, most: 128 })
            }
            Self::Threshold => of(
                "threshold",
                "What stands out: above the mean, by Otsu, or above a fraction of the maximum.",
                Kind::OneOfOrFraction(ThresholdName::CHOICES),
            ),
            Self::Connectivity => {
                of("connectivity", "Neighbours of a component.", Kind::OneOf(&[Value::Whole(4), Value::Whole(8)]))
            }
            Self::Component => of("component", "Which component is the largest.", Kind::OneOf(Largest::CHOICES)),
            Self::Contour => of("contour", "Which contour is the largest.", Kind::OneOf(Largest::CHOICES)),
            Self::Filled => of("filled", "Whether holes inside the contour belong to its region.", FLAG),
            Self::Levels => of(
                "levels",
                "How many levels there are from the map's minimum to its maximum.",
                Kind::Whole { least: 2, most: 256 },
            ),
            Self::Protocol => of(
                "protocol",
                "What hidden pixels show: the mean colour (\"paper\": C3-LRP's Equations 5 and 6); on insertion the blurred picture (\"rise\"); black, in patches (\"patch\", \"patch:16\").",
                Kind::Text {
                    expected: || say!("protocols", "paper, rise, patch, patch:SIDE or patch:SIDE:STEP"),
                    typescript: "\"paper\" | \"rise\" | \"patch\" | `patch:${number}` | `patch:${number}:${number}`",
                },
            ),
            Self::Ties => {
                of("ties", "Whether equal values enter one after the other, or together.", Kind::OneOf(Ties::CHOICES))
            }
            Self::Points => {
                of("points", "Points of a curve, both ends counted.", Kind::Whole { least: 2, most: u32::MAX as u64 })
            }
            Self::Direction => of("direction", "Which curve.", Kind::OneOf(Direction::CHOICES)),
            Self::Point => of("point", "The curve's point, from 0.", Kind::Whole { least: 0, most: u32::MAX as u64 }),
            Self::Device => of(
                "device",
                "Where the network runs: WebGPU on a real adapter, else the CPU; or one of them.",
                Kind::OneOf(Choice::CHOICES),
            ),
            Self::Output => of(
                "output",
                "What the outputs mean: classes that exclude each other (softmax), or each by itself (sigmoid). A network with one output answers yes or no.",
                Kind::OneOf(OutputKind::CHOICES),
            ),
            Self::InputSide => of(
                "side",
                "Side of the square that the network sees, in pixels.",
                Kind::Whole { least: *SIDES.start() as u64, most: *SIDES.end() as u64 },
            ),
            Self::Crop => of(
                "crop",
                "Share of the shorter side that a crop keeps: 0.875 is 224 of 256.",
                Kind::Number { least: 0.1, most: 1.0, such_as: 0.875 },
            ),
            Self::Interpolation => {
                of("interpolation", "How pixels between pixels are found.", Kind::OneOf(Interpolation::CHOICES))
            }
            Self::Mean => of("mean", "Mean of each channel, of pixels from 0 to 1, in the network's order.", CHANNELS),
            Self::Std => of("std", "Standard deviation of each channel, above 0.", CHANNELS),
            Self::Order => of("order", "The order of the network's channels.", Kind::OneOf(Order::CHOICES)),
            Self::StrideIn => of(
                "strideIn",
                "Which convolution of a bottleneck has its stride: torchvision's 3×3, or the first 1×1 as in Caffe and Keras.",
                Kind::OneOf(StrideIn::CHOICES),
            ),
            Self::Strides => of("strides", "The stride of each stage, 1 or 2.", STAGES),
            Self::Dilations => of(
                "dilations",
                "The dilation of each stage, 1, 2, 4 or 8; it takes the place of the stage's stride unless strides are given.",
                STAGES,
            ),
            Self::NormEpsilon => {
                of("normEpsilon", "BatchNorm's ε.", Kind::Number { least: 1e-12, most: 1.0, such_as: 1e-5 })
            }
            Self::Top => of("top", "How many channels.", Kind::Whole { least: 1, most: u32::MAX as u64 }),
            Self::Side => of("side", "Pixels along an edge.", Kind::Whole { least: 96, most: 1024 }),
            Self::Tag => of(
                "tag",
                "The species whose coloured tag is planted in a corner; none when absent.",
                Kind::Text { expected: || say!("species", "a species' name"), typescript: "string" },
            ),
        }
    }

    /// Its name in JSON.
    pub fn key(self) -> &'static str {
        self.setting().key
    }

    /// The value that JSON gives, or a value for each stage.
    ///
    /// # Errors
    /// [`Error::Options`], with the option, the stage, what it is and what was expected, as a sentence.
    fn staged(self, json: &Json) -> Result<Staged<Value>> {
        let (setting, option) = (self.setting(), self.key());
        let values = match json.as_array().filter(|_| setting.by_stage) {
            None => return setting.read(json).map(Staged::all),
            Some(values) => values,
        };
        let one = |(stage, json)| {
            setting.value(json).ok_or_else(|| {
                let (given, expected) = (shown(json), setting.kind.expected());
                Error::Options(say!(
                    "option-of-stage",
                    "{option} is {given} for stage {stage}; {expected} was expected",
                    option,
                    given,
                    stage,
                    expected
                ))
            })
        };
        let (count, most) = (values.len(), Staged::<Value>::MOST);
        let values = (1..=most).zip(values).map(one).collect::<Result<Vec<_>>>()?;
        Staged::of(&values).filter(|_| count <= most).ok_or_else(|| {
            Error::Options(say!(
                "option-stages",
                "{option} is a list of {count} values; 1 to {most} were expected, one for each stage from the pixels to the class",
                option,
                count,
                most
            ))
        })
    }
}

impl Kind {
    /// All that it can be, where that is a list.
    pub fn choices(self) -> &'static [Value] {
        match self {
            Self::OneOf(choices) | Self::OneOfOrFraction(choices) | Self::ClassOr(choices) => choices,
            Self::Whole { .. } | Self::Number { .. } | Self::Text { .. } => &[],
        }
    }

    /// The words after "was expected" of an error message, without them.
    fn expected(self) -> Sentence {
        match self {
            Self::OneOf(choices) => say!("one-of", "{choices:or}", choices),
            Self::OneOfOrFraction(choices) => {
                say!("one-of-or-fraction", "{choices:or} or {\"fraction\": 0 to below 1}", choices)
            }
            Self::ClassOr(choices) => say!("class-or", "the number of a class or {choices:or}", choices),
            Self::Whole { least, most } if most >= u64::from(u32::MAX) => {
                say!("whole-above", "a whole number of {least} or more", least)
            }
            Self::Whole { least, most } => say!("whole-from", "a whole number from {least} to {most}", least, most),
            Self::Number { least, most, such_as } => match (least == f64::from(f32::MIN_POSITIVE), most >= LARGEST) {
                (true, _) => say!("number-positive", "a number above 0, such as {example},", example = such_as),
                (false, true) => {
                    say!("number-above", "a number of {least} or more, such as {example},", least, example = such_as)
                }
                (false, false) => number_from(least, most),
            },
            Self::Text { expected, .. } => expected(),
        }
    }

    fn typescript(self) -> String {
        let list = |choices: &[Value]| choices.iter().map(spelled).collect::<Vec<_>>().join(" | ");
        match self {
            Self::OneOf([Value::Flag(_), ..]) => "boolean".into(),
            Self::OneOf(choices) => list(choices),
            Self::OneOfOrFraction(choices) => format!("{} | {{ fraction: number }}", list(choices)),
            Self::ClassOr(choices) => format!("number | {}", list(choices)),
            Self::Whole { .. } | Self::Number { .. } => "number".into(),
            Self::Text { typescript, .. } => typescript.into(),
        }
    }
}

impl Say for Value {
    fn param(&self) -> Param {
        Param::Text(spelled(self))
    }
}

/// As JSON has it.
fn spelled(value: &Value) -> String {
    match value {
        Value::Word(word) => format!("{word:?}"),
        other => other.to_string(),
    }
}

impl Setting {
    /// Its meaning, and what it can be.
    pub fn help(&self) -> String {
        let list = if self.by_stage { ", or a list with one for each stage, from the pixels to the class" } else { "" };
        format!("{} [{}{list}]", self.meaning.trim_end_matches('.'), self.kind.expected().text().trim_end_matches(','))
    }

    /// Its type in TypeScript.
    pub fn typescript(&self) -> String {
        let one = self.kind.typescript();
        match (self.by_stage, one.contains(' ')) {
            (false, _) => one,
            (true, false) => format!("{one} | {one}[]"),
            (true, true) => format!("{one} | ({one})[]"),
        }
    }

    /// The value that JSON gives.
    ///
    /// # Errors
    /// [`Error::Options`], with the option, what it is and what was expected, as a sentence.
    pub fn read(&self, json: &Json) -> Result<Value> {
        self.value(json).ok_or_else(|| self.refusal(json))
    }

    fn value(&self, json: &Json) -> Option<Value> {
        let choice = |choices: &[Value]| {
            choices.iter().copied().find(|choice| match choice {
                Value::Flag(flag) => json.as_bool() == Some(*flag),
                Value::Whole(number) => whole(json) == Some(*number),
                Value::Number(number) => json.as_f64() == Some(*number),
                Value::Word(word) => json.as_str() == Some(word),
                Value::Fraction { .. } => false,
            })
        };
        match self.kind {
            Kind::OneOf(choices) => choice(choices),
            Kind::OneOfOrFraction(choices) => choice(choices).or_else(|| {
                let object = json.as_object().filter(|object| object.len() == 1)?;
                let fraction = object.get("fraction")?.as_f64().filter(|fraction| (0.0..1.0).contains(fraction))?;
                Some(Value::Fraction { fraction })
            }),
            Kind::ClassOr(choices) => {
                let class = whole(json).filter(|class| *class <= u32::MAX.into());
                choice(choices).or(class.map(Value::Whole))
            }
            Kind::Whole { least, most } => {
                whole(json).filter(|number| (least..=most).contains(number)).map(Value::Whole)
            }
            Kind::Number { least, most, .. } => {
                json.as_f64().filter(|number| (least..=most).contains(number)).map(Value::Number)
            }
            // Its own parser reads it.
            Kind::Text { .. } => None,
        }
    }

    /// Why a value can't be taken.
    pub fn refusal(&self, json: &Json) -> Error {
        unfit(self, shown(json))
    }
}

fn unfit(setting: &Setting, given: String) -> Error {
    let (option, expected) = (setting.key, setting.kind.expected());
    Error::Options(say!("option-is", "{option} is {given}; {expected} was expected", option, given, expected))
}

/// A whole number, whether it is written as 3 or as 3.0.
fn whole(json: &Json) -> Option<u64> {
    let float = || json.as_f64().filter(|number| number.fract() == 0.0 && (0.0..9e15).contains(number));
    json.as_u64().or_else(|| float().map(|number| number as u64))
}

/// What options are of, for messages.
#[derive(Clone, Copy, Debug)]
pub enum Owner {
    /// A method.
    Method(&'static str),
    /// A filter.
    Filter(&'static str),
    /// A call.
    Call(&'static str),
}

/// The options of something, each with its value, which may differ from stage to stage.
#[derive(Clone, Debug)]
pub struct Settings {
    of: Owner,
    values: Vec<(Name, Staged<Value>)>,
    /// The stage whose values are asked for.
    stage: usize,
}

impl Settings {
    /// Those that there are, with their defaults.
    pub fn new(of: Owner, defaults: Vec<(Name, Value)>) -> Self {
        let values = defaults.into_iter().map(|(name, value)| (name, Staged::all(value))).collect();
        Self { of, values, stage: 0 }
    }

    /// Those of a stage, counted from 0.
    pub fn at(&self, stage: usize) -> Self {
        Self { stage, ..self.clone() }
    }

    /// Takes what JSON gives for an option.
    ///
    /// # Errors
    /// [`Error::Options`] where there is no such option, or it can't be so.
    pub fn set(&mut self, key: &str, json: &Json) -> Result<()> {
        match self.values.iter_mut().find(|(name, _)| name.key() == key) {
            Some((name, value)) => {
                *value = name.staged(json)?;
                Ok(())
            }
            None => Err(self.unknown(key)),
        }
    }

    fn unknown(&self, key: &str) -> Error {
        let names: Vec<_> = self.values.iter().map(|(name, _)| name.key()).collect();
        let option = key;
        Error::Options(match self.of {
            Owner::Method(method) if names.is_empty() => {
                say!("method-optionless", "the method {method} has no option {option}; it takes none", method, option)
            }
            Owner::Method(method) => say!(
                "method-option",
                "the method {method} has no option {option}; it takes {names}",
                method,
                option,
                names
            ),
            Owner::Filter(filter) if names.is_empty() => {
                say!("filter-optionless", "the filter {filter} has no option {option}; it takes none", filter, option)
            }
            Owner::Filter(filter) => say!(
                "filter-option",
                "the filter {filter} has no option {option}; it takes {names}",
                filter,
                option,
                names
            ),
            Owner::Call(call) => {
                say!("call-option", "{call} has no option {option}; it takes {names}", call, option, names)
            }
        })
    }

    /// Whether there is such an option.
    pub fn has(&self, name: Name) -> bool {
        self.values.iter().any(|(known, _)| *known == name)
    }

    fn get(&self, name: Name) -> Result<Value> {
        let found = self.values.iter().find(|(known, _)| *known == name).map(|(_, value)| *value.at(self.stage));
        found.ok_or_else(|| self.unknown(name.key()))
    }

    /// Why an option's value is of no use for what asks.
    fn unfit(name: Name, value: Value) -> Error {
        unfit(&name.setting(), value.to_string())
    }

    /// An option that is one of an enumeration's names.
    ///
    /// # Errors
    /// [`Error::Options`] where there is no such option, as for the others below.
    pub fn word<T: Words>(&self, name: Name) -> Result<T> {
        match self.get(name)? {
            Value::Word(word) => T::named(word),
            other => Err(Self::unfit(name, other)),
        }
    }

    /// An option that is one of an enumeration's names, or a fraction.
    pub fn word_or_fraction<T: Words>(&self, name: Name) -> Result<std::result::Result<T, f32>> {
        match self.get(name)? {
            Value::Fraction { fraction } => Ok(Err(fraction as f32)),
            _ => self.word(name).map(Ok),
        }
    }

    /// Yes or no.
    pub fn flag(&self, name: Name) -> Result<bool> {
        match self.get(name)? {
            Value::Flag(flag) => Ok(flag),
            other => Err(Self::unfit(name, other)),
        }
    }

    /// A number.
    pub fn number(&self, name: Name) -> Result<f32> {
        match self.get(name)? {
            Value::Number(number) => Ok(number as f32),
            Value::Whole(number) => Ok(number as f32),
            other => Err(Self::unfit(name, other)),
        }
    }

    /// A whole number.
    pub fn whole(&self, name: Name) -> Result<usize> {
        match self.get(name)? {
            Value::Whole(number) => usize::try_from(number).map_err(|_| Self::unfit(name, Value::Whole(number))),
            other => Err(Self::unfit(name, other)),
        }
    }
}
