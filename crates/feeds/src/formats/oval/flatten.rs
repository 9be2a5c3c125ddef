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
use super::literal::{Known, Literal, literal};
use super::model::{Criteria, Document, Operator, Sym};
use super::reason::Reason;
use super::unique::{Places, Seed};
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
    pub arches: Arc<[&'static str]>,
    /// For which `name:stream` of a module; empty is whatever module the package is of.
    pub module: String,
    /// Only if the kernel that runs or boots next is in the definition's range.
    pub kernel: bool,
    /// The test.
    pub test: Sym,
    /// The comment of the test's criterion.
    pub comment: Sym,
}

/// One conjunction of tests, which stand in the [`Flattener`]'s list.
#[derive(Debug, Clone, Copy)]
struct Term {
    platforms: Platforms,
    kernel: bool,
    first: u32,
    count: u32,
}

/// Turns definitions of a document into statements.
#[derive(Debug)]
pub struct Flattener<'d> {
    document: &'d Document,
    platforms: Vec<Evaluation<'d>>,
    release_packages: &'d [&'d str],
    /// What tests say, by the number of their id, as far as it was asked for.
    literals: Vec<Option<Arc<Result<Literal, Reason>>>>,
    known: Known,
    /// The tests of terms of the definition at hand, with the comment of each.
    tests: Vec<(Sym, Sym)>,
    /// Terms made for the definition at hand.
    made: usize,
    seed: Seed,
    seen: Places,
}

impl<'d> Flattener<'d> {
    /// Prepares it. `platforms` are hosts that stand for a platform each, at most 64; they have what
    /// a definition asks to know the platform, and no other packages. `release_packages` are the
    /// beginnings of the names of packages that a platform is known by.
    #[must_use]
    pub fn new(document: &'d Document, platforms: &'d [Host], release_packages: &'d [&'d str]) -> Self {
        let platforms = platforms.iter().take(64).map(|host| Evaluation::new(document, host)).collect();
        Self {
            document,
            platforms,
            release_packages,
            literals: vec![None; document.strings.len()],
            known: Known::default(),
            tests: Vec::new(),
            made: 0,
            seed: Seed::default(),
            seen: Places::default(),
        }
    }

    /// The statements of a definition, without repetitions, in the order of its tree.
    ///
    /// # Errors
    /// The [`Reason`] why it can't be said in statements.
    pub fn statements(&mut self, id: Sym) -> Result<Vec<Statement>, Reason> {
        self.made = 0;
        self.tests.clear();
        let mut terms = Vec::new();
        self.definition(id, false, 0, &mut terms)?;
        let mut statements = Vec::with_capacity(terms.len());
        self.unique(&mut terms, 0);
        for term in terms {
            statements.push(self.statement(term)?);
        }
        self.unique_statements(&mut statements);
        Ok(statements)
    }

    /// Adds the terms of a definition to `terms`.
    fn definition(&mut self, id: Sym, negate: bool, depth: u32, terms: &mut Vec<Term>) -> Result<(), Reason> {
        if depth > MAX_EXTENDS {
            return Err(Reason::Cycle);
        }
        self.make(1)?;
        let definition = self.document.definitions.get(id).ok_or(Reason::Missing("a definition"))?;
        let criteria = definition.criteria.as_ref().ok_or(Reason::NoCriteria)?;
        self.criteria(criteria, negate, depth, terms)
    }

    /// Adds the terms of a part of a tree to `terms`, where those of parts before it may stand already.
    fn criteria(
        &mut self,
        criteria: &'d Criteria,
        turned: bool,
        depth: u32,
        terms: &mut Vec<Term>,
    ) -> Result<(), Reason> {
        match criteria {
            Criteria::Test { id, negate, comment } => {
                terms.extend(self.test(*id, *comment, turned != *negate)?);
                Ok(())
            }
            Criteria::Extend { id, negate } => self.definition(*id, turned != *negate, depth + 1, terms),
            Criteria::Group { operator, negate, parts } => {
                let turned = turned != *negate;
                match (operator, turned, parts.as_slice()) {
                    (_, _, [part]) => self.criteria(part, turned, depth, terms),
                    (Operator::And, false, _) | (Operator::Or, true, _) => self.all_of(parts, turned, depth, terms),
                    (Operator::Or, false, _) | (Operator::And, true, _) => {
                        let from = terms.len();
                        for part in parts {
                            self.criteria(part, turned, depth, terms)?;
                        }
                        self.make(terms.len() - from)?;
                        self.unique(terms, from);
                        Ok(())
                    }
                    (Operator::One | Operator::Xor, ..) => {
                        // What is wrong with a part comes first.
                        for part in parts {
                            self.criteria(part, turned, depth, &mut Vec::new())?;
                        }
                        Err(Reason::NotFlat("exactly one or an odd number of parts"))
                    }
                }
            }
        }
    }

    /// The term of a test, if it can hold at all.
    fn test(&mut self, id: Sym, comment: Sym, turned: bool) -> Result<Option<Term>, Reason> {
        let bare = Term { platforms: Platforms::ALL, kernel: false, first: 0, count: 0 };
        match self.literal(id).as_ref() {
            Err(reason) => Err(reason.clone()),
            Ok(Literal::Platforms(bits)) => {
                let known = u64::MAX >> (64 - self.platforms.len().clamp(1, 64));
                let bits = if turned { !bits & known } else { *bits };
                Ok((bits != 0).then_some(Term { platforms: Platforms(bits), ..bare }))
            }
            Ok(_) if turned => Err(Reason::NotFlat("a test of a package is turned round")),
            Ok(Literal::Kernel) => Ok(Some(Term { kernel: true, ..bare })),
            Ok(_) => {
                let first = self.first_test()?;
                self.tests.push((id, comment));
                Ok(Some(Term { first, count: 1, ..bare }))
            }
        }
    }

    /// Where the tests of the next term begin. Terms are at most [`MAX_TERMS`], of at most [`MAX_TESTS`] each.
    fn first_test(&self) -> Result<u32, Reason> {
        u32::try_from(self.tests.len()).map_err(|_| Reason::NotFlat("it has too many alternatives"))
    }

    fn literal(&mut self, id: Sym) -> Arc<Result<Literal, Reason>> {
        let number = id.0 as usize;
        if let Some(Some(known)) = self.literals.get(number) {
            return Arc::clone(known);
        }
        let (document, packages) = (self.document, self.release_packages);
        let literal = Arc::new(literal(id, document, &mut self.platforms, packages, &mut self.known));
        if let Some(place) = self.literals.get_mut(number) {
            *place = Some(Arc::clone(&literal));
        }
        literal
    }

    /// Counts terms against their ceiling.
    fn make(&mut self, terms: usize) -> Result<(), Reason> {
        self.made = self.made.saturating_add(terms);
        if self.made > MAX_TERMS { Err(Reason::NotFlat("it has too many alternatives")) } else { Ok(()) }
    }

    /// Adds every combination of a term of each part to `terms`.
    fn all_of(&mut self, parts: &'d [Criteria], turned: bool, depth: u32, terms: &mut Vec<Term>) -> Result<(), Reason> {
        // What is wrong with a part comes before what is wrong with their combination.
        let mut lists = Vec::new();
        let mut ends = Vec::with_capacity(parts.len());
        for part in parts {
            self.criteria(part, turned, depth, &mut lists)?;
            ends.push(lists.len());
        }
        let mut all = vec![Term { platforms: Platforms::ALL, kernel: false, first: 0, count: 0 }];
        let (mut next, mut from) = (Vec::new(), 0);
        for end in ends {
            let list = lists.get(from..end).unwrap_or_default();
            from = end;
            self.make(all.len().saturating_mul(list.len()))?;
            for a in &all {
                for b in list {
                    let platforms = Platforms(a.platforms.0 & b.platforms.0);
                    if platforms.0 != 0 {
                        let (first, count) = self.joined(*a, *b)?;
                        next.push(Term { platforms, kernel: a.kernel || b.kernel, first, count });
                    }
                }
            }
            self.unique(&mut next, 0);
            std::mem::swap(&mut all, &mut next);
            next.clear();
        }
        terms.append(&mut all);
        Ok(())
    }

    /// Where the tests of both terms stand, and how many they are.
    fn joined(&mut self, a: Term, b: Term) -> Result<(u32, u32), Reason> {
        let count = a.count + b.count;
        if count as usize > MAX_TESTS {
            return Err(Reason::NotFlat("it takes too many tests at once"));
        }
        match (a.count, b.count) {
            (0, _) => return Ok((b.first, count)),
            (_, 0) => return Ok((a.first, count)),
            _ => {}
        }
        let first = self.first_test()?;
        for term in [a, b] {
            let at = term.first as usize;
            self.tests.extend_from_within(at..at + term.count as usize);
        }
        Ok((first, count))
    }

    /// The statement that a conjunction comes down to.
    fn statement(&mut self, term: Term) -> Result<Statement, Reason> {
        let mut found: Option<Statement> = None;
        let (mut signed, mut absent, mut module) = (Vec::new(), Vec::new(), String::new());
        for at in term.first..term.first + term.count {
            let Some(&(test, comment)) = self.tests.get(at as usize) else { break };
            match self.literal(test).as_ref() {
                Ok(Literal::Package { names, limit, arches }) => match &mut found {
                    None => {
                        let (platforms, kernel) = (term.platforms, term.kernel);
                        let (names, arches) = (Arc::clone(names), Arc::clone(arches));
                        let module = String::new();
                        let limit = *limit;
                        found = Some(Statement { platforms, names, limit, arches, module, kernel, test, comment });
                    }
                    // "Is installed" beside "is earlier than" says nothing more.
                    Some(same) if same.names == *names && *limit == Limit::Installed && arches.is_empty() => {}
                    Some(same) if same.names == *names && same.limit == Limit::Installed && same.arches.is_empty() => {
                        (same.limit, same.arches, same.test, same.comment) =
                            (*limit, Arc::clone(arches), test, comment);
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

    /// Takes repetitions out of the terms from a place on.
    fn unique(&mut self, terms: &mut Vec<Term>, from: usize) {
        let mut seen = std::mem::take(&mut self.seen);
        let (seed, tests) = (self.seed, &self.tests);
        let tests = |term: &Term| {
            let first = term.first as usize;
            tests.get(first..first + term.count as usize).unwrap_or_default()
        };
        let hash = |term: &Term| {
            let tests = tests(term).iter().map(|(test, comment)| u64::from(test.0) << 32 | u64::from(comment.0));
            seed.of_numbers([term.platforms.0, u64::from(term.kernel)].into_iter().chain(tests))
        };
        let same = |a: &Term, b: &Term| (a.platforms, a.kernel) == (b.platforms, b.kernel) && tests(a) == tests(b);
        first_of_each(terms, from, &mut seen, hash, same);
        self.seen = seen;
    }

    /// Takes repetitions out of statements.
    fn unique_statements(&mut self, statements: &mut Vec<Statement>) {
        let hash = |statement: &Statement| {
            let limit = match statement.limit {
                Limit::Below(version) => u64::from(version.0),
                Limit::Installed => u64::MAX,
                Limit::Never => u64::MAX - 1,
            };
            let test = u64::from(statement.test.0) << 32 | u64::from(statement.comment.0);
            self.seed.of_numbers([statement.platforms.0, limit, test].into_iter())
        };
        first_of_each(statements, 0, &mut self.seen, hash, |a, b| a == b);
    }
}

/// Takes those out of a list, from a place on, that are as one before them there. `seen` is for its use.
fn first_of_each<T>(
    list: &mut Vec<T>,
    from: usize,
    seen: &mut Places,
    hash: impl Fn(&T) -> u64,
    same: impl Fn(&T, &T) -> bool,
) {
    if list.len() < from + 2 {
        return;
    }
    seen.prepare(list.len() - from);
    let mut kept = from;
    for at in from..list.len() {
        let next = u32::try_from(kept).unwrap_or(u32::MAX);
        let item = &list[at];
        if seen.find_or_add(hash(item), next, |known| same(&list[known as usize], item)) == next {
            list.swap(kept, at);
            kept += 1;
        }
    }
    list.truncate(kept);
}
