//! Explains the pictures whose numbers come in, a line each, and says how long it took: for
//! `native.mjs`, which runs PyTorch beside it.

use std::error::Error;
use std::io::{self, BufRead, Write};
use std::time::Instant;

use c3lrp::device::{self, Choice};
use c3lrp::weights::Bytes;
use c3lrp::{Explainer, Loading, Options};

/// The command line's.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const SIDE: usize = 224;

/// As in `runtimes.mjs` and `pytorch.py`.
fn picture(round: f64) -> Vec<f32> {
    let value = |i: usize| (i as f64 * 0.37 + round).sin() + 0.5 * (i as f64 * 0.011).cos();
    (0..3 * SIDE * SIDE).map(|i| value(i) as f32).collect()
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let (weights, choice, adapter) = match &arguments[..] {
        [weights, device] if device == "cpu" => (weights, Choice::Cpu, Err("the CPU was asked for".into())),
        [weights, device] if device == "gpu" => (weights, Choice::WebGpu, device::adapter()),
        _ => return Err("usage: native WEIGHTS cpu|gpu".into()),
    };
    let weights = Bytes(std::fs::read(weights)?);
    let quiet = &mut |_: f64, _: f64, _: &str| {};
    let loading = Loading { device: choice, ..Loading::default() };
    let explainer = pollster::block_on(Explainer::create(weights, loading, adapter, quiet))?;
    println!("{}", explainer.info().adapter);
    for line in io::stdin().lock().lines() {
        let round: usize = line?.trim().parse()?;
        let input = picture(round as f64);

        let begin = Instant::now();
        let found = pollster::block_on(explainer.explain_tensor(input, SIDE, SIDE, &Options::default(), quiet))?;
        let explanation = begin.elapsed().as_secs_f64() * 1e3;

        let other = Options { target: Some(round % explainer.info().classes), ..Options::default() };
        let begin = Instant::now();
        pollster::block_on(found.explain(&other, quiet))?;
        let class_switch = begin.elapsed().as_secs_f64() * 1e3;

        let answer = serde_json::json!({
            "explanation": explanation,
            "forward": found.milliseconds.forward,
            "classSwitch": class_switch,
            "largest": found.logits.iter().copied().fold(f32::MIN, f32::max),
        });
        println!("{answer}");
        io::stdout().flush()?;
    }
    Ok(())
}
