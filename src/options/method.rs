//! The methods by name: what each does, its source, and its options.

use serde::Serialize;
use serde_json::{Map, Value as Json};

use super::name::Name;
use super::settings::{Owner, Settings};
use crate::Result;
use crate::attribution::{
    AdditionName, Blocks, Composite, Equation1, Method, Rise, Rule, RuleName, RuleParameters, Staged, Stem,
};
use crate::words::{Value, Words, words};

words! {
    /// A method's name.
    pub enum MethodName {
        /// C3-LRP as printed.
        C3Lrp = "c3-lrp",
        /// C3-LRP with a calibrated ε, relative to each layer's outputs.
        C3LrpCalibrated = "c3-lrp-calibrated",
        /// C3-LRP's blocks, with the single layers of the authors' later code.
        C3LrpPlus = "c3-lrp-plus",
        /// Relevance Splitting.
        LrpSplitting = "lrp-splitting",
        /// LRP-ε for all layers.
        LrpEpsilon = "lrp-epsilon",
        /// LRP-ε for linear layers, z⁺ for convolutions.
        LrpEpsilonPlus = "lrp-epsilon-plus",
        /// LRP-ε for linear layers, z⁺ for convolutions, flat for the first one.
        LrpEpsilonPlusFlat = "lrp-epsilon-plus-flat",
        /// LRP-ε for linear layers, α2β1 for convolutions.
        LrpAlpha2Beta1 = "lrp-alpha2-beta1",
        /// LRP-ε for linear layers, α2β1 for convolutions, flat for the first one.
        LrpAlpha2Beta1Flat = "lrp-alpha2-beta1-flat",
        /// LRP-ε for linear layers, γ for convolutions, z^B for the first one.
        LrpEpsilonGammaBox = "lrp-epsilon-gamma-box",
        /// Input×Gradient: x ⊙ ∂y/∂x.
        InputXGradient = "input-x-gradient",
        /// Grad-CAM.
        GradCam = "grad-cam",
        /// RISE.
        Rise = "rise",
        /// The attention map of an Attention Branch Network.
        Abn = "abn",
    }
}

/// A method, described for menus.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct MethodInfo {
    /// The method's name.
    pub name: &'static str,
    /// What it does, in a sentence.
    pub meaning: &'static str,
    /// The publication.
    pub source: &'static str,
    /// Its options.
    pub options: Vec<OptionInfo>,
}

/// An option, described for menus.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct OptionInfo {
    /// The option's name.
    pub name: &'static str,
    /// What it decides, in a sentence.
    pub meaning: &'static str,
    /// All possible values; empty for a number in a range.
    pub choices: Vec<Value>,
    /// The value if it isn't given.
    pub default: Value,
    /// Whether it may also be a list, with a value for each stage from the pixels to the class.
    #[serde(rename = "byStage")]
    pub by_stage: bool,
}

impl OptionInfo {
    pub(super) fn new((name, default): (Name, Value)) -> Self {
        let setting = name.setting();
        let (choices, by_stage) = (setting.kind.choices().to_vec(), setting.by_stage);
        Self { name: setting.key, meaning: setting.meaning, choices, default, by_stage }
    }
}

/// A method's row in the table.
pub(super) struct Row {
    meaning: &'static str,
    source: &'static str,
    /// The method's options with their defaults.
    pub(super) defaults: Vec<(Name, Value)>,
}

/// The ε of the calibrated C3-LRP, as a multiple of the root mean square of a layer's outputs.
const CALIBRATED: f64 = 1.0;

const ZENNIT: &str = "rules of Bach et al. 2015 and Montavon et al. 2019, composed as in Kohlbrenner et al. 2020";

impl MethodName {
    /// The method's row in the table.
    pub(super) fn row(self) -> Row {
        use Name::{Addition, Convolution, Epsilon, First, Input, Linear, LinearBias, Norm, Pool, Stabilizer};
        use Value::{Flag, Number, Whole, Word};
        let row = |meaning, source, defaults| Row { meaning, source, defaults };
        let start = [
            (Name::Start, Word("probability")),
            (Stabilizer, Word("plain")),
            (Epsilon, Number(1e-6)),
            (Name::EpsilonUnit, Word("absolute")),
        ];
        let parameters = [(Name::Gamma, Number(0.25)), (Name::Alpha, Number(2.0))];
        // The options of layer-by-layer LRP with the defaults of the field's software, except for those in `changed`.
        let layers = |changed: &[(Name, Value)]| {
            let mut defaults = vec![
                (Name::Start, Word("probability")),
                (Stabilizer, Word("signed")),
                (Epsilon, Number(1e-6)),
                (Name::EpsilonUnit, Word("absolute")),
                (Linear, Word("epsilon")),
                (LinearBias, Flag(true)),
                (Convolution, Word("z-plus")),
                (First, Word("z-plus")),
            ];
            defaults.extend(parameters);
            defaults.extend([
                (Norm, Word("merged")),
                (Addition, Word("normalised")),
                (Name::IdentitySkips, Flag(true)),
                (Pool, Word("winner")),
                (Input, Word("picture")),
            ]);
            for (name, value) in changed {
                defaults.iter_mut().filter(|(known, _)| known == name).for_each(|(_, default)| *default = *value);
            }
            defaults
        };
        match self {
            Self::C3Lrp => row(
                "Relevance goes back from the class, and each residual block counts as one layer.",
                "Doublet, Otsuki, Iida, Sugiura, C3-LRP, JSAI 2024",
                start.to_vec(),
            ),
            Self::C3LrpCalibrated => row(
                "C3-LRP, with a stabilizer large enough to absorb what cancels out within a layer.",
                "C3-LRP with ε chosen by measuring, as a share of each layer's outputs",
                vec![
                    (Name::Start, Word("probability")),
                    (Stabilizer, Word("plain")),
                    (Epsilon, Number(CALIBRATED)),
                    (Name::EpsilonUnit, Word("layer")),
                ],
            ),
            Self::C3LrpPlus => row(
                "C3-LRP's blocks; the stem and the linear layer count positive weights only, and pixels count alike.",
                "C3-LRP's blocks with the single layers of Relevance Splitting's released code",
                [
                    &start[..],
                    &[(Linear, Word("z-plus")), (LinearBias, Flag(false)), (First, Word("z-plus"))],
                    &parameters,
                    &[(Norm, Word("pass")), (Pool, Word("equation-1")), (Input, Word("ones"))],
                ]
                .concat(),
            ),
            Self::LrpSplitting => row(
                "Positive weights only, and relevance split between a block and its skip by their magnitudes.",
                "Otsuki et al., LRP with Conservation Property for ResNet, ECCV 2024",
                layers(&[
                    (Stabilizer, Word("plain")),
                    (Epsilon, Number(1e-5)),
                    (Linear, Word("z-plus")),
                    (LinearBias, Flag(false)),
                    (Norm, Word("pass")),
                    (Addition, Word("ratio")),
                    (Pool, Word("average")),
                    (Input, Word("ones")),
                ]),
            ),
            Self::LrpEpsilon => row(
                "Every layer hands relevance to its inputs by what they contributed, of either sign.",
                "Bach et al., PLOS ONE 10(7), 2015",
                layers(&[(Convolution, Word("epsilon")), (First, Word("epsilon"))]),
            ),
            Self::LrpEpsilonPlus => {
                row("ε in the linear layer, positive contributions only in convolutions.", ZENNIT, layers(&[]))
            }
            Self::LrpEpsilonPlusFlat => row(
                "ε in the linear layer, positive contributions only in convolutions, the first one spread evenly.",
                ZENNIT,
                layers(&[(First, Word("flat"))]),
            ),
            Self::LrpAlpha2Beta1 => row(
                "ε in the linear layer; in convolutions positive contributions count twice, negative ones against them.",
                ZENNIT,
                layers(&[(Convolution, Word("alpha-beta")), (First, Word("alpha-beta"))]),
            ),
            Self::LrpAlpha2Beta1Flat => row(
                "As α2β1, with the first convolution spread evenly.",
                ZENNIT,
                layers(&[(Convolution, Word("alpha-beta")), (First, Word("flat"))]),
            ),
            Self::LrpEpsilonGammaBox => row(
                "ε in the linear layer, positive weights favoured in convolutions, the first one within the pixels' range.",
                ZENNIT,
                layers(&[(Convolution, Word("gamma")), (First, Word("z-box"))]),
            ),
            Self::InputXGradient => row(
                "Each pixel times the gradient of the class's logit there.",
                "Shrikumar et al., arXiv:1605.01713, 2016",
                Vec::new(),
            ),
            Self::GradCam => row(
                "A stage's channels, weighted by how much the class's logit rises with them; a coarse map.",
                "Selvaraju et al., Grad-CAM, ICCV 2017",
                vec![(Name::Stage, Whole(4))],
            ),
            Self::Rise => row(
                "The mean of random masks, each weighted by the class's probability for the picture under it.",
                "Petsiuk, Das, Saenko, RISE, BMVC 2018",
                vec![
                    (Name::Masks, Whole(8000)),
                    (Name::Grid, Whole(7)),
                    (Name::Keep, Number(0.5)),
                    (Name::Seed, Whole(0)),
                ],
            ),
            Self::Abn => row(
                "Where the network itself attends, whatever the class; for networks with an attention branch.",
                "Fukui, Hirakawa, Yamashita, Fujiyoshi, Attention Branch Network, CVPR 2019",
                Vec::new(),
            ),
        }
    }
}

/// Every method with its options and their defaults; the default method comes first.
pub fn methods() -> Vec<MethodInfo> {
    let info = |&(name, method): &(&'static str, MethodName)| {
        let Row { meaning, source, defaults } = method.row();
        MethodInfo { name, meaning, source, options: defaults.into_iter().map(OptionInfo::new).collect() }
    };
    MethodName::ALL.iter().map(info).collect()
}

/// Reads a method from its name (the field `name`) and its options; without a name, the default method.
///
/// # Errors
/// [`Error::Options`], naming the method, the option and what was expected.
pub(super) fn read(mut given: Map<String, Json>) -> Result<Method> {
    let name = match given.remove("name") {
        None => MethodName::C3Lrp,
        Some(name) => MethodName::read("method", &name)?,
    };
    let mut settings = Settings::new(Owner::Method(name.word()), name.row().defaults);
    for (option, value) in &given {
        settings.set(option, value)?;
    }
    Ok(match name {
        MethodName::InputXGradient => Method::InputXGradient,
        MethodName::GradCam => Method::GradCam { stage: settings.whole(Name::Stage)? },
        MethodName::Rise => Method::Rise(Rise {
            masks: settings.whole(Name::Masks)?,
            grid: settings.whole(Name::Grid)?,
            keep: settings.number(Name::Keep)?,
            seed: settings.whole(Name::Seed)? as u32,
        }),
        MethodName::Abn => Method::AttentionMap,
        MethodName::C3Lrp
        | MethodName::C3LrpCalibrated
        | MethodName::C3LrpPlus
        | MethodName::LrpSplitting
        | MethodName::LrpEpsilon
        | MethodName::LrpEpsilonPlus
        | MethodName::LrpEpsilonPlusFlat
        | MethodName::LrpAlpha2Beta1
        | MethodName::LrpAlpha2Beta1Flat
        | MethodName::LrpEpsilonGammaBox => Method::Lrp(Staged::each(|stage| composite(&settings.at(stage)))?),
    })
}

/// The composite that the options of one stage describe; options that the method doesn't have are as in C3-LRP.
fn composite(settings: &Settings) -> Result<Composite> {
    let mut composite = Composite {
        start: settings.word(Name::Start)?,
        equation: Equation1 {
            stabilizer: settings.word(Name::Stabilizer)?,
            epsilon: settings.number(Name::Epsilon)?,
            unit: settings.word(Name::EpsilonUnit)?,
        },
        ..Composite::default()
    };
    if settings.has(Name::Linear) {
        composite.linear = rule(settings, Name::Linear)?;
        composite.linear_bias = settings.flag(Name::LinearBias)?;
    }
    if settings.has(Name::Convolution) {
        let identity = settings.flag(Name::IdentitySkips)?;
        let addition = settings.word::<AdditionName>(Name::Addition)?.addition(identity);
        composite.blocks = Blocks::Layers { convolution: rule(settings, Name::Convolution)?, addition };
    }
    if settings.has(Name::First) {
        composite.stem = Stem::Layer { rule: rule(settings, Name::First)?, input: settings.word(Name::Input)? };
        composite.norm = settings.word(Name::Norm)?;
        composite.pool = settings.word(Name::Pool)?;
    }
    Ok(composite)
}

/// The rule that an option names, with its parameters.
fn rule(settings: &Settings, option: Name) -> Result<Rule> {
    let parameters = RuleParameters { gamma: settings.number(Name::Gamma)?, alpha: settings.number(Name::Alpha)? };
    Ok(settings.word::<RuleName>(option)?.rule(parameters))
}
