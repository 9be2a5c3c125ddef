//! `mendwatch tokens`: the tokens with which agents report.

use super::data::DataArgs;
use super::output::{Output, printable, when};
use crate::api::tokens::{NewToken, TokenCreated, TokenRow};
use axum::http::Method;
use model::Clock as _;
use model::clock::SystemClock;
use std::process::ExitCode;

/// What to do.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    data: DataArgs,
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Make a token; it is shown once and kept as a hash only
    Create {
        /// A name to know it by
        #[arg(long, default_value = "agents")]
        name: String,
    },
    /// List tokens
    List {
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// End a token: agents that use it are refused from now on
    Revoke {
        /// Its number in the list
        id: i64,
    },
}

/// Runs `mendwatch tokens`.
///
/// # Errors
/// When the data can't be reached, or the server says no.
pub fn run(args: Args, out: &mut Output) -> anyhow::Result<ExitCode> {
    let local = args.data.open()?;
    match args.what {
        What::Create { name } => {
            let created: TokenCreated = local.json(&Method::POST, "/api/v1/agent-tokens", Some(&NewToken { name }))?;
            out.line(&created.token)?;
        }
        What::List { json } => {
            let tokens: Vec<TokenRow> = local.get("/api/v1/agent-tokens")?;
            if json {
                out.line(&serde_json::to_string_pretty(&tokens)?)?;
            } else if tokens.is_empty() {
                out.line("No tokens yet. Make one: mendwatch tokens create")?;
            } else {
                for token in tokens {
                    let state = if token.revoked_at.is_some() { "revoked" } else { "in force" };
                    let made = when(token.created_at, SystemClock.now());
                    out.line(&format!("{:>4}  {state:<8}  {made}  {}", token.id, printable(&token.name)))?;
                }
            }
        }
        What::Revoke { id } => {
            local.send(
                &Method::DELETE,
                &format!("/api/v1/agent-tokens/{id}"),
                "application/json",
                axum::body::Body::empty(),
            )?;
            out.line(&format!("Token {id} is revoked."))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
