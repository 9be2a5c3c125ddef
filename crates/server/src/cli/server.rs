//! `mendwatch server`: API, dashboard and jobs in one process.

use super::data::DataArgs;
use super::output::{Output, counted};
use crate::app::{App, Config};
use crate::auth::principal::OverSocket;
use crate::auth::secret;
use crate::data_dir::{DataDir, Held};
use crate::{jobs, listen};
use anyhow::{Context as _, bail};
use jiff::SignedDuration;
use std::io::IsTerminal as _;
use std::net::SocketAddr;
use std::process::ExitCode;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

/// How long a set-up link works. The next start prints a new one.
const SETUP_LINK_LENGTH: SignedDuration = SignedDuration::from_hours(24);

/// How long requests that are under way may take once the server was told to end.
const GRACE: std::time::Duration = std::time::Duration::from_secs(5);

/// How to serve.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    data: DataArgs,
    /// Address and port
    #[arg(long, env = "MENDWATCH_LISTEN", default_value = "127.0.0.1:8001", value_name = "ADDRESS:PORT")]
    listen: SocketAddr,
    /// Look at this very host, too: on or off
    #[arg(long, env = "MENDWATCH_OWN_HOST", default_value = "on", value_parser = on_or_off, action = clap::ArgAction::Set, value_name = "on|off")]
    own_host: bool,
    /// Minutes between check-ins of agents
    #[arg(long, env = "COLLECTION_INTERVAL_MINUTES", default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..=10_080), value_name = "N")]
    interval_minutes: u32,
    /// Days after which a feed's data is too old to call anything unaffected
    #[arg(long, env = "MENDWATCH_FEED_MAX_AGE_DAYS", default_value_t = 7, value_parser = clap::value_parser!(u32).range(1..=3650), value_name = "N")]
    feed_max_age_days: u32,
    /// Largest report in bytes, decompressed
    #[arg(long, env = "MENDWATCH_MAX_REPORT_BYTES", default_value_t = model::wire::Limits::default().report_bytes, value_parser = clap::value_parser!(u64).range(1024..=1 << 30), value_name = "N")]
    max_report_bytes: u64,
    /// Serve plain HTTP on other addresses than loopback: for a reverse proxy with TLS in front, or a network you trust
    #[arg(long, env = "MENDWATCH_ALLOW_PLAIN_HTTP")]
    allow_plain_http: bool,
    /// The dashboard's address as browsers see it, where a proxy stands in front: https://mendwatch.example.org
    #[arg(long, env = "MENDWATCH_PUBLIC_URL", value_name = "URL")]
    public_url: Option<String>,
}

fn on_or_off(word: &str) -> Result<bool, String> {
    match word {
        "on" | "true" | "1" | "yes" => Ok(true),
        "off" | "false" | "0" | "no" => Ok(false),
        _ => Err("expected on or off".to_owned()),
    }
}

/// Serves until it is told to end (SIGINT, SIGTERM).
///
/// # Errors
/// When the data directory, the database or the address can't be had.
pub fn run(args: Args, out: &mut Output) -> anyhow::Result<ExitCode> {
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        // A log in a file is read by others than terminals.
        .with_ansi(std::io::stderr().is_terminal())
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_env("MENDWATCH_LOG")
                .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn,mendwatch=info")),
        )
        .init();
    if !args.listen.ip().is_loopback() && !args.allow_plain_http {
        bail!(
            "{} is not loopback, and this server speaks plain HTTP: passwords and tokens would cross the network in clear. Put a proxy with TLS in front and listen on 127.0.0.1, or say --allow-plain-http if the network is yours",
            args.listen
        );
    }
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(serve(args, out))?;
    Ok(ExitCode::SUCCESS)
}

async fn serve(args: Args, out: &mut Output) -> anyhow::Result<()> {
    let config = Config {
        limits: model::wire::Limits { report_bytes: args.max_report_bytes, ..model::wire::Limits::default() },
        interval: SignedDuration::from_mins(i64::from(args.interval_minutes)),
        own_host: args.own_host,
        feed_max_age: SignedDuration::from_hours(24 * i64::from(args.feed_max_age_days)),
        secure_cookies: args.public_url.as_deref().is_some_and(|url| url.starts_with("https://")),
        ..args.data.config()?
    };
    let data = DataDir::create(&args.data.dir())?;
    let lock = match data.hold()? {
        Held::ByUs(lock) => lock,
        Held::ByOther => bail!("another mendwatch holds {}", data.path().display()),
    };
    // The address first: a port that is taken is the likeliest failure.
    let listener =
        TcpListener::bind(args.listen).await.with_context(|| format!("{} can't be listened on", args.listen))?;
    let address = listener.local_addr()?;
    let socket = data.listen()?;
    let shown_data = data.path().display().to_string();
    let app = App::open(config, data, lock).await?;

    let router = crate::api::router(app.clone());
    let (tcp, unix) = (app.clone(), app.clone());
    let over_socket = router.clone();
    let tcp = tokio::spawn(async move { listen::tcp(listener, router, listen::HEAD, || tcp.ended()).await });
    let unix =
        tokio::spawn(async move { listen::unix(socket, over_socket, OverSocket, listen::HEAD, || unix.ended()).await });

    let hosts = app.rebuild().await.context("the index could not be built from the record")?;
    let base = args.public_url.clone().unwrap_or_else(|| format!("http://{address}"));
    let base = base.trim_end_matches('/');
    out.line(&format!("Mendwatch {} on {base}", env!("CARGO_PKG_VERSION")))?;
    out.line(&format!(
        "  data       {shown_data} ({}), {}",
        app.store().engine().as_str(),
        many(hosts, "host", "hosts")
    ))?;
    if !crate::web::is_built() {
        out.line("  dashboard  not built into this binary; ./dev run builds both")?;
    }
    if app.needs_setup().await? {
        let token = secret::generate("mwl_")?;
        app.store().setup_link_create(secret::hash(&token), app.now(), app.now() + SETUP_LINK_LENGTH).await?;
        out.line(&format!("  set up     {base}/setup#{token}"))?;
        out.line("             opens once, within 24 hours, and makes the first administrator")?;
    }
    out.flush()?;

    tokio::spawn(jobs::tick::run(app.clone()));
    if args.own_host {
        match jobs::own_host::look(&app).await {
            Ok(looked) => out.line(&format!("  this host  {}", this_host(&looked)))?,
            Err(error) => out.line(&format!("  this host  could not be looked at: {error:#}"))?,
        }
        tokio::spawn(jobs::own_host::run(app.clone()));
    }
    out.line("  stop       Ctrl-C")?;
    out.flush()?;

    wait_for_the_end().await?;
    app.close().await;
    // Clients that hold a request half sent are not waited for.
    for serving in [tcp, unix] {
        let end = serving.abort_handle();
        match tokio::time::timeout(GRACE, serving).await {
            Ok(served) => served?,
            Err(_) => end.abort(),
        }
    }
    Ok(())
}

fn many(count: impl TryInto<usize>, one: &str, many: &str) -> String {
    counted(count.try_into().unwrap_or(usize::MAX), one, many)
}

fn this_host(looked: &jobs::own_host::Looked) -> String {
    if let Some(host) = looked.agents {
        return format!(
            "{}: an agent reports it as host {host}; the server does not look at it itself",
            looked.hostname
        );
    }
    let packages = looked.packages.map_or("packages unreadable".to_owned(), |count| many(count, "package", "packages"));
    let updates = match looked.updates {
        Some((security, other)) => format!(
            "{} and {} wait",
            many(security, "security update", "security updates"),
            many(other, "other", "others")
        ),
        None => "pending updates unknown".to_owned(),
    };
    format!("{}: {packages}, {updates} ({:.2} s)", looked.hostname, looked.took.as_secs_f64())
}

async fn wait_for_the_end() -> anyhow::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    Ok(())
}
