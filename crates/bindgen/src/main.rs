//! Makes the JavaScript that goes with a wasm, and its types if they are asked for:
//! `c3lrp-bindgen WASM FOLDER NAME [--types]` writes `NAME.js`, `NAME_bg.wasm` and `NAME.d.ts` into the folder.

use std::process::ExitCode;

use wasm_bindgen_cli_support::Bindgen;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let asked: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let (wasm, folder, name, types) = match asked[..] {
        [wasm, folder, name] => (wasm, folder, name, false),
        [wasm, folder, name, "--types"] => (wasm, folder, name, true),
        _ => {
            eprintln!("Usage: c3lrp-bindgen WASM FOLDER NAME [--types]");
            return ExitCode::from(2);
        }
    };
    let mut bindgen = Bindgen::new();
    bindgen.input_path(wasm).out_name(name).typescript(types);
    bindgen.omit_default_module_path(false).remove_name_section(true).remove_producers_section(true);
    match bindgen.web(true).and_then(|bindgen| bindgen.generate(folder)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{wasm}: {error:#}");
            ExitCode::FAILURE
        }
    }
}
