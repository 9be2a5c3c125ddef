//! `mendwatch completions`: what a shell needs to complete commands and options.

use super::output::Output;
use clap::CommandFactory;
use clap_complete::Shell;
use std::process::ExitCode;

/// For which shell.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
bash: mendwatch completions bash > /etc/bash_completion.d/mendwatch
zsh:  mendwatch completions zsh > \"${fpath[1]}/_mendwatch\"
fish: mendwatch completions fish > ~/.config/fish/completions/mendwatch.fish")]
pub struct Args {
    /// The shell
    shell: Shell,
}

/// Prints the completions of the command line `C`.
///
/// # Errors
/// When they can't be written.
#[expect(clippy::needless_pass_by_value, reason = "every command is handed its arguments")]
pub fn run<C: CommandFactory>(args: Args, out: &mut Output) -> anyhow::Result<ExitCode> {
    let mut text = Vec::new();
    clap_complete::generate(args.shell, &mut C::command(), "mendwatch", &mut text);
    out.write(&text)?;
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}
