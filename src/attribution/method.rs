//! The methods by name: what each means, where it comes from, and the options it takes.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use super::{Addition, Blocks, Composite, Equation1, Rise, Rule, Stem};
use crate::picture::Normalisation;
use crate::{Error, Result};

/// How a map is made.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Method {
    /// Relevance walked back from the class, C3-LRP included.
    Lrp(Composite),
    /// x ⊙ ∂y_c/∂x.
    InputXGradient,
    /// A stage's channels, weighted by the mean of their gradients. It gives a map only.
    GradCam {
        /// 1 to 4.
        stage: usize,
    },
    /// The class's probability under random masks. It gives a map only.
    Rise(Rise),
    /// The attention map of a network with an attention branch. It gives a map only, the same for
    /// every class.
    AttentionMap,
}

impl Default for Method {
    /// C3-LRP as printed.
    fn default() -> Self {
        Self::Lrp(Composite::default())
    }
}

/// A method as menus show it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MethodInfo {
    /// The name by which it is asked for.
    pub name: &'static str,
    /// What it does, in a sentence.
    pub meaning: &'static str,
    /// Who published it.
    pub source: &'static str,
    /// What can be chosen.
    pub options: Vec<OptionInfo>,
}

/// An option of a method.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct OptionInfo {
    /// Its name.
    pub name: String,
    /// What it decides, in a sentence.
    pub meaning: &'static str,
    /// All that it can be; empty for a number in a range.
    pub choices: Vec<Value>,
    /// What it is where it isn't given.
    pub default: Value,
}

const ZENNIT: &str = "rules of Bach et al. 2015 and Montavon et al. 2019, composed as in Kohlbrenner et al. 2020";

/// Name, meaning, source and options of every method; the first one is the default.
fn presets() -> Vec<(&'static str, &'static str, &'static str, Value)> {
    // The options of a walk layer by layer, as the field's software has them, with some changed.
    let layers = |changed: Value| {
        let mut options = json!({
            "start": "probability", "stabilizer": "signed", "epsilon": 1e-6,
            "linear": "epsilon", "linearBias": true, "convolution": "z-plus", "first": "z-plus",
            "gamma": 0.25, "alpha": 2, "norm": "merged", "addition": "normalised", "identitySkips": true,
            "pool": "winner", "input": "picture",
        });
        if let (Value::Object(options), Value::Object(changed)) = (&mut options, changed) {
            options.extend(changed);
        }
        options
    };
    vec![
        (
            "c3-lrp",
            "Relevance goes back from the class, and each bottleneck block counts as one layer.",
            "Doublet, Otsuki, Iida, Sugiura, C3-LRP, JSAI 2024",
            json!({ "start": "probability", "stabilizer": "plain", "epsilon": 1e-6 }),
        ),
        (
            "c3-lrp-plus",
            "C3-LRP's blocks; the stem and the linear layer count positive weights only, and pixels count alike.",
            "C3-LRP's blocks with the single layers of Relevance Splitting's released code",
            json!({
                "start": "probability", "stabilizer": "plain", "epsilon": 1e-6,
                "linear": "z-plus", "linearBias": false, "first": "z-plus", "gamma": 0.25, "alpha": 2,
                "norm": "pass", "pool": "equation-1", "input": "ones",
            }),
        ),
        (
            "lrp-splitting",
            "Positive weights only, and relevance split between a block and its skip by their magnitudes.",
            "Otsuki et al., LRP with Conservation Property for ResNet, ECCV 2024",
            layers(json!({
                "stabilizer": "plain", "epsilon": 1e-5, "linear": "z-plus", "linearBias": false, "norm": "pass",
                "addition": "ratio", "pool": "average", "input": "ones",
            })),
        ),
        (
            "lrp-epsilon",
            "Every layer hands relevance to its inputs by what they contributed, of either sign.",
            "Bach et al., PLOS ONE 10(7), 2015",
            layers(json!({ "convolution": "epsilon", "first": "epsilon" })),
        ),
        (
            "lrp-epsilon-plus",
            "ε in the linear layer, positive contributions only in convolutions.",
            ZENNIT,
            layers(json!({})),
        ),
        (
            "lrp-epsilon-plus-flat",
            "ε in the linear layer, positive contributions only in convolutions, the first one spread evenly.",
            ZENNIT,
            layers(json!({ "first": "flat" })),
        ),
        (
            "lrp-alpha2-beta1",
            "ε in the linear layer; in convolutions positive contributions count twice, negative ones against them.",
            ZENNIT,
            layers(json!({ "convolution": "alpha-beta", "first": "alpha-beta" })),
        ),
        (
            "lrp-alpha2-beta1-flat",
            "As α2β1, with the first convolution spread evenly.",
            ZENNIT,
            layers(json!({ "convolution": "alpha-beta", "first": "flat" })),
        ),
        (
            "lrp-epsilon-gamma-box",
            "ε in the linear layer, positive weights favoured in convolutions, the first one within the pixels' range.",
            ZENNIT,
            layers(json!({ "convolution": "gamma", "first": "z-box" })),
        ),
        (
            "input-x-gradient",
            "Each pixel times what the class's logit would change with it.",
            "Shrikumar et al., arXiv:1605.01713, 2016",
            json!({}),
        ),
        (
            "grad-cam",
            "A stage's channels, weighted by how much the class's logit rises with them; a coarse map.",
            "Selvaraju et al., Grad-CAM, ICCV 2017",
            json!({ "stage": 4 }),
        ),
        (
            "rise",
            "The mean of random masks, each weighted by the class's probability for the picture under it.",
            "Petsiuk, Das, Saenko, RISE, BMVC 2018",
            json!({ "masks": 8000, "grid": 7, "keep": 0.5, "seed": 0 }),
        ),
        (
            "abn",
            "Where the network itself attends, whatever the class; for networks with an attention branch.",
            "Fukui, Hirakawa, Yamashita, Fujiyoshi, Attention Branch Network, CVPR 2019",
            json!({}),
        ),
    ]
}

/// What an option decides, and its choices.
fn describe(option: &str) -> (&'static str, Value) {
    let rules = json!(["zero", "epsilon", "gamma", "z-plus", "alpha-beta", "w-square", "flat"]);
    match option {
        "start" => ("What relevance starts as.", json!(["probability", "logit"])),
        "stabilizer" => ("How denominators are kept from zero: z + ε, or z + ε·sign(z).", json!(["plain", "signed"])),
        "epsilon" => ("The stabilizer's size, above 0.", json!([])),
        "linear" => ("The linear layer's rule.", rules),
        "linearBias" => ("Whether the linear layer's denominators count its bias.", json!([true, false])),
        "convolution" => ("The rule of the convolutions in blocks.", rules),
        "first" => (
            "The rule of the first convolution.",
            json!(["zero", "epsilon", "gamma", "z-plus", "alpha-beta", "w-square", "flat", "z-box"]),
        ),
        "gamma" => ("The γ rule's γ, 0 or more.", json!([])),
        "alpha" => ("The αβ rule's α, 1 or more; β is α − 1.", json!([])),
        "norm" => (
            "What BatchNorm does: merged into its convolution, a layer of its own, or passing relevance.",
            json!(["merged", "own", "pass"]),
        ),
        "addition" => (
            "How relevance is split between a block and its skip: by signed contribution, in halves, or by magnitude.",
            json!(["normalised", "symmetric", "ratio"]),
        ),
        "identitySkips" => (
            "Whether skips without a projection take part in a symmetric or ratio split; if not, the block gets all.",
            json!([true, false]),
        ),
        "pool" => (
            "What the max-pool does: pass to the maximum, the same by Equation 1, or as a 2×2 average.",
            json!(["winner", "equation-1", "average"]),
        ),
        "input" => ("What the first convolution's rule takes for its input.", json!(["picture", "ones"])),
        "masks" => ("How many masks, 1 to 100000; each costs a forward pass.", json!([])),
        "grid" => ("Cells along an edge of a mask, 2 to 32.", json!([])),
        "keep" => ("The probability that a cell is kept, 0.001 to 1.", json!([])),
        "seed" => ("What the masks are drawn from, a whole number from 0 to 4294967295.", json!([])),
        "stage" => ("The stage whose channels are weighted.", json!([1, 2, 3, 4])),
        _ => ("", json!([])),
    }
}

/// Every method with its options and their defaults.
pub fn methods() -> Vec<MethodInfo> {
    let options = |defaults: Value| {
        let Value::Object(defaults) = defaults else { return Vec::new() };
        let option = |(name, default): (String, Value)| {
            let (meaning, choices) = describe(&name);
            let choices = choices.as_array().cloned().unwrap_or_default();
            OptionInfo { name, meaning, choices, default }
        };
        defaults.into_iter().map(option).collect()
    };
    let info = |(name, meaning, source, defaults)| MethodInfo { name, meaning, source, options: options(defaults) };
    presets().into_iter().map(info).collect()
}

impl Method {
    /// A method from its name (the field `name`) and its options; the default one where the name is
    /// absent.
    ///
    /// # Errors
    /// [`Error::Options`], naming the method, the option, and what was expected.
    pub fn from_json(mut given: Map<String, Value>) -> Result<Self> {
        let presets = presets();
        let name = given.remove("name").unwrap_or_else(|| presets[0].0.into());
        let Some((name, .., defaults)) = presets.iter().find(|(known, ..)| name == *known) else {
            let names: Vec<_> = presets.iter().map(|(name, ..)| *name).collect();
            return Err(Error::Options(format!("there is no method {name}; there are {}", names.join(", "))));
        };
        let mut settings = Settings { method: name, values: defaults.as_object().cloned().unwrap_or_default() };
        for (option, value) in given {
            settings.set(option, value)?;
        }
        match *name {
            "input-x-gradient" => Ok(Self::InputXGradient),
            "grad-cam" => Ok(Self::GradCam { stage: settings.get("stage")? }),
            "rise" => Ok(Self::Rise(Rise {
                masks: settings.get("masks")?,
                grid: settings.get("grid")?,
                keep: settings.get("keep")?,
                seed: settings.get("seed")?,
            })),
            "abn" => Ok(Self::AttentionMap),
            _ => Ok(Self::Lrp(settings.composite()?)),
        }
    }

    /// The same, with what depends on the pictures' normalisation taken from it.
    pub fn within(self, normalisation: &Normalisation) -> Self {
        match self {
            Self::Lrp(composite) => Self::Lrp(composite.within(normalisation)),
            other => other,
        }
    }
}

/// A method's options, all of them given.
struct Settings {
    method: &'static str,
    values: Map<String, Value>,
}

impl Settings {
    fn set(&mut self, option: String, value: Value) -> Result<()> {
        let taken: Vec<_> = self.values.keys().cloned().collect();
        let Some(place) = self.values.get_mut(&option) else {
            let taken =
                if taken.is_empty() { "it takes none".into() } else { format!("it takes {}", taken.join(", ")) };
            return Err(Error::Options(format!("the method {} has no option {option}; {taken}", self.method)));
        };
        let (_, choices) = describe(&option);
        let choices = choices.as_array().map(Vec::as_slice).unwrap_or_default();
        let number = value.as_f64().unwrap_or(f64::NAN);
        let most = f64::from(f32::MAX);
        let (range, whole, expected) = match option.as_str() {
            "gamma" => (0.0..=most, false, "a number of 0 or more was expected, such as 0.25"),
            "alpha" => (1.0..=most, false, "a number of 1 or more was expected, such as 2"),
            "masks" => (1.0..=100_000.0, true, "a whole number from 1 to 100000 was expected"),
            "grid" => (2.0..=32.0, true, "a whole number from 2 to 32 was expected"),
            "keep" => (1e-3..=1.0, false, "a number from 0.001 to 1 was expected"),
            "seed" => (0.0..=f64::from(u32::MAX), true, "a whole number from 0 to 4294967295 was expected"),
            _ => (f64::from(f32::MIN_POSITIVE)..=most, false, "a number above 0 was expected, such as 1e-6"),
        };
        let (fits, expected) = if choices.is_empty() {
            (range.contains(&number) && (value.is_u64() || !whole), expected.to_owned())
        } else {
            let words: Vec<_> = choices.iter().map(Value::to_string).collect();
            (choices.contains(&value), format!("{} was expected", words.join(" or ")))
        };
        if !fits {
            return Err(Error::Options(format!("{option} is {value}; {expected}")));
        }
        *place = value;
        Ok(())
    }

    fn get<T: DeserializeOwned>(&self, option: &str) -> Result<T> {
        let value = self.values.get(option).cloned().unwrap_or_default();
        serde_json::from_value(value).map_err(|error| Error::Options(format!("{option}: {error}")))
    }

    /// A rule by its name; none where the method has no such layer of its own.
    fn rule(&self, option: &str) -> Result<Option<Rule>> {
        let Some(name) = self.values.get(option) else { return Ok(None) };
        Ok(Some(match name.as_str() {
            Some("zero") => Rule::Zero,
            Some("gamma") => Rule::Gamma { gamma: self.get("gamma")? },
            Some("z-plus") => Rule::ZPlus,
            Some("alpha-beta") => Rule::AlphaBeta { alpha: self.get("alpha")? },
            Some("w-square") => Rule::WSquare,
            Some("flat") => Rule::Flat,
            Some("z-box") => {
                let (low, high) = Normalisation::default().bounds();
                Rule::ZBox { low, high }
            }
            _ => Rule::Epsilon,
        }))
    }

    /// The table that the options describe; what they leave out is C3-LRP's.
    fn composite(&self) -> Result<Composite> {
        let mut composite = Composite {
            start: self.get("start")?,
            equation: Equation1 { stabilizer: self.get("stabilizer")?, epsilon: self.get("epsilon")? },
            ..Composite::default()
        };
        if let Some(rule) = self.rule("linear")? {
            composite.linear = rule;
            composite.linear_bias = self.get("linearBias")?;
        }
        if let Some(convolution) = self.rule("convolution")? {
            let identity = self.get("identitySkips")?;
            let addition = match self.get::<String>("addition")?.as_str() {
                "symmetric" => Addition::Symmetric { identity },
                "ratio" => Addition::Ratio { identity },
                _ => Addition::Normalised,
            };
            composite.blocks = Blocks::Layers { convolution, addition };
        }
        if let Some(rule) = self.rule("first")? {
            composite.stem = Stem::Layer { rule, input: self.get("input")? };
            composite.norm = self.get("norm")?;
            composite.pool = self.get("pool")?;
        }
        Ok(composite)
    }
}
