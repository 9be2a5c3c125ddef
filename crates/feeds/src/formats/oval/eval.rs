//! Evaluation of a definition as a tree, as the language defines it.
//!
//! Source: the tables of the definitions schema (`OperatorEnumeration`) and the common schema
//! (`CheckEnumeration`, `ExistenceEnumeration`). *Error* and *not evaluated* don't occur here: what can't
//! be evaluated at all makes the definition skipped with its [`Reason`], never true.

use super::collect::Item;
use super::compare::{self, Patterns};
use super::host::Host;
use super::model::{Check, Criteria, Document, Entity, Existence, Kind, Operation, Operator, State, Sym, Test, Value};
use super::reason::Reason;
use std::borrow::Cow;
use std::collections::HashMap;
use versions::Scheme;

/// Deepest nesting of definitions in definitions.
const MAX_EXTENDS: u32 = 32;

/// The result of a test or a tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Truth {
    /// It holds.
    True,
    /// It does not.
    False,
    /// The host's description does not say.
    Unknown,
    /// It is about something that such a host does not have (rpm's packages on a dpkg host).
    NotApplicable,
}

impl Truth {
    fn of(holds: bool) -> Self {
        if holds { Self::True } else { Self::False }
    }

    fn negate(self, negate: bool) -> Self {
        match self {
            Self::True if negate => Self::False,
            Self::False if negate => Self::True,
            other => other,
        }
    }
}

/// How often each result occurs among parts.
#[derive(Default)]
struct Counts {
    yes: u32,
    no: u32,
    unknown: u32,
}

impl Counts {
    fn of(parts: impl Iterator<Item = Truth>) -> Self {
        let mut counts = Self::default();
        for part in parts {
            match part {
                Truth::True => counts.yes += 1,
                Truth::False => counts.no += 1,
                Truth::Unknown => counts.unknown += 1,
                Truth::NotApplicable => {}
            }
        }
        counts
    }

    fn combine(&self, operator: Operator) -> Truth {
        match operator {
            Operator::And if self.no > 0 => Truth::False,
            Operator::Or if self.yes > 0 => Truth::True,
            Operator::One if self.yes > 1 => Truth::False,
            _ if self.unknown > 0 => Truth::Unknown,
            _ if self.yes + self.no == 0 => Truth::NotApplicable,
            Operator::And => Truth::True,
            Operator::Or => Truth::False,
            Operator::One => Truth::of(self.yes == 1),
            Operator::Xor => Truth::of(self.yes % 2 == 1),
        }
    }

    fn check(&self, check: Check) -> Truth {
        match check {
            Check::All => self.combine(Operator::And),
            Check::AtLeastOne => self.combine(Operator::Or),
            Check::OnlyOne => self.combine(Operator::One),
            Check::NoneSatisfy => self.combine(Operator::Or).negate(true),
        }
    }
}

/// A document against a host. Results of tests are kept, since definitions share them.
#[derive(Debug)]
pub struct Evaluation<'d> {
    pub(super) document: &'d Document,
    pub(super) host: &'d Host,
    pub(super) by_name: HashMap<&'d str, Vec<usize>>,
    pub(super) patterns: Patterns,
    tests: HashMap<Sym, Result<Truth, Reason>>,
    definitions: HashMap<Sym, Result<Truth, Reason>>,
}

impl<'d> Evaluation<'d> {
    /// Prepares an evaluation.
    #[must_use]
    pub fn new(document: &'d Document, host: &'d Host) -> Self {
        Self::with_patterns(document, host, Patterns::default())
    }

    /// The same with the patterns that an evaluation of the same document has compiled.
    #[must_use]
    pub fn with_patterns(document: &'d Document, host: &'d Host, patterns: Patterns) -> Self {
        let mut by_name: HashMap<&str, Vec<usize>> = HashMap::new();
        for (at, package) in host.packages.iter().enumerate() {
            by_name.entry(&package.name).or_default().push(at);
        }
        Self { document, host, by_name, patterns, tests: HashMap::new(), definitions: HashMap::new() }
    }

    /// The patterns compiled so far, for an evaluation of the same document against another host.
    #[must_use]
    pub fn into_patterns(self) -> Patterns {
        self.patterns
    }

    /// Evaluates a definition.
    ///
    /// # Errors
    /// The [`Reason`] when any part of it, decisive or not, is one that is not understood.
    pub fn definition(&mut self, id: Sym) -> Result<Truth, Reason> {
        self.extended(id, 0)
    }

    fn extended(&mut self, id: Sym, depth: u32) -> Result<Truth, Reason> {
        if let Some(known) = self.definitions.get(&id) {
            return known.clone();
        }
        if depth > MAX_EXTENDS {
            return Err(Reason::Cycle);
        }
        let definition = self.document.definitions.get(id).ok_or(Reason::Missing("a definition"))?;
        let criteria = definition.criteria.as_ref().ok_or(Reason::NoCriteria)?;
        // Whoever comes back here while this is being evaluated goes round in a circle.
        self.definitions.insert(id, Err(Reason::Cycle));
        let result = self.criteria(criteria, depth);
        self.definitions.insert(id, result.clone());
        result
    }

    fn criteria(&mut self, criteria: &'d Criteria, depth: u32) -> Result<Truth, Reason> {
        match criteria {
            Criteria::Test { id, negate, .. } => Ok(self.test(*id)?.negate(*negate)),
            Criteria::Extend { id, negate } => Ok(self.extended(*id, depth + 1)?.negate(*negate)),
            Criteria::Group { operator, negate, parts } => {
                // Every part, so that one that is not understood is found wherever it stands.
                let results: Vec<Truth> =
                    parts.iter().map(|part| self.criteria(part, depth)).collect::<Result<_, _>>()?;
                Ok(Counts::of(results.into_iter()).combine(*operator).negate(*negate))
            }
        }
    }

    /// Evaluates a test.
    ///
    /// # Errors
    /// As [`Evaluation::definition`].
    pub fn test(&mut self, id: Sym) -> Result<Truth, Reason> {
        if let Some(known) = self.tests.get(&id) {
            return known.clone();
        }
        let test = self.document.tests.get(id).ok_or(Reason::Missing("a test"))?;
        let result = self.evaluate(test);
        self.tests.insert(id, result.clone());
        result
    }

    fn evaluate(&mut self, test: &'d Test) -> Result<Truth, Reason> {
        if let Kind::Unknown(kind) = test.kind {
            return Err(Reason::UnknownTest(self.document.text(kind).to_owned()));
        }
        self.sound(test.fault)?;
        let object = test.object.ok_or(Reason::Missing("an object"))?;
        let object = self.document.objects.get(object).ok_or(Reason::Missing("an object"))?;
        self.sound(object.fault)?;
        let mut states = Vec::with_capacity(test.states.len());
        for id in &test.states {
            let state = self.document.states.get(*id).ok_or(Reason::Missing("a state"))?;
            self.sound(state.fault)?;
            states.push(state);
        }
        let of = match test.kind {
            Kind::RpmInfo | Kind::RpmVerifyFile => Some(Scheme::Rpm),
            Kind::DpkgInfo => Some(Scheme::Dpkg),
            _ => None,
        };
        if of.is_some() && of != self.host.scheme {
            return Ok(Truth::NotApplicable);
        }
        if test.kind == Kind::Uname && self.host.running_kernel.is_empty() {
            return Ok(Truth::Unknown);
        }
        let items = self.items(object, 0)?;
        let exists = match test.existence {
            Existence::AtLeastOne => !items.is_empty(),
            Existence::Any => true,
            Existence::None => items.is_empty(),
            Existence::OnlyOne => items.len() == 1,
        };
        if !exists || states.is_empty() || items.is_empty() {
            return Ok(Truth::of(exists));
        }
        let mut results = Vec::with_capacity(items.len());
        for item in &items {
            let of_states: Vec<Truth> = states.iter().map(|state| self.state(state, item)).collect::<Result<_, _>>()?;
            results.push(Counts::of(of_states.into_iter()).combine(test.operator));
        }
        Ok(Counts::of(results.into_iter()).check(test.check))
    }

    fn sound(&self, fault: Option<Sym>) -> Result<(), Reason> {
        fault.map_or(Ok(()), |why| Err(Reason::Unsupported(self.document.text(why).to_owned())))
    }

    fn state(&mut self, state: &State, item: &Item<'_>) -> Result<Truth, Reason> {
        let mut results = Vec::with_capacity(state.entities.len());
        for entity in &state.entities {
            let name = self.document.text(entity.name);
            let values = item
                .field(name)
                .ok_or_else(|| Reason::Unsupported(format!("the field '{}' of a state", name.escape_debug())))?;
            results.push(Truth::of(self.entity_holds(entity, &values, 0)?));
        }
        Ok(Counts::of(results.into_iter()).combine(state.operator))
    }

    /// Whether an item's values are as an entity says.
    pub(super) fn entity_holds(
        &mut self,
        entity: &Entity,
        values: &[Cow<'_, str>],
        depth: u32,
    ) -> Result<bool, Reason> {
        let of_item = |results: Vec<bool>, check: Check| {
            Counts::of(results.into_iter().map(Truth::of)).check(check) == Truth::True
        };
        let mut held = Vec::with_capacity(values.len());
        for value in values {
            held.push(match entity.value {
                Value::Text(expected) => self.value_holds(entity, value, expected)?,
                Value::Variable(variable) => {
                    let expected = self.values(variable, depth + 1)?;
                    let results = expected
                        .iter()
                        .map(|expected| match entity.operation {
                            Operation::Pattern => Ok(compare::compile(expected)?.is_match(value)),
                            operation => compare::holds(operation, entity.datatype, value, expected),
                        })
                        .collect::<Result<_, _>>()?;
                    of_item(results, entity.var_check)
                }
            });
        }
        Ok(of_item(held, entity.entity_check))
    }

    fn value_holds(&mut self, entity: &Entity, value: &str, expected: Sym) -> Result<bool, Reason> {
        if entity.operation == Operation::Pattern {
            return Ok(self.patterns.get(&self.document.strings, expected)?.is_match(value));
        }
        compare::holds(entity.operation, entity.datatype, value, self.document.text(expected))
    }
}
