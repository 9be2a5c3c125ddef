//! What every part of the service shares: the record, the index, the intake, the clock.
//!
//! **Invariants**: the index has one applier, behind one lock that readers never take; a report is
//! in the record before it is in the index, and in both before it is acknowledged. Until the index has all of the
//! record, nobody reads it, and a report is acknowledged when the record has it and its change waits ([`crate::early`]).

use crate::answering::Answering;
use crate::api::error::{ApiError, ApiResult};
use crate::api::events::{Cause, ChangeEvent};
use crate::auth::attempts::Attempts;
use crate::auth::principal::Principal;
use crate::auth::secret;
use crate::budget::Budget;
use crate::data_dir::{DataDir, Lock};
use crate::early::Early;
use crate::intake::Intake;
use crate::jobs::own_host::OwnHost;
use crate::platform_rules::PlatformRules;
use crate::writable::Writable;
use jiff::{SignedDuration, Timestamp};
use matching::Rules;
use model::wire::Limits;
use model::{Clock, Platform};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use store::{Location, Namespace, Store};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, broadcast, watch};

/// What an installation may choose.
#[derive(Debug, Clone)]
pub struct Config {
    /// PostgreSQL in place of the embedded database.
    pub database_url: Option<String>,
    /// Ceilings on reports.
    pub limits: Limits,
    /// How often agents check in.
    pub interval: SignedDuration,
    /// Whether the server looks at its own host, as often as agents check in.
    pub own_host: bool,
    /// A feed whose data is older than this can no longer call anything unaffected.
    pub feed_max_age: SignedDuration,
    /// Cookies are sent over TLS only.
    pub secure_cookies: bool,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            database_url: None,
            limits: Limits::default(),
            interval: SignedDuration::from_hours(1),
            own_host: false,
            feed_max_age: SignedDuration::from_hours(7 * 24),
            secure_cookies: false,
        }
    }
}

/// The service. Cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Inner>);

struct Inner {
    config: Config,
    data: DataDir,
    #[expect(dead_code, reason = "held for as long as the service lives")]
    lock: Lock,
    store: Store,
    clock: Arc<dyn Clock>,
    index: Mutex<fleet::Index>,
    /// What came in before the index had all of the record; `None` from then on. Taken before `index`.
    early: Mutex<Option<Early>>,
    reader: fleet::Reader,
    rules: PlatformRules,
    intake: Intake,
    attempts: Attempts,
    changes: broadcast::Sender<Arc<ChangeEvent>>,
    ready: AtomicBool,
    seq: watch::Sender<i64>,
    end: watch::Sender<bool>,
    own_host: OwnHost,
    writable: Writable,
    decoding: Arc<Semaphore>,
    answering: Answering,
    uploading: Budget,
    waiting: Budget,
}

impl App {
    /// How long a sign-in lasts at most.
    pub const SESSION_LENGTH: SignedDuration = SignedDuration::from_hours(12);
    /// Reports that are decompressed and read at once; others wait their turn.
    const DECODING_AT_ONCE: usize = 8;

    /// Opens the record and starts the intake. The index is empty until [`App::rebuild`].
    ///
    /// # Errors
    /// When the database can't be opened.
    pub async fn open(config: Config, data: DataDir, lock: Lock) -> anyhow::Result<Self> {
        Self::open_at(config, data, lock, Arc::new(model::clock::SystemClock)).await
    }

    /// As [`App::open`], with a clock of the caller's.
    ///
    /// # Errors
    /// As [`App::open`].
    pub async fn open_at(config: Config, data: DataDir, lock: Lock, clock: Arc<dyn Clock>) -> anyhow::Result<Self> {
        let location = Location::of(config.database_url.as_deref(), data.path().to_owned());
        let store = Store::open(&location, clock.now()).await?;
        let index = fleet::Index::new(clock.now());
        let reader = index.reader();
        let (intake, work) = Intake::new();
        let app = Self(Arc::new(Inner {
            config,
            data,
            lock,
            store,
            clock,
            index: Mutex::new(index),
            early: Mutex::new(Some(Early::default())),
            reader,
            rules: PlatformRules::default(),
            intake,
            attempts: Attempts::default(),
            changes: broadcast::channel(1024).0,
            ready: AtomicBool::new(false),
            seq: watch::channel(0).0,
            end: watch::channel(false).0,
            own_host: OwnHost::default(),
            writable: Writable::default(),
            decoding: Arc::new(Semaphore::new(Self::DECODING_AT_ONCE)),
            answering: Answering::default(),
            uploading: Budget::mebibytes(256),
            waiting: Budget::mebibytes(512),
        }));
        tokio::spawn(work.run(app.clone()));
        Ok(app)
    }

    /// Fills the index from the record. Until it returns, the service is not ready.
    ///
    /// # Errors
    /// When the record can't be read.
    pub async fn rebuild(&self) -> anyhow::Result<u64> {
        let loaded = crate::rebuild::rebuild(self).await?;
        self.0.ready.store(true, Ordering::Release);
        Ok(loaded)
    }

    /// Fills a part of the index from the record, for an answer that rests on no more; see [`crate::partial`].
    ///
    /// # Errors
    /// What `part` says.
    pub async fn rebuild_part(&self, part: impl Future<Output = anyhow::Result<()>>) -> anyhow::Result<()> {
        // A command without a server: nothing comes in meanwhile, and what the part applies is to be there at once.
        drop(self.early().take());
        part.await?;
        self.0.ready.store(true, Ordering::Release);
        Ok(())
    }

    /// Ends streams, waits for what was taken in, closes the record.
    pub async fn close(&self) {
        self.0.end.send_replace(true);
        self.0.intake.drain().await;
        self.0.store.close().await;
    }

    /// The record.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.0.store
    }

    /// The data directory.
    #[must_use]
    pub fn data(&self) -> &DataDir {
        &self.0.data
    }

    /// What the installation chose.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.0.config
    }

    /// Ceilings on reports.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.0.config.limits
    }

    /// The present.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.0.clock.now()
    }

    /// The way in for reports.
    #[must_use]
    pub fn intake(&self) -> &Intake {
        &self.0.intake
    }

    /// Failed sign-ins.
    #[must_use]
    pub fn attempts(&self) -> &Attempts {
        &self.0.attempts
    }

    /// Whether cookies are sent over TLS only.
    #[must_use]
    pub fn is_secure(&self) -> bool {
        self.0.config.secure_cookies
    }

    /// Whether the index is filled.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.0.ready.load(Ordering::Acquire)
    }

    /// Seconds between check-ins, as agents are told.
    #[must_use]
    pub fn interval_seconds(&self) -> u32 {
        u32::try_from(self.0.config.interval.as_secs()).unwrap_or(3600)
    }

    /// The latest change in the index.
    #[must_use]
    pub fn seq(&self) -> i64 {
        *self.0.seq.borrow()
    }

    /// Whether there is no user yet.
    ///
    /// # Errors
    /// When the record can't be read.
    pub async fn needs_setup(&self) -> store::Result<bool> {
        Ok(self.0.store.user_list().await?.is_empty())
    }

    /// The user of a session.
    ///
    /// # Errors
    /// When the record can't be read.
    pub async fn session_user(&self, token: &str) -> store::Result<Option<Principal>> {
        let session = self.0.store.session_find(secret::hash(token), self.now()).await?;
        Ok(session.map(|session| Principal { name: session.user.name, role: session.user.role }))
    }

    /// The name space of an agent's token.
    ///
    /// # Errors
    /// When the record can't be read.
    pub async fn agent_token(&self, token: &str) -> store::Result<Option<Namespace>> {
        Ok(self.0.store.token_find(secret::hash(token), self.now()).await?.map(|token| token.namespace))
    }

    /// Waits for a turn to decompress and read a report. Those at work wait for nobody, so the wait
    /// is short.
    ///
    /// # Errors
    /// 503 when the service ends.
    pub async fn decode_permit(&self) -> ApiResult<OwnedSemaphorePermit> {
        let permit = Arc::clone(&self.0.decoding).acquire_owned().await;
        permit.map_err(|_| ApiError::busy("The server is about to end.", 30))
    }

    /// Computes an answer beside the workers, when its turn has come.
    ///
    /// # Errors
    /// As [`Answering::run`].
    pub async fn answer<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> ApiResult<T> {
        self.0.answering.run(work).await
    }

    /// The turns of answers.
    #[must_use]
    pub fn answering(&self) -> &Answering {
        &self.0.answering
    }

    /// The bytes of requests that are on their way in.
    #[must_use]
    pub fn uploading(&self) -> &Budget {
        &self.0.uploading
    }

    /// The bytes of reports that wait for the writer.
    #[must_use]
    pub fn waiting(&self) -> &Budget {
        &self.0.waiting
    }

    /// The newest snapshot with the number of the change that it holds, `min_seq` or later.
    ///
    /// # Errors
    /// 503 while the index is being filled, and when `min_seq` is not reached within a second.
    pub async fn snapshot(&self, min_seq: Option<i64>) -> ApiResult<(Arc<fleet::Snapshot>, i64)> {
        if !self.is_ready() {
            return Err(ApiError::busy("The server is starting; it still reads its record.", 2));
        }
        if let Some(min_seq) = min_seq {
            let mut seq = self.0.seq.subscribe();
            let reached = tokio::time::timeout(Duration::from_secs(1), seq.wait_for(|seq| *seq >= min_seq)).await;
            if reached.is_err() {
                return Err(ApiError::busy(format!("Change {min_seq} is not here yet."), 1));
            }
        }
        let snapshot = self.0.reader.snapshot();
        let seq = i64::try_from(snapshot.seq()).unwrap_or(i64::MAX);
        Ok((snapshot, seq))
    }

    /// Takes changes into the index that nobody is to see before the next [`App::apply`].
    pub fn fill(&self, changes: Vec<fleet::Change>) {
        self.0.index.lock().unwrap_or_else(PoisonError::into_inner).fill(changes);
    }

    /// Applies changes to the index and tells those who listen. `seq` is the record's number of the
    /// change; 0 where the record knows nothing of it (time). Until the index has all of the record, they wait.
    pub fn apply(&self, seq: i64, changes: Vec<fleet::Change>, cause: Cause) {
        if changes.is_empty() {
            return;
        }
        if let Some(early) = self.early().as_mut() {
            return early.push(seq, changes, cause);
        }
        self.apply_now(seq, changes, cause);
    }

    /// Applies the last of the record to the index, then everything that came in meanwhile. From now on changes are
    /// applied as they come.
    pub(crate) fn begin(&self, seq: i64, changes: Vec<fleet::Change>, cause: Cause) {
        // Held until the last is in: a change that comes now stands behind them.
        let mut early = self.early();
        self.apply_now(seq, changes, cause);
        for (seq, changes, cause) in early.take().unwrap_or_default().take() {
            self.apply_now(seq, changes, cause);
        }
    }

    /// Asks whether another message can be taken.
    ///
    /// # Errors
    /// 503 while the index is being filled and much waits for it.
    pub fn has_room(&self) -> ApiResult<()> {
        if self.early().as_ref().is_none_or(Early::has_room) {
            return Ok(());
        }
        Err(ApiError::busy("The server is starting, and more messages wait than it can take at once.", 10))
    }

    fn early(&self) -> MutexGuard<'_, Option<Early>> {
        self.0.early.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn apply_now(&self, seq: i64, changes: Vec<fleet::Change>, cause: Cause) {
        let applied = {
            let mut index = self.0.index.lock().unwrap_or_else(PoisonError::into_inner);
            let applied = index.apply(u64::try_from(seq).unwrap_or(0), changes);
            self.0.seq.send_if_modified(|known| {
                let higher = i64::try_from(applied.seq).unwrap_or(i64::MAX);
                let is_new = higher > *known;
                *known = higher.max(*known);
                is_new
            });
            applied
        };
        if applied.unknown_packages > 0 {
            tracing::error!(
                packages = applied.unknown_packages,
                "the index was given packages that it was not told of"
            );
        }
        if applied.hosts.is_empty() && cause == Cause::Time {
            return;
        }
        let hosts = (applied.hosts.len() <= 100).then(|| applied.hosts.iter().map(|host| host.0).collect());
        // Nobody listening is no fault.
        let _ = self.0.changes.send(Arc::new(ChangeEvent { seq: self.seq(), hosts, cause }));
    }

    /// Changes from now on.
    #[must_use]
    pub fn subscribe(&self) -> broadcast::Receiver<Arc<ChangeEvent>> {
        self.0.changes.subscribe()
    }

    /// Resolves when the service ends.
    pub fn ended(&self) -> impl Future<Output = ()> + Send + use<> {
        let mut end = self.0.end.subscribe();
        async move {
            // An error means that the service is gone already.
            let _ = end.wait_for(|ended| *ended).await;
        }
    }

    /// The rules of a platform, if the fleet has it.
    #[must_use]
    pub fn rules(&self, platform: &Platform) -> Option<Arc<Rules>> {
        self.0.rules.get(platform)
    }

    /// The rules of every platform of the fleet.
    #[must_use]
    pub fn platform_rules(&self) -> &PlatformRules {
        &self.0.rules
    }

    /// What is known of the server's own host.
    #[must_use]
    pub fn own_host(&self) -> &OwnHost {
        &self.0.own_host
    }

    /// Whether the record can be written.
    #[must_use]
    pub fn writable(&self) -> &Writable {
        &self.0.writable
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data_dir::Held;
    use crate::intake::Sender;
    use fleet::{Change, PackageId};
    use model::wire::sections::{Os, PackageRecord, Packages};
    use model::wire::{self, AgentInfo, Answer, CheckIn, Collected, Labels};

    /// A host of which no more is known than its release and one package.
    fn host(version: &str) -> Collected {
        let absent = || "not collected".to_owned();
        let package = PackageRecord {
            name: "bash".into(),
            version: version.into(),
            arch: "amd64".into(),
            ..PackageRecord::default()
        };
        Collected {
            host: Ok(wire::sections::Host {
                hostname: "web1".into(),
                os: Os { id: "debian".into(), version_id: "12".into(), ..Os::default() },
                ..wire::sections::Host::default()
            }),
            packages: Ok(Packages { manager: "dpkg".into(), records: vec![package], skipped: Vec::new() }),
            updates: Err(absent()),
            repositories: Err(absent()),
            runtime: Err(absent()),
            history: Err(absent()),
            heartbeat: wire::Heartbeat::default(),
            machine_id: "c0ffee".repeat(6)[..32].to_owned(),
            hostname: "web1".into(),
            boot_id: String::new(),
        }
    }

    fn agent() -> AgentInfo {
        AgentInfo { name: "mendwatch-agent".into(), version: "0.1.0".into() }
    }

    /// While the index is being filled, messages are answered from the record; a host that was read from the record
    /// before its report came is in the index as that report says.
    #[tokio::test]
    async fn what_comes_in_while_the_index_is_filled_is_answered_and_not_overtaken() {
        let folder = tempfile::tempdir().unwrap();
        let data = DataDir::create(&folder.path().join("data")).unwrap();
        let Held::ByUs(lock) = data.hold().unwrap() else { panic!("nobody else has it") };
        let app = App::open(Config::default(), data, lock).await.unwrap();
        let report = async |version: &str, number: u64| {
            let report = wire::write_report(&host(version), agent(), number, app.now(), None).unwrap();
            let accepted = wire::read_report(&serde_json::to_vec(&report).unwrap(), app.limits()).unwrap();
            app.intake().report(Sender::Token(store::TOKENS), accepted, app.now()).await.unwrap()
        };
        let first = report("1", 1).await;
        let read_before = app.store().host_get(first.host_id).await.unwrap().unwrap();
        let mut packages = Vec::new();
        app.store().packages_load(0, |id, package| packages.push((PackageId(id), package))).await.unwrap();
        let second = report("2", 2).await;
        let checkin = CheckIn {
            format: wire::FORMAT,
            agent: agent(),
            machine_id: host("2").machine_id,
            boot_id: String::new(),
            hostname: "web1".into(),
            observed_at: app.now(),
            sections: host("2").digests().unwrap(),
            labels: Some(Labels::default()),
            heartbeat: wire::Heartbeat::default(),
        };
        let checked = app.intake().checkin(Sender::Token(store::TOKENS), checkin, app.now()).await.unwrap();
        assert_eq!((checked.answer, app.is_ready(), app.seq()), (Answer::Known, false, 0));
        assert_eq!(app.0.reader.snapshot().overview(None).hosts.total, 0, "nothing is published");

        let facts = crate::facts::facts(&read_before, app.config().interval);
        app.fill(vec![Change::Time(app.now()), Change::PackageIds(packages), Change::Host(Box::new(facts))]);
        app.begin(first.seq, vec![Change::Time(app.now())], Cause::Time);
        assert_eq!(app.seq(), checked.seq);
        assert!(second.seq < checked.seq);
        let snapshot = app.0.reader.snapshot();
        let asked = fleet::HostPackagesQuery { limit: 9, ..fleet::HostPackagesQuery::default() };
        let page = snapshot.host_packages(fleet::HostId(first.host_id), &asked, None).unwrap();
        let versions: Vec<&str> = page.items.iter().map(|row| row.package.version.as_str()).collect();
        assert_eq!(versions, ["2"]);
    }
}
