//! The table of all methods.

use super::row::{PARAMETERS, Row, START, layers};
use crate::attribution::{self, Method};
use crate::options::name::Name::{
    Addition, Convolution, Epsilon, EpsilonUnit, First, Grid, Input, Keep, Linear, LinearBias, Masks, Norm, Pool, Seed,
    Stabilizer, Stage, Start,
};
use crate::words::Value::{Flag, Number, Whole, Word};
use crate::words::words;

/// The ε of the calibrated C3-LRP, as a multiple of the root mean square of a layer's outputs.
const CALIBRATED: f64 = 1.0;

const ZENNIT: &str = "rules of Bach et al. 2015 and Montavon et al. 2019, composed as in Kohlbrenner et al. 2020";

/// Defines the methods: a variant, its name outside Rust, and its row.
macro_rules! methods {
    ($($(#[$meta:meta])* $method:ident = $word:literal => $row:expr,)+) => {
        words! {
            /// A method's name.
            pub enum MethodName { $($(#[$meta])* $method = $word,)+ }
        }

        impl MethodName {
            /// The method's row in the table.
            pub(in crate::options) fn row(self) -> Row {
                match self { $(Self::$method => $row,)+ }
            }
        }
    };
}

// The first one is the default.
methods! {
    /// C3-LRP as printed.
    C3Lrp = "c3-lrp" => Row::lrp(
        "Relevance goes back from the class, and each residual block counts as one layer.",
        "Doublet, Otsuki, Iida, Sugiura, C3-LRP, JSAI 2024",
        START.to_vec(),
    ),
    /// C3-LRP with a calibrated ε, relative to each layer's outputs.
    C3LrpCalibrated = "c3-lrp-calibrated" => Row::lrp(
        "C3-LRP, with a stabilizer large enough to absorb what cancels out within a layer.",
        "C3-LRP with ε chosen by measuring, as a share of each layer's outputs",
        vec![
            (Start, Word("probability")),
            (Stabilizer, Word("plain")),
            (Epsilon, Number(CALIBRATED)),
            (EpsilonUnit, Word("layer")),
        ],
    ),
    /// C3-LRP's blocks, with the single layers of the authors' later code.
    C3LrpPlus = "c3-lrp-plus" => Row::lrp(
        "C3-LRP's blocks; the stem and the linear layer count positive weights only, and pixels count alike.",
        "C3-LRP's blocks with the single layers of Relevance Splitting's released code",
        [
            &START[..],
            &[(Linear, Word("z-plus")), (LinearBias, Flag(false)), (First, Word("z-plus"))],
            &PARAMETERS,
            &[(Norm, Word("pass")), (Pool, Word("equation-1")), (Input, Word("ones"))],
        ]
        .concat(),
    ),
    /// Relevance Splitting.
    LrpSplitting = "lrp-splitting" => Row::lrp(
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
    /// LRP-ε for all layers.
    LrpEpsilon = "lrp-epsilon" => Row::lrp(
        "Every layer hands relevance to its inputs by what they contributed, of either sign.",
        "Bach et al., PLOS ONE 10(7), 2015",
        layers(&[(Convolution, Word("epsilon")), (First, Word("epsilon"))]),
    ),
    /// LRP-ε for linear layers, z⁺ for convolutions.
    LrpEpsilonPlus = "lrp-epsilon-plus" => Row::lrp(
        "ε in the linear layer, positive contributions only in convolutions.",
        ZENNIT,
        layers(&[]),
    ),
    /// LRP-ε for linear layers, z⁺ for convolutions, flat for the first one.
    LrpEpsilonPlusFlat = "lrp-epsilon-plus-flat" => Row::lrp(
        "ε in the linear layer, positive contributions only in convolutions, the first one spread evenly.",
        ZENNIT,
        layers(&[(First, Word("flat"))]),
    ),
    /// LRP-ε for linear layers, α2β1 for convolutions.
    LrpAlpha2Beta1 = "lrp-alpha2-beta1" => Row::lrp(
        "ε in the linear layer; in convolutions positive contributions count twice, negative ones against them.",
        ZENNIT,
        layers(&[(Convolution, Word("alpha-beta")), (First, Word("alpha-beta"))]),
    ),
    /// LRP-ε for linear layers, α2β1 for convolutions, flat for the first one.
    LrpAlpha2Beta1Flat = "lrp-alpha2-beta1-flat" => Row::lrp(
        "As α2β1, with the first convolution spread evenly.",
        ZENNIT,
        layers(&[(Convolution, Word("alpha-beta")), (First, Word("flat"))]),
    ),
    /// LRP-ε for linear layers, γ for convolutions, z^B for the first one.
    LrpEpsilonGammaBox = "lrp-epsilon-gamma-box" => Row::lrp(
        "ε in the linear layer, positive weights favoured in convolutions, the first one within the pixels' range.",
        ZENNIT,
        layers(&[(Convolution, Word("gamma")), (First, Word("z-box"))]),
    ),
    /// Input×Gradient: x ⊙ ∂y/∂x.
    InputXGradient = "input-x-gradient" => Row {
        meaning: "Each pixel times the gradient of the class's logit there.",
        source: "Shrikumar et al., arXiv:1605.01713, 2016",
        defaults: Vec::new(),
        read: |_| Ok(Method::InputXGradient),
    },
    /// Grad-CAM.
    GradCam = "grad-cam" => Row {
        meaning: "A stage's channels, weighted by how much the class's logit rises with them; a coarse map.",
        source: "Selvaraju et al., Grad-CAM, ICCV 2017",
        defaults: vec![(Stage, Whole(4))],
        read: |settings| Ok(Method::GradCam { stage: settings.whole(Stage)? }),
    },
    /// RISE.
    Rise = "rise" => Row {
        meaning: "The mean of random masks, each weighted by the class's probability for the picture under it.",
        source: "Petsiuk, Das, Saenko, RISE, BMVC 2018",
        defaults: vec![(Masks, Whole(8000)), (Grid, Whole(7)), (Keep, Number(0.5)), (Seed, Whole(0))],
        read: |settings| {
            Ok(Method::Rise(attribution::Rise {
                masks: settings.whole(Masks)?,
                grid: settings.whole(Grid)?,
                keep: settings.number(Keep)?,
                seed: settings.whole(Seed)? as u32,
            }))
        },
    },
    /// The attention map of an Attention Branch Network.
    Abn = "abn" => Row {
        meaning: "Where the network itself attends, whatever the class; for networks with an attention branch.",
        source: "Fukui, Hirakawa, Yamashita, Fujiyoshi, Attention Branch Network, CVPR 2019",
        defaults: Vec::new(),
        read: |_| Ok(Method::AttentionMap),
    },
}
