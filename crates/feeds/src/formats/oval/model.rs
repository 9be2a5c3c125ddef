//! An OVAL document in memory: everything that decides, nothing that only describes.

pub use super::strings::{Strings, Sym};
use crate::feed::Skipped;

/// Things by their id, in the order of the document.
#[derive(Debug, Clone)]
pub struct Table<T> {
    items: Vec<T>,
    /// Places of the items by the number of their id; [`NOWHERE`] where an id is none of theirs.
    by_id: Vec<u32>,
}

/// The place of what is not there.
const NOWHERE: u32 = u32::MAX;

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self { items: Vec::new(), by_id: Vec::new() }
    }
}

impl<T> Table<T> {
    /// Adds a thing; `false` where the id is taken, the thing is then dropped.
    pub fn add(&mut self, id: Sym, item: T) -> bool {
        let Ok(at) = u32::try_from(self.items.len()) else { return false };
        let number = id.0 as usize;
        if number >= self.by_id.len() {
            self.by_id.resize(number + 1, NOWHERE);
        }
        if self.by_id[number] != NOWHERE {
            return false;
        }
        self.by_id[number] = at;
        self.items.push(item);
        true
    }

    /// The thing of an id.
    #[must_use]
    pub fn get(&self, id: Sym) -> Option<&T> {
        self.items.get(self.place(id)?)
    }

    /// The place of an id in [`Table::items`].
    #[must_use]
    pub fn place(&self, id: Sym) -> Option<usize> {
        self.by_id.get(id.0 as usize).filter(|at| **at != NOWHERE).map(|at| *at as usize)
    }

    /// Everything, in the order of the document.
    #[must_use]
    pub fn items(&self) -> &[T] {
        &self.items
    }
}

/// A parsed document.
#[derive(Debug, Clone, Default)]
pub struct Document {
    /// Its texts.
    pub strings: Strings,
    /// `generator/product_name`: who made it.
    pub product: String,
    /// `generator/timestamp`, as it was written: `2021-05-21T06:26:13`.
    pub generated: String,
    /// The definitions.
    pub definitions: Table<Definition>,
    /// The tests.
    pub tests: Table<Test>,
    /// The objects.
    pub objects: Table<Object>,
    /// The states.
    pub states: Table<State>,
    /// The variables.
    pub variables: Table<Variable>,
    /// Definitions that were not understood, with the reason. Of their criteria parts may be missing.
    pub unread: Vec<(Definition, String)>,
    /// Definitions of which not even an id is known; one note each.
    pub skipped: Vec<Skipped>,
    /// How many `definition` elements there are, skipped ones included.
    pub seen: u64,
}

impl Document {
    /// The text of a number, for short.
    #[must_use]
    pub fn text(&self, sym: Sym) -> &str {
        self.strings.get(sym)
    }
}

/// What a definition speaks of: OVAL's `class`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Class {
    /// True where a vulnerability is present.
    Vulnerability,
    /// True where a patch is missing.
    Patch,
    /// True where something is installed; others refer to it.
    Inventory,
    /// Any other (`compliance`, `miscellaneous`).
    Other,
}

/// One definition.
#[derive(Debug, Clone)]
pub struct Definition {
    /// Its id: `oval:com.redhat.rhsa:def:20191167`.
    pub id: Sym,
    /// The line where it begins.
    pub line: u64,
    /// What it speaks of.
    pub class: Class,
    /// The vendor has withdrawn it.
    pub deprecated: bool,
    /// The title, on one line, at most 500 characters.
    pub title: String,
    /// `affected/platform`: `Red Hat Enterprise Linux 8`.
    pub platforms: Vec<Sym>,
    /// `advisory/severity`.
    pub severity: Option<Sym>,
    /// When it was published, as it was written: `issued`, else the first `public_date` or `date`.
    pub issued: Option<Sym>,
    /// When it was changed, as it was written.
    pub updated: Option<Sym>,
    /// References, in order.
    pub references: Vec<Reference>,
    /// CVEs of the advisory with what is said of each; an id that is written otherwise than it should be stands here
    /// as it should be.
    pub cves: Vec<CveEntry>,
    /// Ids of CVEs that are written otherwise, or are none, as they stand in the document.
    pub odd_cves: Vec<Sym>,
    /// `affected/resolution`: what the vendor means to do about components (Red Hat).
    pub resolutions: Vec<Resolution>,
    /// `affected_cpe_list`.
    pub cpes: Vec<Sym>,
    /// `advisory/component`: the part of the archive (Ubuntu: `main`, `universe`).
    pub component: Option<Sym>,
    /// The criteria; a definition without any is never true.
    pub criteria: Option<Criteria>,
}

/// `reference`.
#[derive(Debug, Clone, Copy)]
pub struct Reference {
    /// Whose: `CVE`, `RHSA`, `USN`.
    pub source: Option<Sym>,
    /// The key there.
    pub id: Sym,
    /// The address.
    pub url: Option<Sym>,
}

/// `advisory/cve`.
#[derive(Debug, Clone, Copy)]
pub struct CveEntry {
    /// The CVE.
    pub id: Sym,
    /// The vendor's severity for it: `impact` (Red Hat), `priority` (Ubuntu).
    pub severity: Option<Sym>,
    /// The test that speaks of it, in documents that are keyed by package (Ubuntu's `.pkg.`).
    pub test: Option<Sym>,
}

/// `affected/resolution`.
#[derive(Debug, Clone)]
pub struct Resolution {
    /// What is meant to be done: `Will not fix`.
    pub state: Sym,
    /// Components, as Red Hat names them: `tar`, `nodejs:14/nodejs`.
    pub components: Vec<Sym>,
}

/// How parts are combined: OVAL's `operator`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Operator {
    /// All.
    And,
    /// At least one.
    Or,
    /// Exactly one.
    One,
    /// An odd number.
    Xor,
}

/// A node of a definition's tree.
#[derive(Debug, Clone)]
pub enum Criteria {
    /// `criteria`.
    Group {
        /// How the parts are combined.
        operator: Operator,
        /// The result is turned round.
        negate: bool,
        /// The parts.
        parts: Vec<Criteria>,
    },
    /// `criterion`.
    Test {
        /// The test.
        id: Sym,
        /// The result is turned round.
        negate: bool,
        /// The comment, in which vendors put what no attribute says.
        comment: Sym,
    },
    /// `extend_definition`.
    Extend {
        /// The definition.
        id: Sym,
        /// The result is turned round.
        negate: bool,
    },
}

/// How many items have to satisfy a state, or values of a variable an entity: OVAL's `check`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Check {
    /// `all`.
    All,
    /// `at least one`.
    AtLeastOne,
    /// `none satisfy`.
    NoneSatisfy,
    /// `only one`.
    OnlyOne,
}

/// How many items have to exist: OVAL's `check_existence`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Existence {
    /// `all_exist` and, for the items read here, `at_least_one_exists`, which is the default.
    AtLeastOne,
    /// `any_exist`.
    Any,
    /// `none_exist`.
    None,
    /// `only_one_exists`.
    OnlyOne,
}

/// Of what kind tests, objects and states are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Installed rpm packages.
    RpmInfo,
    /// Installed dpkg packages.
    DpkgInfo,
    /// Files of rpm packages; here: which package owns a file.
    RpmVerifyFile,
    /// The running system.
    Uname,
    /// Text in files.
    TextFile,
    /// The family of operating systems.
    Family,
    /// The values of a variable.
    Variable,
    /// A kind that is not known here: its name.
    Unknown(Sym),
}

/// A test.
#[derive(Debug, Clone)]
pub struct Test {
    /// Its kind.
    pub kind: Kind,
    /// How many items have to satisfy the states.
    pub check: Check,
    /// How many items have to exist.
    pub existence: Existence,
    /// How several states are combined.
    pub operator: Operator,
    /// The object.
    pub object: Option<Sym>,
    /// The states.
    pub states: Vec<Sym>,
    /// Why it can't be evaluated, where it has parts that are not known here.
    pub fault: Option<Sym>,
}

/// An object: which items to look at.
#[derive(Debug, Clone)]
pub struct Object {
    /// Its kind.
    pub kind: Kind,
    /// What the items have to satisfy.
    pub entities: Vec<Entity>,
    /// As [`Test::fault`].
    pub fault: Option<Sym>,
}

/// A state: what items are compared with.
#[derive(Debug, Clone)]
pub struct State {
    /// Its kind.
    pub kind: Kind,
    /// How the entities are combined.
    pub operator: Operator,
    /// The entities.
    pub entities: Vec<Entity>,
    /// As [`Test::fault`].
    pub fault: Option<Sym>,
}

/// OVAL's `operation`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Operation {
    /// `equals`.
    Equals,
    /// `not equal`.
    NotEqual,
    /// `case insensitive equals`.
    EqualsIgnoringCase,
    /// `case insensitive not equal`.
    NotEqualIgnoringCase,
    /// `less than`.
    Less,
    /// `less than or equal`.
    LessOrEqual,
    /// `greater than`.
    Greater,
    /// `greater than or equal`.
    GreaterOrEqual,
    /// `pattern match`.
    Pattern,
}

/// OVAL's `datatype`, as far as it changes a comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Datatype {
    /// Text.
    Text,
    /// Whole numbers.
    Int,
    /// An rpm `epoch:version-release`.
    RpmEvr,
    /// A dpkg version.
    DebianEvr,
}

/// One field of an object or state.
#[derive(Debug, Clone)]
pub struct Entity {
    /// The field's name.
    pub name: Sym,
    /// How it is compared.
    pub operation: Operation,
    /// As what it is compared.
    pub datatype: Datatype,
    /// With what.
    pub value: Value,
    /// How many values of a variable have to hold.
    pub var_check: Check,
    /// How many of an item's values (an item may have several subexpressions) have to hold.
    pub entity_check: Check,
}

/// What a field is compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Value {
    /// A text.
    Text(Sym),
    /// The values of a variable.
    Variable(Sym),
}

/// A variable.
#[derive(Debug, Clone)]
pub enum Variable {
    /// Values that stand in the document.
    Constant(Vec<Sym>),
    /// Computed on the host.
    Local(Component),
    /// Given from outside, which nothing here does.
    External,
}

/// Part of a local variable.
#[derive(Debug, Clone)]
pub enum Component {
    /// A text.
    Literal(Sym),
    /// A field of an object's items.
    Object {
        /// The object.
        id: Sym,
        /// The field.
        field: Sym,
    },
    /// Another variable's values.
    Variable(Sym),
    /// Parts joined.
    Concat(Vec<Component>),
    /// The first group of a pattern, or nothing.
    Capture {
        /// The pattern.
        pattern: Sym,
        /// The text it is looked for in.
        of: Box<Component>,
    },
    /// Sums or products of whole numbers.
    Arithmetic {
        /// `add` or `multiply`.
        add: bool,
        /// The numbers.
        parts: Vec<Component>,
    },
    /// A function that is not known here: its name.
    Unknown(Sym),
}
