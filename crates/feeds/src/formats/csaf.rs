//! CSAF 2.0 documents: security advisories and VEX statements about rpm packages.
//!
//! Format: <https://docs.oasis-open.org/csaf/csaf/v2.0/os/csaf-v2.0-os.html>. A document has a tree of
//! products, *relationships* that make new products of two others ("this package as a component of
//! that release"), and vulnerabilities, each with lists of products by status. What is said is thus
//! read backwards: from the status through the relationships to a package and the release it is in.
//!
//! What is odd: identifiers mean nothing by themselves, only the `cpe` of a release and the `purl` of
//! a package do; a package may be a component of a module that is a component of a release; a package
//! without a `purl` has but a name (`postgresql:15/postgresql` names its module too).

use super::distinct::Distinct;
use super::purl::{RpmPurl, module};
use crate::feed::Unreadable;
use serde::Deserialize;
use std::borrow::Cow;
use std::collections::HashMap;

/// Deepest chain of relationships; real ones have two links.
const MAX_CHAIN: usize = 4;

/// A document.
#[derive(Debug, Deserialize)]
pub struct Csaf<'a> {
    #[serde(borrow)]
    document: Meta<'a>,
    #[serde(borrow, default)]
    product_tree: Tree<'a>,
    #[serde(borrow, default)]
    vulnerabilities: Vec<RawVulnerability<'a>>,
}

#[derive(Debug, Deserialize)]
struct Meta<'a> {
    #[serde(borrow, default)]
    title: Cow<'a, str>,
    #[serde(borrow)]
    tracking: Tracking<'a>,
}

#[derive(Debug, Deserialize)]
struct Tracking<'a> {
    #[serde(borrow)]
    id: Cow<'a, str>,
    #[serde(borrow, default)]
    status: Cow<'a, str>,
    #[serde(borrow, default)]
    initial_release_date: Cow<'a, str>,
    #[serde(borrow, default)]
    current_release_date: Cow<'a, str>,
}

#[derive(Debug, Default, Deserialize)]
struct Tree<'a> {
    #[serde(borrow, default)]
    branches: Vec<Branch<'a>>,
    #[serde(borrow, default)]
    relationships: Vec<Relationship<'a>>,
}

#[derive(Debug, Deserialize)]
struct Branch<'a> {
    #[serde(borrow, default)]
    branches: Vec<Branch<'a>>,
    #[serde(borrow, default)]
    product: Option<Product<'a>>,
}

#[derive(Debug, Deserialize)]
struct Product<'a> {
    #[serde(borrow)]
    product_id: Cow<'a, str>,
    #[serde(borrow, default)]
    product_identification_helper: Option<Helper<'a>>,
}

#[derive(Debug, Deserialize)]
struct Helper<'a> {
    #[serde(borrow, default)]
    cpe: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    purl: Option<Cow<'a, str>>,
}

#[derive(Debug, Deserialize)]
struct Relationship<'a> {
    #[serde(borrow)]
    full_product_name: Product<'a>,
    #[serde(borrow)]
    product_reference: Cow<'a, str>,
    #[serde(borrow)]
    relates_to_product_reference: Cow<'a, str>,
}

#[derive(Debug, Deserialize)]
struct RawVulnerability<'a> {
    #[serde(borrow, default)]
    cve: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    title: Cow<'a, str>,
    #[serde(borrow, default)]
    release_date: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    product_status: Distinct<Cow<'a, str>, Vec<Cow<'a, str>>>,
    #[serde(borrow, default)]
    remediations: Vec<Remediation<'a>>,
    #[serde(borrow, default)]
    flags: Vec<Note<'a>>,
    #[serde(borrow, default)]
    threats: Vec<Note<'a>>,
}

#[derive(Debug, Deserialize)]
struct Remediation<'a> {
    #[serde(borrow)]
    category: Cow<'a, str>,
    #[serde(borrow, default)]
    details: Cow<'a, str>,
    #[serde(borrow, default)]
    url: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    product_ids: Vec<Cow<'a, str>>,
}

/// A flag (`label`) or threat (`category`, `details`) of some products.
#[derive(Debug, Deserialize)]
struct Note<'a> {
    #[serde(borrow, default)]
    label: Cow<'a, str>,
    #[serde(borrow, default)]
    category: Cow<'a, str>,
    #[serde(borrow, default)]
    details: Cow<'a, str>,
    #[serde(borrow, default)]
    product_ids: Vec<Cow<'a, str>>,
}

/// What is said of a product.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// This version has the fix.
    Fixed,
    /// Affected.
    Affected,
    /// Not affected.
    NotAffected,
    /// Not decided.
    UnderInvestigation,
}

/// One statement: a package of a release, and what is said of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement<'a> {
    /// The release's CPE: `cpe:/o:redhat:enterprise_linux:9::baseos`.
    pub cpe: &'a str,
    /// The package.
    pub package: RpmPurl,
    /// What is said.
    pub status: Status,
    /// What the vendor offers: `vendor_fix`, `no_fix_planned`, `none_available`; may be empty.
    pub remedy: &'a str,
    /// The vendor's words for it (`Out of support scope`), empty for a fix.
    pub words: &'a str,
    /// The address of the fix's advisory, empty where there is none.
    pub fix: &'a str,
    /// Why it is not affected (`vulnerable_code_not_present`), may be empty.
    pub reason: &'a str,
    /// The vendor's impact for this product (`Moderate`), may be empty.
    pub impact: &'a str,
}

/// A vulnerability of a document, its statements resolved.
#[derive(Debug)]
pub struct Vulnerability<'a> {
    /// The CVE; empty where the vendor has none yet.
    pub cve: &'a str,
    /// One line for people.
    pub title: &'a str,
    /// When it became public, as it is written; may be empty.
    pub published: &'a str,
    /// What is said of packages.
    pub statements: Vec<Statement<'a>>,
    /// Product ids whose relationships or package can't be told, with the reason.
    pub unresolved: Vec<(&'a str, &'static str)>,
}

impl<'a> Csaf<'a> {
    /// Reads a document.
    ///
    /// # Errors
    /// When it is no CSAF document, or holds no vulnerability.
    pub fn parse(text: &'a str) -> Result<Self, Unreadable> {
        let document: Self = serde_json::from_str(text)
            .map_err(|error| Unreadable::Malformed { line: error.line() as u64, why: error.to_string() })?;
        if document.vulnerabilities.is_empty() && !document.is_deleted() {
            let why = format!("{} names no vulnerability", document.document.tracking.id.escape_debug());
            return Err(Unreadable::Malformed { line: 1, why });
        }
        Ok(document)
    }

    /// The document's own name: `CVE-2024-0727`, `RHSA-2024:2447`.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.document.tracking.id
    }

    /// Whether the vendor has withdrawn it: nothing but its name is left then.
    #[must_use]
    pub fn is_deleted(&self) -> bool {
        self.document.tracking.status == "deleted"
    }

    /// One line for people.
    #[must_use]
    pub fn title(&self) -> &str {
        &self.document.title
    }

    /// When the document was first published and last changed, as it is written.
    #[must_use]
    pub fn dates(&self) -> (&str, &str) {
        (&self.document.tracking.initial_release_date, &self.document.tracking.current_release_date)
    }

    /// Every vulnerability with its statements.
    #[must_use]
    pub fn vulnerabilities(&'a self) -> Vec<Vulnerability<'a>> {
        let products = Products::new(&self.product_tree);
        self.vulnerabilities.iter().map(|vulnerability| products.read(vulnerability)).collect()
    }
}

/// The products of a document by their ids.
struct Products<'a> {
    helpers: HashMap<&'a str, Option<&'a Helper<'a>>>,
    /// Component and what it is a component of.
    relations: HashMap<&'a str, (&'a str, &'a str)>,
}

impl<'a> Products<'a> {
    fn new(tree: &'a Tree<'a>) -> Self {
        let mut helpers = HashMap::new();
        let mut open: Vec<&Branch<'_>> = tree.branches.iter().collect();
        while let Some(branch) = open.pop() {
            if let Some(product) = &branch.product {
                helpers.insert(&*product.product_id, product.product_identification_helper.as_ref());
            }
            open.extend(&branch.branches);
        }
        let relations = tree.relationships.iter().map(|relation| {
            let parts = (&*relation.product_reference, &*relation.relates_to_product_reference);
            (&*relation.full_product_name.product_id, parts)
        });
        Self { helpers, relations: relations.collect() }
    }

    /// The release and the package that a product is made of.
    fn resolve(&self, id: &'a str) -> Result<(&'a str, RpmPurl), &'static str> {
        let (mut component, mut place) = *self.relations.get(id).ok_or("it is no component of anything")?;
        let mut package = self.package(component)?;
        for _ in 0..MAX_CHAIN {
            match self.relations.get(place) {
                // A module as a component of a release, and the package a component of the module.
                Some((inner, outer)) => {
                    component = inner;
                    place = outer;
                    if package.module.is_empty() {
                        package.module = module(component).unwrap_or_default();
                    }
                }
                None => {
                    let helper = self.helpers.get(place).copied().flatten();
                    let cpe = helper.and_then(|helper| helper.cpe.as_deref()).ok_or("its release has no CPE")?;
                    return Ok((cpe, package));
                }
            }
        }
        Err("its relationships do not end")
    }

    fn package(&self, component: &'a str) -> Result<RpmPurl, &'static str> {
        let helper = self.helpers.get(component).copied().flatten();
        match helper.and_then(|helper| helper.purl.as_deref()) {
            Some(purl) if purl.starts_with("pkg:rpm/") => {
                let mut package = RpmPurl::parse(purl).ok_or("its package address can't be read")?;
                // `pkg:rpm/redhat/go-toolset@rhel8?arch=src&rpmmod=go-toolset:rhel8` names a stream, not a version.
                if !package.version.contains('-') {
                    package.version.clear();
                }
                Ok(package)
            }
            Some(_) => Err("it is no rpm package"),
            None => {
                // `postgresql:15/postgresql`, or a name alone.
                let (label, name) = component.split_once('/').unwrap_or(("", component));
                let module = if label.is_empty() { Some(String::new()) } else { module(label) };
                let (name, arch) = name.strip_suffix(".src").map_or((name, ""), |name| (name, "src"));
                let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '+');
                match module {
                    Some(module) if !name.is_empty() && name.len() <= 200 && name.chars().all(fits) => {
                        Ok(RpmPurl { name: name.to_owned(), arch: arch.to_owned(), module, ..RpmPurl::default() })
                    }
                    _ => Err("it is no rpm package"),
                }
            }
        }
    }

    fn read(&self, raw: &'a RawVulnerability<'a>) -> Vulnerability<'a> {
        let mut remedies: HashMap<&str, &Remediation<'_>> = HashMap::new();
        for remedy in raw.remediations.iter().filter(|remedy| rank(&remedy.category) > 0) {
            for id in &remedy.product_ids {
                let known = remedies.entry(&**id).or_insert(remedy);
                if rank(&remedy.category) > rank(&known.category) {
                    *known = remedy;
                }
            }
        }
        let reasons: HashMap<&str, &str> =
            raw.flags.iter().flat_map(|flag| flag.product_ids.iter().map(|id| (&**id, &*flag.label))).collect();
        let impact = raw.threats.iter().filter(|threat| threat.category == "impact");
        let everywhere = impact.clone().find(|threat| threat.product_ids.is_empty()).map(|threat| &*threat.details);
        let impacts: HashMap<&str, &str> =
            impact.flat_map(|threat| threat.product_ids.iter().map(|id| (&**id, &*threat.details))).collect();
        let (mut statements, mut unresolved) = (Vec::new(), Vec::new());
        for (status, ids) in &raw.product_status.0 {
            let status = match &**status {
                "fixed" | "first_fixed" => Status::Fixed,
                "known_affected" | "first_affected" | "last_affected" => Status::Affected,
                "known_not_affected" => Status::NotAffected,
                "under_investigation" => Status::UnderInvestigation,
                // "recommended": a version to move to, no statement about the vulnerability.
                _ => {
                    unresolved.extend(ids.iter().map(|id| (&**id, "its status says nothing of being affected")));
                    continue;
                }
            };
            for id in ids {
                match self.resolve(id) {
                    Err(why) => unresolved.push((&**id, why)),
                    Ok((cpe, package)) => {
                        let remedy = remedies.get(&**id);
                        let fix = remedy.filter(|remedy| remedy.category == "vendor_fix");
                        statements.push(Statement {
                            cpe,
                            package,
                            status,
                            remedy: remedy.map_or("", |remedy| &remedy.category),
                            words: remedy.filter(|_| fix.is_none()).map_or("", |remedy| &remedy.details),
                            fix: fix.and_then(|fix| fix.url.as_deref()).unwrap_or_default(),
                            reason: reasons.get(&**id).copied().unwrap_or_default(),
                            impact: impacts.get(&**id).copied().or(everywhere).unwrap_or_default(),
                        });
                    }
                }
            }
        }
        Vulnerability {
            cve: raw.cve.as_deref().unwrap_or_default(),
            title: &raw.title,
            published: raw.release_date.as_deref().unwrap_or_default(),
            statements,
            unresolved,
        }
    }
}

/// Which of several remedies of one product says what its state is; 0 is none of them.
fn rank(category: &str) -> u8 {
    match category {
        "vendor_fix" => 3,
        "no_fix_planned" => 2,
        "none_available" => 1,
        // Mitigations and workarounds change nothing about being affected.
        _ => 0,
    }
}
