//! From a host of the record to a host of the index.

use crate::awaited;
use crate::running::{self, Unknowns};
use crate::security_repository::{self, Clocks};
use fleet::{Attributes, Availability, HostFacts, HostId, Interval, PackageId, SecurityRepository, UpdateFacts};
use jiff::{SignedDuration, Timestamp};
use model::wire::SectionName;
use model::wire::sections::{Host, Updates};
use store::HostState;

/// What the index needs of a host.
#[must_use]
pub fn facts(state: &HostState, interval: SignedDuration) -> HostFacts {
    let updates = state.updates.as_ref();
    let os_name = state.host.as_ref().map(|host| host.os.pretty_name.clone()).unwrap_or_default();
    let tags = [&state.tag, &state.site, &state.env].into_iter().filter(|tag| !tag.is_empty()).cloned().collect();
    let mut context: Vec<String> = Vec::new();
    if state.inventory.iter().any(|entry| matches!(entry.role, model::Role::RunningKernel | model::Role::NextKernel)) {
        context.push(matching::KERNELS_KNOWN.to_owned());
    }
    let unknowns = unknowns(state);
    HostFacts {
        id: HostId(state.id),
        hostname: state.hostname.clone(),
        platform: state.platform.clone(),
        os_name: if os_name.is_empty() { state.platform.to_string() } else { os_name },
        tags,
        context,
        last_seen_at: state.last_seen_at,
        interval: Interval(interval),
        inventory: state.inventory.iter().map(|entry| (PackageId(entry.package), entry.role, entry.held)).collect(),
        updates: updates
            .map(|updates| updates.records.as_slice())
            .unwrap_or_default()
            .iter()
            .map(|update| UpdateFacts {
                name: update.name.clone(),
                arch: update.arch.clone(),
                candidate: update.candidate.clone(),
                installed: update.installed.clone(),
                suite: update.suite.clone(),
                security: update.security,
                withheld: update.withheld,
            })
            .collect(),
        replacements: replacements(updates),
        security_unknown: updates.map_or(0, security_unknown),
        reboot_required: state.runtime.as_ref().and_then(|runtime| runtime.reboot_required),
        lists_at: lists_at(state),
        host_section: availability(state, SectionName::Host),
        packages: availability(state, SectionName::Packages),
        updates_section: availability(state, SectionName::Updates),
        packages_skipped: skipped(state, SectionName::Packages),
        updates_skipped: skipped(state, SectionName::Updates),
        repositories_skipped: skipped(state, SectionName::Repositories),
        security_repository: security_repository(state),
        awaited: awaited::of_state(state),
        clock_ahead: Some(SignedDuration::from_micros(state.clock_skew)).filter(|skew| *skew > store::CLOCK_AHEAD),
        kernel_unowned: unknowns.kernel_unowned,
        reboot_unknown: unknowns.reboot_unknown,
        alternated_at: state.alternated_at,
        attributes: attributes(state),
    }
}

/// How many replacements are of security, and how many others there are.
fn replacements(updates: Option<&Updates>) -> (u32, u32) {
    let records = updates.map(|updates| updates.replacements.as_slice()).unwrap_or_default();
    let security = records.iter().filter(|record| record.security).count();
    let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    (number(security), number(records.len() - security))
}

/// Of how many updates and replacements their repositories don't tell whether they are of security.
#[must_use]
pub fn security_unknown(updates: &Updates) -> u32 {
    let unknown = updates.records.iter().filter(|record| record.security_unknown).count()
        + updates.replacements.iter().filter(|record| record.security_unknown).count();
    u32::try_from(unknown).unwrap_or(u32::MAX)
}

/// What queries look at beside all that.
fn attributes(state: &HostState) -> Attributes {
    let host = state.host.as_ref();
    let text = |of: fn(&Host) -> &String| host.map(of).cloned().unwrap_or_default();
    let runtime = state.runtime.as_ref();
    Attributes {
        site: state.site.clone(),
        environment: state.env.clone(),
        kernel: runtime.map(|runtime| runtime.running_kernel.clone()).unwrap_or_default(),
        arch: text(|host| &host.arch),
        package_manager: text(|host| &host.package_manager),
        virtualization: text(|host| &host.virtualization),
        fqdn: text(|host| &host.fqdn),
        addresses: host
            .map(|host| host.ip_addresses.iter().filter_map(|of| of.parse().ok()).collect())
            .unwrap_or_default(),
        booted_at: host.and_then(|host| host.boot_time),
    }
}

/// By the sources as the last report told them: earlier ones may not be those of now.
fn security_repository(state: &HostState) -> SecurityRepository {
    let Some(host) = &state.host else { return SecurityRepository::NotExpected };
    let is_known = availability(state, SectionName::Repositories) == Availability::Present;
    security_repository::look(&host.os, &host.arch, state.repositories.as_ref().filter(|_| is_known))
}

fn lists_at(state: &HostState) -> Option<Timestamp> {
    let updates = state.updates.as_ref()?;
    let Some(host) = &state.host else { return updates.lists_at };
    let clocks = Clocks { observed_at: state.observed_at, received_at: state.last_seen_at };
    security_repository::lists_at(updates, &host.os, &host.arch, state.repositories.as_ref(), clocks)
}

fn unknowns(state: &HostState) -> Unknowns {
    let is_present = |name| availability(state, name) == Availability::Present;
    let owned = state.inventory.iter().any(|entry| entry.role == model::Role::RunningKernel);
    let runtime = state.runtime.as_ref().filter(|_| is_present(SectionName::Runtime));
    // Where there is not one package, that is what is said.
    let are_known = is_present(SectionName::Packages) && !state.inventory.is_empty();
    running::look(state.host.as_ref(), runtime, are_known.then_some(owned))
}

/// How many records of a section were left out. Parts of records that were taken all the same, such
/// as an impossible date of installation, leave nothing unknown.
fn skipped(state: &HostState, name: SectionName) -> u32 {
    let count = state.odd.iter().filter(|odd| odd.section == name && !odd.kept).count();
    u32::try_from(count).unwrap_or(u32::MAX)
}

fn availability(state: &HostState, name: SectionName) -> Availability {
    match state.section(name) {
        Some(status) if status.unavailable.is_some() && status.observed_at.is_some() => Availability::Unavailable,
        Some(status) if status.observed_at.is_some() => Availability::Present,
        Some(status) if status.unavailable.is_some() => Availability::Unread,
        _ => Availability::Never,
    }
}
