//! `mendwatch query`: which hosts a query keeps, and why.

use super::data::DataArgs;
use super::hosts::{PAGE, lacking, list};
use super::output::columns::{Cell, Column, table};
use super::output::{Output, counted, thousands};
use crate::api::query::QueryPlan;
use crate::local::{Local, encode};
use anyhow::anyhow;
use fleet::query::Level;
use serde::Deserialize;
use serde_json::{Value, json};
use std::process::ExitCode;

/// What to ask.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    data: DataArgs,
    /// The query, such as 'os:debian security>10 -tag:lab'; "" is all hosts
    #[arg(allow_hyphen_values = true)]
    query: String,
    /// Show what the query was read as: what each part keeps, rests on and costs
    #[arg(long)]
    explain: bool,
    /// As JSON
    #[arg(long)]
    json: bool,
    /// End with 1 if any host is kept, with 2 if none is and not all is known
    #[arg(long)]
    fail_on_match: bool,
    /// Show at most this many hosts, those with the most security updates first; 0: none, only their number
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
}

#[derive(Debug, Deserialize)]
struct Answer {
    q: String,
    level: u8,
    lacks: Vec<String>,
    #[serde(default)]
    plan: Option<QueryPlan>,
    items: Vec<Value>,
    total: usize,
    #[serde(default)]
    next_cursor: Option<String>,
}

/// Runs `mendwatch query`.
///
/// # Errors
/// When the text is no query, there is no data directory, or it can't be reached.
pub fn run(args: &Args, out: &mut Output) -> anyhow::Result<ExitCode> {
    // A text that is no query needs no data to be refused, and is shown with its place.
    let level = check(&args.query)?;
    let local = args.data.open()?;
    let (answer, hosts) = ask(&local, args, level)?;
    if args.json {
        let mut said = json!({ "q": answer.q, "level": answer.level, "total": answer.total, "lacks": answer.lacks, "hosts": hosts });
        if let (Some(plan), Some(said)) = (&answer.plan, said.as_object_mut()) {
            said.insert("plan".into(), serde_json::to_value(plan)?);
        }
        out.line(&serde_json::to_string_pretty(&said)?)?;
    } else {
        show(&answer, hosts, args.limit, out)?;
    }
    out.flush()?;
    Ok(match (args.fail_on_match, answer.total) {
        (true, 1..) => ExitCode::from(1),
        (true, 0) if !answer.lacks.is_empty() => ExitCode::from(2),
        _ => ExitCode::SUCCESS,
    })
}

/// The first answer, and the hosts of all pages that are wanted.
fn ask(local: &Local, args: &Args, level: Level) -> anyhow::Result<(Answer, Vec<Value>)> {
    let most = args.limit.unwrap_or(usize::MAX);
    let path = |cursor: &str, explain: bool| {
        let limit = most.clamp(1, PAGE);
        format!("/api/v1/query?limit={limit}&explain={explain}&q={}{cursor}", encode(&args.query))
    };
    // Rows say what is open on a host; how many hosts reported something does not rest on that.
    let facts = args.limit == Some(0) && level <= Level::Groups;
    let first = path("", args.explain);
    let mut answer: Answer = if facts { local.get_facts(&first) } else { local.get(&first) }?;
    let mut hosts = std::mem::take(&mut answer.items);
    let mut next = answer.next_cursor.take();
    while let Some(cursor) = next.filter(|_| hosts.len() < most) {
        let more: Answer = local.get(&path(&format!("&cursor={}", encode(&cursor)), false))?;
        hosts.extend(more.items);
        next = more.next_cursor;
    }
    hosts.truncate(most);
    Ok((answer, hosts))
}

fn show(answer: &Answer, hosts: Vec<Value>, limit: Option<usize>, out: &mut Output) -> anyhow::Result<()> {
    lacking(&answer.lacks, out)?;
    if let Some(plan) = &answer.plan {
        explain(plan, out)?;
        out.line("")?;
    }
    let shown = hosts.len();
    if shown > 0 || limit != Some(0) {
        list(serde_json::from_value(Value::Array(hosts))?, out)?;
    }
    if shown < answer.total || limit == Some(0) {
        let of = if shown == 0 { String::new() } else { format!("{} shown of ", thousands(shown)) };
        out.line(&format!("{of}{}", counted(answer.total, "host", "hosts")))?;
    }
    Ok(())
}

const COLUMNS: &[Column] = &[
    Column { title: "HOSTS", right: true, yields: 0 },
    Column { title: "COST", right: false, yields: 0 },
    Column { title: "LEVEL", right: true, yields: 0 },
    Column { title: "QUERY", right: false, yields: 1 },
];

/// The tree, a line a part, what is inside deeper.
fn explain(plan: &QueryPlan, out: &mut Output) -> std::io::Result<()> {
    let mut rows = Vec::new();
    branch(plan, 0, &mut rows);
    for line in table(out.look(), 0, COLUMNS, &rows) {
        out.line(&line)?;
    }
    Ok(())
}

fn branch(plan: &QueryPlan, depth: usize, rows: &mut Vec<Vec<Cell>>) {
    let words = match plan.join.as_str() {
        "all" => "all of".to_owned(),
        "any" => "any of".to_owned(),
        "not" => "not".to_owned(),
        _ => plan.text.clone(),
    };
    rows.push(vec![
        Cell::from(thousands(usize::try_from(plan.hosts).unwrap_or(usize::MAX))),
        Cell::from(plan.cost.clone()),
        Cell::from(plan.level.to_string()),
        Cell::from(format!("{}{words}", "  ".repeat(depth))),
    ]);
    plan.parts.iter().for_each(|part| branch(part, depth + 1, rows));
}

/// Looks whether a text is a query, and what it rests on.
///
/// # Errors
/// When it is none: what is wrong, where, and what was probably meant, on one line.
pub(super) fn check(text: &str) -> anyhow::Result<Level> {
    fleet::Query::parse(text).map(|query| query.level()).map_err(|error| anyhow!("{}", refused(text, &error)))
}

fn refused(text: &str, error: &fleet::QueryError) -> String {
    let piece: String = text.chars().skip(error.position).take(error.length).collect();
    let of = if piece.is_empty() { String::new() } else { format!(", '{}'", piece.escape_debug()) };
    format!("{error} (character {}{of})", error.position + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_names_its_place() {
        let say = |text: &str| refused(text, &fleet::Query::parse(text).unwrap_err());
        assert!(say("é freshnes:stale").ends_with("did you mean 'freshness'? (character 3, 'freshnes')"));
        assert_eq!(say("web or"), "'or' joins two conditions, the second is missing (character 5, 'or')");
        assert_eq!(say("os:"), "a value is missing after 'os' (character 4)");
    }
}
