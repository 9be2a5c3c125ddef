//! Where the data is: the same options for every command that needs it.

use crate::app::Config;
use crate::data_dir::{DataDir, Place};
use crate::local::Local;
use anyhow::{Context as _, bail};
use clap::builder::OsStringValueParser;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use store::Location;

/// The data directory of a user who named none.
const HERE: &str = "data";
/// That of root, where there is none here.
const OF_ROOT: &str = "/var/lib/mendwatch";

/// Where the data is.
#[derive(Debug, Clone, clap::Args)]
pub struct DataArgs {
    /// Data directory [default: ./data, or /var/lib/mendwatch for root when ./data does not exist]
    #[arg(long, env = "MENDWATCH_DATA", value_name = "DIR", global = true, value_parser = OsStringValueParser::new())]
    data: Option<OsString>,
    /// PostgreSQL in place of the embedded database: postgres://user@host/name
    #[arg(long, env = "DATABASE_URL", value_name = "URL", hide_env_values = true, global = true)]
    database_url: Option<String>,
}

/// A data directory that was looked for.
#[derive(Debug)]
pub enum Found {
    /// It is there.
    At(PathBuf),
    /// It is not: why, as a sentence's beginning.
    No(String),
}

impl DataArgs {
    /// The directory in force, whether it is there or not.
    #[must_use]
    pub fn dir(&self) -> PathBuf {
        if let Some(dir) = self.named() {
            return dir.to_owned();
        }
        let places = usual_places();
        // A directory that can't be looked into is the likelier one to be meant than none at all.
        let is_data = |place: &&&str| Place::of(Path::new(place)).map_or(true, |place| place == Place::DataDir);
        let is_there = |place: &&&str| Path::new(place).is_dir();
        let last = places.len() - 1;
        PathBuf::from(places.iter().find(is_data).or_else(|| places.iter().find(is_there)).unwrap_or(&places[last]))
    }

    /// The directory that an option or a variable names; an empty variable names none.
    fn named(&self) -> Option<&Path> {
        self.data.as_deref().filter(|dir| !dir.is_empty()).map(Path::new)
    }

    /// The directory, where an option names it and not the environment alone, which may be set for other commands.
    #[must_use]
    pub fn named_on_command_line(&self) -> Option<&Path> {
        let is_data = |arg: &std::ffi::OsStr| arg == "--data" || arg.as_encoded_bytes().starts_with(b"--data=");
        let is_said = std::env::args_os().any(|arg| is_data(&arg));
        self.named().filter(|_| is_said)
    }

    /// Whether the directory was named.
    #[must_use]
    pub fn is_named(&self) -> bool {
        self.named().is_some()
    }

    /// Looks for the data directory, and makes none.
    ///
    /// # Errors
    /// When this user may not look.
    pub fn find(&self) -> anyhow::Result<Found> {
        let dir = self.dir();
        let shown = dir.display();
        let place = Place::of(&dir).with_context(|| format!("the data directory {shown} can't be read"))?;
        Ok(match place {
            Place::DataDir => Found::At(dir),
            Place::Other if self.is_named() => {
                Found::No(format!("{shown} is no data directory (no mendwatch.db in it)"))
            }
            Place::Nothing if self.is_named() => Found::No(format!("there is no data directory {shown}")),
            Place::Other | Place::Nothing => {
                let places: Vec<String> = usual_places().iter().map(|place| absence(place)).collect();
                Found::No(format!("no data directory here ({})", places.join(", ")))
            }
        })
    }

    /// Where the record of a data directory is.
    ///
    /// # Errors
    /// When `DATABASE_URL` is no address.
    pub fn location(&self, dir: &Path) -> anyhow::Result<Location> {
        let location = Location::of(self.database_url.as_deref(), dir.to_owned());
        match location.check() {
            Ok(()) => Ok(location),
            Err(why) => bail!("DATABASE_URL (or --database-url) is no address of a PostgreSQL database: {why}"),
        }
    }

    /// What of it an installation chooses.
    ///
    /// # Errors
    /// As [`DataArgs::location`].
    pub fn config(&self) -> anyhow::Result<Config> {
        self.location(Path::new(HERE))?;
        Ok(Config { database_url: self.database_url.clone(), ..Config::default() })
    }

    /// Reaches data that is there: through the running server, or by opening it.
    ///
    /// # Errors
    /// When there is no data directory, or neither way works.
    pub fn open(&self) -> anyhow::Result<Local> {
        match self.find()? {
            Found::At(dir) => Local::open(DataDir::open(&dir)?, self.config()?),
            Found::No(why) if self.is_named() => bail!("{why}"),
            Found::No(why) => bail!("{why}: name it with --data DIR or MENDWATCH_DATA"),
        }
    }

    /// As [`DataArgs::open`], but makes a directory that was named and is not there: for commands that
    /// bring data.
    ///
    /// # Errors
    /// When no directory is there and none was named, or it can't be made or reached.
    pub fn open_or_make(&self) -> anyhow::Result<Local> {
        match self.find()? {
            Found::No(why) if !self.is_named() => {
                bail!("{why}: name it with --data DIR or MENDWATCH_DATA; a directory that is not there is then made")
            }
            _ => self.make(),
        }
    }

    /// As [`DataArgs::open`], but makes the directory wherever it is looked for.
    ///
    /// # Errors
    /// When it can't be made or reached.
    pub fn make(&self) -> anyhow::Result<Local> {
        // A variable that makes no sense leaves no directory behind.
        let config = self.config()?;
        Local::open(DataDir::create(&self.dir())?, config)
    }
}

/// Where data is looked for when none was named.
fn usual_places() -> &'static [&'static str] {
    if rustix::process::geteuid().is_root() { &[HERE, OF_ROOT] } else { &[HERE] }
}

fn absence(place: &str) -> String {
    let shown = if place == HERE { "./data" } else { place };
    match Place::of(Path::new(place)) {
        Ok(Place::Nothing) => format!("{shown} is absent"),
        _ => format!("{shown} is something else"),
    }
}
