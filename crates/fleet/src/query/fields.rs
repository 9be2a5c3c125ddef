//! The fields of the language: their names, where they stand, what they take, their levels.

use super::Level;
use super::tree::{Age, Count, LabelKind, Part, Term};

/// Where a condition stands, which decides its fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// On a host.
    Host,
    /// On one package, in `pkg:( )`.
    Package,
    /// On one finding, in `finding:( )`.
    Finding,
}

/// What stands behind the name of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Takes {
    /// `:` and values with commas between them.
    Values,
    /// A comparison with a number.
    Number,
    /// `<` or `>` and a span of time.
    Span,
    /// A comparison with a value, or values as above.
    Compared,
    /// `:` and a group in parentheses.
    Group,
}

/// What a field is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Field {
    Host,
    Os,
    Freshness,
    Colour,
    Count(Count),
    Age(Age),
    Update,
    Reboot,
    Tag,
    Label(LabelKind),
    Tld,
    Address,
    NotKnown,
    Package,
    Finding,
    Of(PartField),
}

/// What a field inside a group is about; see [`Part`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PartField {
    Name,
    Source,
    Version,
    Arch,
    Role,
    Origin,
    Cve,
    State,
    Severity,
    Fixed,
    Kev,
    Epss,
    Cvss,
    Feed,
    Advisory,
}

/// A field.
#[derive(Debug)]
pub(crate) struct Info {
    /// Its name, and others that are read too.
    pub(crate) names: &'static [&'static str],
    pub(crate) field: Field,
    pub(crate) takes: Takes,
    pub(crate) level: Level,
    /// One line for people who are about to type it.
    pub(crate) what: &'static str,
}

impl Info {
    /// The name that it is written by.
    pub(crate) fn name(&self) -> &'static str {
        self.names.first().copied().unwrap_or_default()
    }
}

const fn of(names: &'static [&'static str], field: Field, takes: Takes, level: Level, what: &'static str) -> Info {
    Info { names, field, takes, level, what }
}

use Level::{Facts, Open, Verdicts};
use Takes::{Compared, Group, Number, Span, Values};

const HOST: &[Info] = &[
    of(&["os"], Field::Os, Values, Facts, "distribution, or distribution and release"),
    of(&["host"], Field::Host, Values, Facts, "name contains this, or is such a name (web-*)"),
    of(&["tag"], Field::Tag, Values, Facts, "tag, site or environment"),
    of(&["env", "environment"], Field::Label(LabelKind::Environment), Values, Facts, "environment"),
    of(&["site"], Field::Label(LabelKind::Site), Values, Facts, "site"),
    of(&["domain"], Field::Label(LabelKind::Domain), Values, Facts, "DNS domain, and all below it"),
    of(&["tld"], Field::Tld, Values, Facts, "top-level domain"),
    of(&["ip"], Field::Address, Values, Facts, "address or network (10.0.0.0/8)"),
    of(&["pkg", "package"], Field::Package, Values, Facts, "installed package; pkg:( ) for several conditions on one"),
    of(&["update"], Field::Update, Values, Facts, "an update of this package or source waits"),
    of(&["cve"], Field::Of(PartField::Cve), Values, Verdicts, "this CVE is open"),
    of(&["finding"], Field::Finding, Group, Verdicts, "an open finding of which all in ( ) holds"),
    of(&["severity"], Field::Of(PartField::Severity), Compared, Verdicts, "a finding of this severity is open"),
    of(&["state"], Field::Of(PartField::State), Values, Verdicts, "a finding in this state is open"),
    of(&["kev"], Field::Of(PartField::Kev), Values, Verdicts, "a CVE that is known to be exploited is open"),
    of(&["epss"], Field::Of(PartField::Epss), Number, Verdicts, "a CVE with such a chance of exploitation is open"),
    of(&["cvss"], Field::Of(PartField::Cvss), Number, Verdicts, "a CVE with such a base score is open"),
    of(&["advisory"], Field::Of(PartField::Advisory), Values, Verdicts, "a finding that this advisory labels is open"),
    of(&["security", "security_updates"], Field::Count(Count::Security), Number, Facts, "pending security updates"),
    of(&["other", "other_updates"], Field::Count(Count::Other), Number, Facts, "other pending updates"),
    of(&["withheld", "withheld_updates"], Field::Count(Count::Withheld), Number, Facts, "withheld updates"),
    of(&["packages"], Field::Count(Count::Packages), Number, Facts, "installed packages"),
    of(&["findings", "open_findings"], Field::Count(Count::Findings), Number, Open, "open CVEs"),
    of(&["colour", "color"], Field::Colour, Values, Open, "colour in which it is shown"),
    of(&["reboot"], Field::Reboot, Values, Facts, "says that it must be rebooted"),
    of(&["freshness"], Field::Freshness, Values, Facts, "how long ago it was heard of, in words"),
    of(&["seen", "stale", "last_seen"], Field::Age(Age::Seen), Span, Facts, "time since it was last heard of"),
    of(&["lists"], Field::Age(Age::Lists), Span, Facts, "time since its package lists were fetched"),
    of(&["boot", "uptime"], Field::Age(Age::Boot), Span, Facts, "time since it was booted"),
    of(&["not_known"], Field::NotKnown, Values, Facts, "something is not known of it"),
    of(&["kernel"], Field::Label(LabelKind::Kernel), Values, Facts, "release of the running kernel"),
    of(&["arch"], Field::Label(LabelKind::Arch), Values, Facts, "architecture"),
    of(&["manager"], Field::Label(LabelKind::Manager), Values, Facts, "package manager"),
    of(&["virtualization"], Field::Label(LabelKind::Virtualization), Values, Facts, "what it runs on"),
];

const PACKAGE: &[Info] = &[
    of(&["name"], Field::Of(PartField::Name), Values, Facts, "name"),
    of(&["version"], Field::Of(PartField::Version), Compared, Facts, "version"),
    of(&["arch"], Field::Of(PartField::Arch), Values, Facts, "architecture"),
    of(&["source"], Field::Of(PartField::Source), Values, Facts, "package that it was built from"),
    of(&["origin"], Field::Of(PartField::Origin), Values, Facts, "distribution or foreign"),
    of(&["role"], Field::Of(PartField::Role), Values, Facts, "installed, running_kernel, next_kernel or resident"),
];

const FINDING: &[Info] = &[
    of(&["cve"], Field::Of(PartField::Cve), Values, Verdicts, "CVE, or the advisory that names none"),
    of(&["state"], Field::Of(PartField::State), Values, Verdicts, "state on that host"),
    of(&["severity"], Field::Of(PartField::Severity), Compared, Verdicts, "vendor's severity"),
    of(&["kev"], Field::Of(PartField::Kev), Values, Verdicts, "known to be exploited"),
    of(&["fixed"], Field::Of(PartField::Fixed), Values, Verdicts, "a version without it is named"),
    of(&["epss"], Field::Of(PartField::Epss), Number, Verdicts, "chance of exploitation"),
    of(&["cvss"], Field::Of(PartField::Cvss), Number, Verdicts, "base score"),
    of(&["package", "pkg", "name"], Field::Of(PartField::Name), Values, Verdicts, "package that has it"),
    of(&["version"], Field::Of(PartField::Version), Compared, Verdicts, "version of the package"),
    of(&["arch"], Field::Of(PartField::Arch), Values, Verdicts, "architecture of the package"),
    of(&["source"], Field::Of(PartField::Source), Values, Verdicts, "package that it was built from"),
    of(&["origin"], Field::Of(PartField::Origin), Values, Verdicts, "distribution or foreign"),
    of(&["role"], Field::Of(PartField::Role), Values, Verdicts, "role of the package"),
    of(&["feed"], Field::Of(PartField::Feed), Values, Verdicts, "feed that decided"),
    of(&["advisory"], Field::Of(PartField::Advisory), Values, Verdicts, "advisory that labels it"),
];

impl Place {
    /// Its fields, the most asked for first.
    pub(crate) const fn fields(self) -> &'static [Info] {
        match self {
            Self::Host => HOST,
            Self::Package => PACKAGE,
            Self::Finding => FINDING,
        }
    }

    /// The field of a name, in any case.
    pub(crate) fn field(self, name: &str) -> Option<&'static Info> {
        self.fields().iter().find(|info| info.names.iter().any(|known| known.eq_ignore_ascii_case(name)))
    }

    /// Every name that is read here.
    pub(crate) fn names(self) -> impl Iterator<Item = &'static str> {
        self.fields().iter().flat_map(|info| info.names.iter().copied())
    }

    /// What opens it; empty on a host.
    pub(crate) const fn opening(self) -> &'static str {
        match self {
            Self::Host => "",
            Self::Package => "pkg:(",
            Self::Finding => "finding:(",
        }
    }
}

impl Count {
    /// The name that it is written by.
    pub(crate) fn name(self) -> &'static str {
        name_of(Field::Count(self))
    }
}

impl Age {
    /// The name that it is written by.
    pub(crate) fn name(self) -> &'static str {
        name_of(Field::Age(self))
    }
}

impl LabelKind {
    /// The name that it is written by.
    pub(crate) fn name(self) -> &'static str {
        name_of(Field::Label(self))
    }
}

fn name_of(field: Field) -> &'static str {
    HOST.iter().find(|info| info.field == field).map_or("", Info::name)
}

impl Part {
    /// The field that asks for it.
    pub(super) const fn field(&self) -> PartField {
        match self {
            Self::Name(_) => PartField::Name,
            Self::Source(_) => PartField::Source,
            Self::Version(..) => PartField::Version,
            Self::Arch(_) => PartField::Arch,
            Self::Role(_) => PartField::Role,
            Self::Origin(_) => PartField::Origin,
            Self::Cve(_) => PartField::Cve,
            Self::State(_) => PartField::State,
            Self::Severity(..) => PartField::Severity,
            Self::Fixed(_) => PartField::Fixed,
            Self::Kev(_) => PartField::Kev,
            Self::Epss(..) => PartField::Epss,
            Self::Cvss(..) => PartField::Cvss,
            Self::Feed(_) => PartField::Feed,
            Self::Advisory(_) => PartField::Advisory,
        }
    }

    /// The name by which it is written at a place; none where it has no field there.
    pub(super) fn name_at(&self, place: Place) -> Option<&'static str> {
        place.fields().iter().find(|info| info.field == Field::Of(self.field())).map(Info::name)
    }
}

impl Part {
    /// Whether it has a field of its own on hosts that asks for a finding.
    pub(super) const fn is_short(&self) -> bool {
        matches!(
            self,
            Self::Cve(_)
                | Self::State(_)
                | Self::Severity(..)
                | Self::Kev(_)
                | Self::Epss(..)
                | Self::Cvss(..)
                | Self::Advisory(_)
        )
    }
}

impl Term {
    /// The level of the fields that it uses.
    pub(super) const fn level(&self) -> Level {
        match self {
            Self::Finding(_) => Level::Verdicts,
            Self::Colour(_) | Self::Count { count: Count::Findings, .. } => Level::Open,
            Self::Word(_)
            | Self::Os { .. }
            | Self::Freshness(_)
            | Self::Count { .. }
            | Self::Age { .. }
            | Self::Update(_)
            | Self::Reboot(_)
            | Self::Tag(_)
            | Self::Label { .. }
            | Self::Address(_)
            | Self::NotKnown(_)
            | Self::Package(_) => Level::Facts,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_is_read_in_two_ways() {
        for place in [Place::Host, Place::Package, Place::Finding] {
            let mut names: Vec<&str> = place.names().collect();
            let count = names.len();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), count, "{place:?}");
        }
    }
}
