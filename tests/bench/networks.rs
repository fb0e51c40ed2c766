//! Loads the networks that come in, a line of JSON each, and explains one tensor by each: for `networks.mjs`.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::io::{self, BufRead, Write};
use std::path::PathBuf;

use c3lrp::checkpoint::Reading;
use c3lrp::device::{self, Choice};
use c3lrp::hints::{Config, Hints};
use c3lrp::weights::{Bytes, Joined};
use c3lrp::{Explainer, Loading, Options};
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// The command line's.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

type Answer<T> = Result<T, Box<dyn Error>>;

#[derive(Deserialize)]
struct Job {
    /// The weights, or their shards.
    files: Vec<PathBuf>,
    /// The first one's name.
    name: String,
    /// config.json and its like.
    config: Vec<PathBuf>,
    /// How the network is to be loaded.
    options: Map<String, Value>,
    /// What is explained, where something is.
    picture: Option<Picture>,
}

#[derive(Deserialize)]
struct Picture {
    /// f32, little-endian, [channels, side, side].
    input: PathBuf,
    side: usize,
    target: usize,
    /// Each method's options.
    methods: BTreeMap<String, Map<String, Value>>,
}

impl Job {
    fn weights(&self) -> Answer<Joined<Bytes<Vec<u8>>>> {
        Ok(Joined(self.files.iter().map(|file| Ok(Bytes(fs::read(file)?))).collect::<Answer<_>>()?))
    }

    fn loading(&self, device: Choice) -> Answer<Loading> {
        let mut options = self.options.clone();
        let network = options.remove("network").and_then(|network| Some(network.as_str()?.to_owned()));
        let hints = Hints::take(&mut options)?;
        if let Some(unknown) = options.keys().next() {
            return Err(format!("there is no option {unknown}").into());
        }
        let config = |path: &PathBuf| Ok(Config::parse(&fs::read_to_string(path)?)?);
        let configs = self.config.iter().map(config).collect::<Answer<_>>()?;
        let reading = Reading { name: Some(self.name.clone()), network, hints, configs };
        Ok(Loading { device, reading, ..Loading::default() })
    }

    fn answer(&self, device: Choice) -> Answer<Value> {
        let quiet = &mut |_: f64, _: f64, _: &str| {};
        let adapter = if device == Choice::Cpu { Err("the CPU was asked for".into()) } else { device::adapter() };
        let explainer = Explainer::create(self.weights()?, self.loading(device)?, adapter, quiet);
        let explainer = pollster::block_on(explainer)?;
        let mut answer = json!({ "info": explainer.info() });
        let Some(Picture { input, side, target, methods }) = &self.picture else { return Ok(answer) };
        let input: Vec<f32> = bytemuck::pod_collect_to_vec(&fs::read(input)?);
        for (name, options) in methods {
            let mut method = options.clone();
            method.insert("name".into(), json!(name));
            let options = Options::from_json(json!({ "method": method, "target": target, "filter": "none" }))?;
            let found = explainer.explain_tensor(input.clone(), *side, *side, &options, quiet);
            let found = pollster::block_on(found)?;
            answer["logits"] = json!(found.logits);
            answer["maps"][name] = json!(found.map);
        }
        Ok(answer)
    }
}

fn main() -> Answer<()> {
    let device = match std::env::args().nth(1).as_deref() {
        Some("cpu") => Choice::Cpu,
        Some("gpu") => Choice::WebGpu,
        _ => return Err("usage: networks cpu|gpu".into()),
    };
    for line in io::stdin().lock().lines() {
        let job: Job = serde_json::from_str(&line?)?;
        let answer = job.answer(device).unwrap_or_else(|error| json!({ "error": error.to_string() }));
        println!("{answer}");
        io::stdout().flush()?;
    }
    Ok(())
}
