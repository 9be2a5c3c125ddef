//! `mendwatch openapi`: the API's specification, as committed in `api/openapi.json`.

use super::output::Output;
use std::process::ExitCode;

/// Nothing to choose.
#[derive(Debug, clap::Args)]
pub struct Args {}

/// Prints the specification.
///
/// # Errors
/// When it can't be written.
pub fn run(_args: Args, out: &mut Output) -> anyhow::Result<ExitCode> {
    out.line(&crate::api::specification_text()?)?;
    Ok(ExitCode::SUCCESS)
}
