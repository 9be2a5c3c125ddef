//! A definition as statements about single packages.
//!
//! The tree is brought into disjunctive form: each term has to come down to *one* package within a
//! limit, on the platforms where the tests of the platform hold, for one stream of a module or none.
//! Tests of the vendor's signature go with the package they are about: who built a package is matching
//! rule 6's question. Tests of the running and the next kernel become a mark of the statement: which
//! kernel is exposed is the role's question (rule 4). Everything else that a tree may say is refused.

use super::eval::Evaluation;
use super::host::Host;
pub use super::literal::Limit;
use super::literal::{Literal, literal};
use super::model::{Criteria, Document, Operator, Sym};
use super::reason::Reason;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// Most terms that are made on the way to a definition's statements; the largest real one takes 6,000.
const MAX_TERMS: usize = 200_000;
/// Most tests in one conjunction; real ones have four.
const MAX_TESTS: usize = 32;
/// Deepest nesting of definitions in definitions.
const MAX_EXTENDS: u32 = 32;

/// On which platforms a statement holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Platforms(u64);

impl Platforms {
    const ALL: Self = Self(u64::MAX);

    /// Whether the definition tests the platform at all.
    #[must_use]
    pub fn are_tested(self) -> bool {
        self != Self::ALL
    }

    /// Whether a platform, by its place in the [`Flattener`]'s list, is among them.
    #[must_use]
    pub fn contains(self, at: usize) -> bool {
        at < 64 && self.0 & (1 << at) != 0
    }
}

/// What a definition says of packages.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Statement {
    /// On which platforms.
    pub platforms: Platforms,
    /// Of which packages, each alone.
    pub names: Arc<[String]>,
    /// Below which version.
    pub limit: Limit,
    /// For which architectures; none is any.
    pub arches: Vec<&'static str>,
    /// For which `name:stream` of a module; empty is whatever module the package is of.
    pub module: String,
    /// Only if the kernel that runs or boots next is in the definition's range.
    pub kernel: bool,
    /// The test.
    pub test: Sym,
    /// The comment of the test's criterion.
    pub comment: Sym,
}

/// One conjunction of tests.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Term {
    platforms: Platforms,
    kernel: bool,
    tests: Vec<(Sym, Sym)>,
}

/// Turns definitions of a document into statements.
#[derive(Debug)]
pub struct Flattener<'d> {
    document: &'d Document,
    platforms: Vec<Evaluation<'d>>,
    release_packages: &'d [&'d str],
    literals: HashMap<Sym, Arc<Result<Literal, Reason>>>,
    /// Terms made for the definition at hand.
    made: usize,
}

impl<'d> Flattener<'d> {
    /// Prepares it. `platforms` are hosts that stand for a platform each, at most 64; they have what
    /// a definition asks to know the platform, and no other packages. `release_packages` are the
    /// beginnings of the names of packages that a platform is known by.
    #[must_use]
    pub fn new(document: &'d Document, platforms: &'d [Host], release_packages: &'d [&'d str]) -> Self {
        let platforms = platforms.iter().take(64).map(|host| Evaluation::new(document, host)).collect();
        Self { document, platforms, release_packages, literals: HashMap::new(), made: 0 }
    }

    /// The statements of a definition, without repetitions, in the order of its tree.
    ///
    /// # Errors
    /// The [`Reason`] why it can't be said in statements.
    pub fn statements(&mut self, id: Sym) -> Result<Vec<Statement>, Reason> {
        self.made = 0;
        let terms = self.definition(id, false, 0)?;
        let mut statements = Vec::with_capacity(terms.len());
        for term in unique(terms) {
            statements.push(self.statement(&term)?);
        }
        Ok(unique(statements))
    }

    fn definition(&mut self, id: Sym, negate: bool, depth: u32) -> Result<Vec<Term>, Reason> {
        if depth > MAX_EXTENDS {
            return Err(Reason::Cycle);
        }
        self.make(1)?;
        let definition = self.document.definitions.get(id).ok_or(Reason::Missing("a definition"))?;
        let criteria = definition.criteria.as_ref().ok_or(Reason::NoCriteria)?;
        self.criteria(criteria, negate, depth)
    }

    fn criteria(&mut self, criteria: &'d Criteria, turned: bool, depth: u32) -> Result<Vec<Term>, Reason> {
        match criteria {
            Criteria::Test { id, negate, comment } => self.test(*id, *comment, turned != *negate),
            Criteria::Extend { id, negate } => self.definition(*id, turned != *negate, depth + 1),
            Criteria::Group { operator, negate, parts } => {
                let turned = turned != *negate;
                let mut terms = Vec::with_capacity(parts.len());
                for part in parts {
                    terms.push(self.criteria(part, turned, depth)?);
                }
                match (operator, turned) {
                    (_, _) if parts.len() == 1 => Ok(terms.pop().unwrap_or_default()),
                    (Operator::And, false) | (Operator::Or, true) => self.all_of(terms),
                    (Operator::Or, false) | (Operator::And, true) => {
                        let terms: Vec<Term> = terms.into_iter().flatten().collect();
                        self.make(terms.len())?;
                        Ok(unique(terms))
                    }
                    (Operator::One | Operator::Xor, _) => Err(Reason::NotFlat("exactly one or an odd number of parts")),
                }
            }
        }
    }

    fn test(&mut self, id: Sym, comment: Sym, turned: bool) -> Result<Vec<Term>, Reason> {
        let literal = self.literal(id);
        let bare = Term { platforms: Platforms::ALL, kernel: false, tests: Vec::new() };
        match literal.as_ref() {
            Err(reason) => Err(reason.clone()),
            Ok(Literal::Platforms(bits)) => {
                let known = u64::MAX >> (64 - self.platforms.len().clamp(1, 64));
                let bits = if turned { !bits & known } else { *bits };
                Ok(if bits == 0 { Vec::new() } else { vec![Term { platforms: Platforms(bits), ..bare }] })
            }
            Ok(_) if turned => Err(Reason::NotFlat("a test of a package is turned round")),
            Ok(Literal::Kernel) => Ok(vec![Term { kernel: true, ..bare }]),
            Ok(_) => Ok(vec![Term { tests: vec![(id, comment)], ..bare }]),
        }
    }

    fn literal(&mut self, id: Sym) -> Arc<Result<Literal, Reason>> {
        if let Some(known) = self.literals.get(&id) {
            return Arc::clone(known);
        }
        let literal = Arc::new(literal(id, self.document, &mut self.platforms, self.release_packages));
        self.literals.insert(id, Arc::clone(&literal));
        literal
    }

    /// Counts terms against their ceiling.
    fn make(&mut self, terms: usize) -> Result<(), Reason> {
        self.made = self.made.saturating_add(terms);
        if self.made > MAX_TERMS { Err(Reason::NotFlat("it has too many alternatives")) } else { Ok(()) }
    }

    /// Every combination of a term of each list.
    fn all_of(&mut self, lists: Vec<Vec<Term>>) -> Result<Vec<Term>, Reason> {
        let mut all = vec![Term { platforms: Platforms::ALL, kernel: false, tests: Vec::new() }];
        for list in lists {
            self.make(all.len().saturating_mul(list.len()))?;
            let mut next = Vec::with_capacity(all.len() * list.len());
            for a in &all {
                for b in &list {
                    let platforms = Platforms(a.platforms.0 & b.platforms.0);
                    if platforms.0 != 0 {
                        let tests: Vec<_> = a.tests.iter().chain(&b.tests).copied().collect();
                        if tests.len() > MAX_TESTS {
                            return Err(Reason::NotFlat("it takes too many tests at once"));
                        }
                        next.push(Term { platforms, kernel: a.kernel || b.kernel, tests });
                    }
                }
            }
            all = unique(next);
        }
        Ok(all)
    }

    /// The statement that a conjunction comes down to.
    fn statement(&mut self, term: &Term) -> Result<Statement, Reason> {
        let mut found: Option<Statement> = None;
        let (mut signed, mut absent, mut module) = (Vec::new(), Vec::new(), String::new());
        for &(test, comment) in &term.tests {
            match self.literal(test).as_ref() {
                Ok(Literal::Package { names, limit, arches }) => match &mut found {
                    None => {
                        let (platforms, kernel) = (term.platforms, term.kernel);
                        let (names, arches) = (Arc::clone(names), arches.clone());
                        let module = String::new();
                        let limit = *limit;
                        found = Some(Statement { platforms, names, limit, arches, module, kernel, test, comment });
                    }
                    // "Is installed" beside "is earlier than" says nothing more.
                    Some(same) if same.names == *names && *limit == Limit::Installed && arches.is_empty() => {}
                    Some(same) if same.names == *names && same.limit == Limit::Installed && same.arches.is_empty() => {
                        (same.limit, same.arches, same.test, same.comment) = (*limit, arches.clone(), test, comment);
                    }
                    Some(_) => return Err(Reason::NotFlat("it takes two packages at once")),
                },
                Ok(Literal::Signed(names)) => signed.push(Arc::clone(names)),
                Ok(Literal::Absent(names)) => absent.push(Arc::clone(names)),
                Ok(Literal::Module(label)) if module.is_empty() || module == *label => module.clone_from(label),
                Ok(Literal::Module(_)) => return Err(Reason::NotFlat("it takes two modules at once")),
                Ok(Literal::Platforms(_) | Literal::Kernel) => {}
                Err(reason) => return Err(reason.clone()),
            }
        }
        let Some(mut statement) = found else {
            return Err(Reason::NotFlat("it holds without any package"));
        };
        if signed.iter().any(|names| *names != statement.names) {
            return Err(Reason::NotFlat("it takes the signature of another package"));
        }
        for names in absent {
            if names != statement.names || statement.limit != Limit::Installed || names.len() != 1 {
                return Err(Reason::NotFlat("it takes a package that is absent"));
            }
            statement.limit = Limit::Never;
        }
        statement.module = module;
        Ok(statement)
    }
}

/// The list without repetitions, in its order.
fn unique<T: Clone + Eq + std::hash::Hash>(list: Vec<T>) -> Vec<T> {
    if list.len() < 2 {
        return list;
    }
    let mut seen = HashSet::with_capacity(list.len());
    list.into_iter().filter(|item| seen.insert(item.clone())).collect()
}
