//! The hosts of one connection.

use super::client::{Client, Kind};
use super::{DriveOptions, Seen};
use crate::simulate::fleet::NO_HISTORY;
use crate::simulate::random::Random;
use crate::simulate::{Drawn, Fleet};
use model::Clock;
use model::wire::{Answer, CheckInAnswer, Collected, Digest, Digests, ReportAnswer, SectionHash, canonical_json};
use std::time::{Duration, Instant};

/// As the agent compresses its reports.
const ZSTD_LEVEL: i32 = 3;
/// Check-ins that are sent later than this after their time are counted.
const LATE: Duration = Duration::from_millis(100);

/// What is kept of a host: hashes of the sections that take long to make.
#[derive(Clone, Copy)]
struct Known {
    changes: u32,
    packages: SectionHash,
    updates: SectionHash,
}

/// The hosts of one connection: every `step`-th.
pub(super) struct Speaker<'a> {
    fleet: &'a Fleet,
    options: &'a DriveOptions,
    clock: &'a dyn Clock,
    client: Client,
    place: u64,
    step: u64,
    known: Vec<Option<Known>>,
    random: Random,
    seen: Seen,
}

impl<'a> Speaker<'a> {
    pub(super) fn new(
        fleet: &'a Fleet,
        options: &'a DriveOptions,
        clock: &'a dyn Clock,
        place: usize,
        step: usize,
    ) -> Self {
        let (place, step) = (place as u64, step as u64);
        let hosts = (fleet.hosts() + step - 1 - place) / step;
        Self {
            fleet,
            options,
            clock,
            client: Client::new(options),
            place,
            step,
            known: vec![None; usize::try_from(hosts).unwrap_or(0)],
            random: Random::of(fleet.seed, &[15, place]),
            seen: Seen::default(),
        }
    }

    /// Speaks until it is over.
    pub(super) fn run(&mut self, start: Instant) -> anyhow::Result<Seen> {
        let until = self.options.duration.map(|duration| start + duration);
        let hosts = self.known.len();
        // In an order that has nothing to do with the hosts' numbers.
        let mut order: Vec<usize> = (0..hosts).collect();
        (1..hosts).rev().for_each(|at| order.swap(at, self.random.below(at + 1)));
        let mut turn = 0_u32;
        loop {
            let host = match until {
                Some(until) if Instant::now() >= until => break,
                Some(_) => self.random.below(hosts),
                None => match order.pop() {
                    Some(host) => host,
                    None => break,
                },
            };
            self.wait(start, turn);
            turn = turn.wrapping_add(1);
            self.speak(host, until)?;
        }
        Ok(std::mem::take(&mut self.seen))
    }

    /// Waits for the time of the next check-in, where there is a rate.
    #[expect(clippy::cast_precision_loss, reason = "thousands of connections")]
    fn wait(&mut self, start: Instant, turn: u32) {
        let Some(rate) = self.options.rate else { return };
        let turns = f64::from(turn) + self.place as f64 / self.step as f64;
        let due = start + Duration::from_secs_f64(turns * self.step as f64 / rate);
        let now = Instant::now();
        if due > now {
            std::thread::sleep(due - now);
        } else if now - due > LATE {
            self.seen.late += 1;
        }
    }

    /// One host checks in, and reports what it is asked for.
    fn speak(&mut self, at: usize, until: Option<Instant>) -> anyhow::Result<()> {
        let drawn = self.fleet.draw(self.place + self.step * at as u64);
        let mut changes = self.known[at].map_or(0, |known| known.changes);
        if self.random.per_mille(self.options.changed_per_mille) {
            changes += 1;
        }
        let kept = self.known[at].filter(|known| known.changes == changes);
        let (known, host) = match kept {
            Some(known) => (known, None),
            None => {
                let host = self.fleet.host(&drawn, changes);
                (Known { changes, packages: hash(&host.packages)?, updates: hash(&host.updates)? }, Some(host))
            }
        };
        let digests = digests(self.fleet, &drawn, &known)?;
        let checkin = serde_json::to_vec(&self.fleet.checkin(&drawn, digests, self.clock.now()))?;
        let answer: Option<CheckInAnswer> = self.client.post(Kind::CheckIn, &checkin, until, &mut self.seen)?;
        let Some(answer) = answer else { return Ok(()) };
        self.known[at] = Some(known);
        let wanted = match answer.answer {
            Answer::Known => {
                self.seen.known += 1;
                return Ok(());
            }
            Answer::Send => Some(answer.sections.as_slice()),
            Answer::ReportNow => None,
        };
        let host = host.unwrap_or_else(|| self.fleet.host(&drawn, changes));
        self.report(&drawn, &host, answer.next_sequence, wanted, until)
    }

    fn report(
        &mut self,
        drawn: &Drawn,
        host: &Collected,
        sequence: u64,
        wanted: Option<&[model::wire::SectionName]>,
        until: Option<Instant>,
    ) -> anyhow::Result<()> {
        let report = self.fleet.report(drawn, host, sequence, self.clock.now(), wanted)?;
        let body = zstd::bulk::compress(&serde_json::to_vec(&report)?, ZSTD_LEVEL)?;
        let answer: Option<ReportAnswer> = self.client.post(Kind::Report, &body, until, &mut self.seen)?;
        if let Some(answer) = answer {
            self.seen.bytes += body.len() as u64;
            // What was made is sound: an odd record is a fault of one side or the other.
            if !answer.odd.is_empty() {
                *self.seen.errors.entry("odd records".to_owned()).or_default() += 1;
            }
        }
        Ok(())
    }
}

fn hash<T: serde::Serialize>(section: &Result<T, String>) -> anyhow::Result<SectionHash> {
    let data = section.as_ref().map_err(|why| anyhow::anyhow!("a section was not made: {why}"))?;
    Ok(SectionHash::of(&canonical_json(data)?))
}

/// The digests of a host, of which the large sections were hashed before.
fn digests(fleet: &Fleet, drawn: &Drawn, known: &Known) -> anyhow::Result<Digests> {
    let present = |hash| Digest::Present { hash };
    Ok(Digests {
        host: present(SectionHash::of(&canonical_json(&fleet.host_section(drawn))?)),
        packages: present(known.packages),
        updates: present(known.updates),
        repositories: present(SectionHash::of(&canonical_json(&fleet.repositories_section(drawn))?)),
        runtime: present(SectionHash::of(&canonical_json(&fleet.runtime_section(drawn))?)),
        history: Digest::Unavailable { reason: NO_HISTORY.to_owned() },
    })
}
