//! The command line: the same engine as on the page.

mod cli;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Keeps the memory of one layer's result for the next one; the system's allocator would return it each time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Explain what a ResNet saw, with C3-LRP.
#[derive(Parser)]
#[command(version, about)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Atlas(cli::Atlas),
    Birds(cli::Birds),
    Concepts(cli::ConceptsCommand),
    Evaluate(cli::Evaluate),
    Explain(cli::Explain),
    Formula(cli::Formula),
    Merge(cli::Merge),
    Methods(cli::Methods),
}

fn main() -> ExitCode {
    // The engine turns a panic into an error, which is printed below; with RUST_BACKTRACE set, a developer sees the
    // panic too.
    if std::env::var_os("RUST_BACKTRACE").is_none() {
        std::panic::set_hook(Box::new(|_| {}));
    }
    let command = Arguments::parse().command;
    let done = std::panic::catch_unwind(|| match command {
        Command::Atlas(atlas) => atlas.run(),
        Command::Birds(birds) => birds.run(),
        Command::Concepts(concepts) => concepts.run(),
        Command::Evaluate(evaluate) => evaluate.run(),
        Command::Explain(explain) => explain.run(),
        Command::Formula(formula) => formula.run(),
        Command::Merge(merge) => merge.run(),
        Command::Methods(methods) => methods.run(),
    });
    match done {
        Ok(Ok(())) => ExitCode::SUCCESS,
        Ok(Err(error)) => {
            eprintln!("c3lrp: {error}");
            ExitCode::FAILURE
        }
        Err(panic) => {
            let what = panic.downcast_ref::<String>().map(String::as_str);
            let what = what.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("nothing");
            eprintln!("c3lrp failed and can't go on. It said: {what}");
            ExitCode::FAILURE
        }
    }
}
