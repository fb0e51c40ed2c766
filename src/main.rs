//! The command line: the same engine as the page's.

mod cli;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Keeps the memory of one layer's result for the next, where the system's would give it back each time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Explain what a ResNet saw, by C3-LRP.
#[derive(Parser)]
#[command(version, about)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Birds(cli::Birds),
    Evaluate(cli::Evaluate),
    Explain(cli::Explain),
    Formula(cli::Formula),
    Merge(cli::Merge),
    Methods(cli::Methods),
}

fn main() -> ExitCode {
    let done = match Arguments::parse().command {
        Command::Birds(birds) => birds.run(),
        Command::Evaluate(evaluate) => evaluate.run(),
        Command::Explain(explain) => explain.run(),
        Command::Formula(formula) => formula.run(),
        Command::Merge(merge) => merge.run(),
        Command::Methods(methods) => methods.run(),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("c3lrp: {error}");
            ExitCode::FAILURE
        }
    }
}
