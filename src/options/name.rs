//! The table of all options: each one's name, meaning and possible values. The parser, the menus, the command line's
//! help and the JavaScript types are made from it. Options that give facts about a network have their rows in
//! [`HintName`], and each filter has its own in its file.

use crate::attribution::{AdditionName, Norm, Pool, RuleName, Stabilizer, Start, StemInput, Unit};
use crate::device::Choice;
use crate::hints::HintName;
use crate::metric::{Direction, Ties};
use crate::output::AgainstName;
use crate::sentence::say;
use crate::setting::{FLAG, Kind, LARGEST, Setting};
use crate::words::{Value, Words};

/// Every option, except for those of filters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Name {
    /// The explained class.
    Target,
    /// What the class is set against.
    Against,
    /// How a picture becomes a square.
    Fit,
    /// How much relevance the class starts with.
    Start,
    /// How denominators are kept away from zero.
    Stabilizer,
    /// ε.
    Epsilon,
    /// What ε is measured in.
    EpsilonUnit,
    /// The linear layer's rule.
    Linear,
    /// Whether the linear layer's denominators include its bias.
    LinearBias,
    /// The convolutions' rule.
    Convolution,
    /// The first convolution's rule.
    First,
    /// γ.
    Gamma,
    /// α.
    Alpha,
    /// How relevance passes through BatchNorm.
    Norm,
    /// How relevance is split at an addition.
    Addition,
    /// Whether skips without a convolution get relevance at an addition.
    IdentitySkips,
    /// How relevance passes through the max-pool.
    Pool,
    /// What the first convolution's rule uses as its input.
    Input,
    /// Grad-CAM's stage.
    Stage,
    /// RISE's number of masks.
    Masks,
    /// RISE's number of cells along an edge of a mask.
    Grid,
    /// RISE's probability that a cell is kept.
    Keep,
    /// RISE's seed.
    Seed,
    /// How a curve hides pixels.
    Protocol,
    /// How a curve treats pixels of equal relevance.
    Ties,
    /// Number of points of a curve.
    Points,
    /// Insertion or deletion.
    Direction,
    /// One point of a curve.
    Point,
    /// The device that a network runs on.
    Device,
    /// The number of channels with the most relevance.
    Top,
    /// The side of a drawn bird's picture in pixels.
    Side,
    /// The tag in the corner of a drawn bird's picture.
    Tag,
}

impl Name {
    /// The option's row of the table.
    pub fn setting(self) -> Setting {
        let of = Setting::of;
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
            Self::Fit => HintName::Fit.setting(),
            Self::Start => of(
                "start",
                "How much relevance the class starts with: its probability, or the size of its logit. Either way red speaks for the class.",
                Kind::OneOf(Start::CHOICES),
            ),
            Self::Stabilizer => of(
                "stabilizer",
                "How denominators are kept away from zero: z + ε, or z + ε·sign(z).",
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
            Self::LinearBias => of("linearBias", "Whether the linear layer's denominators include its bias.", FLAG),
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
                "How BatchNorm is treated: merged into its convolution, as a layer of its own, or passing relevance on.",
                Kind::OneOf(Norm::CHOICES),
            ),
            Self::Addition => of(
                "addition",
                "How relevance is split between a block and its skip: by signed contribution, in halves, or by magnitude.",
                Kind::OneOf(AdditionName::CHOICES),
            ),
            Self::IdentitySkips => of(
                "identitySkips",
                "Whether skips without a projection get relevance in a symmetric or ratio split; if not, the block gets all of it.",
                FLAG,
            ),
            Self::Pool => of(
                "pool",
                "How the max-pool is treated: relevance passes to the maximum, the same by Equation 1, or as for a 2×2 average.",
                Kind::OneOf(Pool::CHOICES),
            ),
            Self::Input => {
                of("input", "What the first convolution's rule uses as its input.", Kind::OneOf(StemInput::CHOICES))
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
            Self::Seed => {
                of("seed", "The seed of the masks' random numbers.", Kind::Whole { least: 0, most: u32::MAX as u64 })
            }
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
            Self::Top => of("top", "How many channels.", Kind::Whole { least: 1, most: u32::MAX as u64 }),
            Self::Side => of("side", "Pixels along an edge.", Kind::Whole { least: 96, most: 1024 }),
            Self::Tag => of(
                "tag",
                "The species whose coloured tag is planted in a corner; none when absent.",
                Kind::Text { expected: || say!("species", "a species' name"), typescript: "string" },
            ),
        }
    }

    /// The option's name in JSON.
    pub fn key(self) -> &'static str {
        self.setting().key
    }
}

impl From<Name> for Setting {
    fn from(name: Name) -> Self {
        name.setting()
    }
}
