//! The items of a host that an object names.

use super::eval::Evaluation;
use super::host::HostPackage;
use super::model::{Component, Entity, Kind, Object, Operation, Sym, Value, Variable};
use super::reason::Reason;
use std::borrow::Cow;

/// Deepest nesting of variables in variables.
const MAX_DEPTH: u32 = 16;
/// Most items of an object that are looked at, matches of a pattern in a file among them.
const MAX_ITEMS: usize = 100_000;

/// One thing on the host.
#[derive(Debug, Clone)]
pub(super) enum Item<'h> {
    /// A package, with the path where a file of it was asked for.
    Package(&'h HostPackage),
    /// The running system.
    Uname(&'h str),
    /// A match of a pattern in a file: the whole and the groups.
    Text { text: String, groups: Vec<String> },
    /// The family of operating systems.
    Family,
    /// A value of a variable.
    Value(String),
}

impl Item<'_> {
    /// The values of a field; `None` where items of this kind have no such field here.
    pub(super) fn field(&self, name: &str) -> Option<Vec<Cow<'_, str>>> {
        let one = |value: &'_ str| Some(vec![Cow::Owned(value.to_owned())]);
        match self {
            Self::Package(package) => {
                let (epoch, version, release) = package.parts();
                match name {
                    "name" => Some(vec![Cow::Borrowed(&package.name)]),
                    "arch" => Some(vec![Cow::Borrowed(&package.arch)]),
                    "evr" => Some(vec![Cow::Borrowed(&package.version)]),
                    "epoch" => one(epoch),
                    "version" => one(version),
                    "release" => one(release),
                    "signature_keyid" => Some(vec![Cow::Borrowed(&package.key)]),
                    _ => None,
                }
            }
            Self::Uname(release) if name == "os_release" => Some(vec![Cow::Borrowed(release)]),
            Self::Text { text, .. } if name == "text" => Some(vec![Cow::Borrowed(text)]),
            Self::Text { groups, .. } if name == "subexpression" => {
                Some(groups.iter().map(|group| Cow::Borrowed(group.as_str())).collect())
            }
            Self::Family if name == "family" => one("unix"),
            Self::Value(value) if name == "value" => Some(vec![Cow::Borrowed(value)]),
            _ => None,
        }
    }
}

/// The path of a text object, where it is given plainly.
pub(super) fn path(evaluation: &Evaluation<'_>, object: &Object) -> Option<String> {
    let plain = |name: &str| {
        let entity = find(evaluation, object, name)?;
        match entity.value {
            Value::Text(text) if entity.operation == Operation::Equals => Some(evaluation.document.text(text)),
            _ => None,
        }
    };
    match plain("filepath") {
        Some(path) => Some(path.to_owned()),
        None => Some(format!("{}/{}", plain("path")?.trim_end_matches('/'), plain("filename")?)),
    }
}

/// The entity of a name.
pub(super) fn find<'d>(evaluation: &Evaluation<'d>, object: &'d Object, name: &str) -> Option<&'d Entity> {
    object.entities.iter().find(|entity| evaluation.document.text(entity.name) == name)
}

impl<'d> Evaluation<'d> {
    /// The items of an object.
    pub(super) fn items(&mut self, object: &'d Object, depth: u32) -> Result<Vec<Item<'d>>, Reason> {
        match object.kind {
            Kind::RpmInfo | Kind::DpkgInfo => self.packages(object),
            Kind::RpmVerifyFile => self.owner(object),
            Kind::Uname if self.host.running_kernel.is_empty() => Ok(Vec::new()),
            Kind::Uname => Ok(vec![Item::Uname(&self.host.running_kernel)]),
            Kind::Family => Ok(vec![Item::Family]),
            Kind::TextFile => self.texts(object, depth),
            Kind::Variable => {
                let entity = object.entities.first().ok_or(Reason::Missing("a variable"))?;
                // A variable_object names the variable by the text of its only entity.
                let (Value::Text(id) | Value::Variable(id)) = entity.value;
                Ok(self.values(id, depth)?.into_iter().map(Item::Value).collect())
            }
            Kind::Unknown(kind) => Err(Reason::UnknownTest(self.document.text(kind).to_owned())),
        }
    }

    fn packages(&mut self, object: &'d Object) -> Result<Vec<Item<'d>>, Reason> {
        let host = self.host;
        // Nearly every object is one name: asked for in the index, not compared with every package.
        let candidates: Vec<&HostPackage> = match object.entities.as_slice() {
            [Entity { operation: Operation::Equals, value, name, .. }, ..] if self.document.text(*name) == "name" => {
                let names = match *value {
                    Value::Text(text) => vec![self.document.text(text).to_owned()],
                    Value::Variable(variable) => self.values(variable, 0)?,
                };
                let at = names.iter().flat_map(|name| self.by_name.get(name.as_str()).into_iter().flatten());
                at.filter_map(|at| host.packages.get(*at)).collect()
            }
            _ => host.packages.iter().collect(),
        };
        let mut items = Vec::new();
        for package in candidates {
            let item = Item::Package(package);
            if self.satisfies(&item, &object.entities)? {
                items.push(item);
            }
        }
        Ok(items)
    }

    /// The package that owns the file.
    fn owner(&mut self, object: &'d Object) -> Result<Vec<Item<'d>>, Reason> {
        let path = path(self, object).ok_or_else(|| Reason::Unsupported("a file that is not named".to_owned()))?;
        let host = self.host;
        let Some(package) = host.owners.get(&path).and_then(|at| host.packages.get(*at)) else {
            return Ok(Vec::new());
        };
        let item = Item::Package(package);
        let document = self.document;
        let rest: Vec<Entity> =
            object.entities.iter().filter(|entity| document.text(entity.name) != "filepath").cloned().collect();
        Ok(if self.satisfies(&item, &rest)? { vec![item] } else { Vec::new() })
    }

    fn texts(&mut self, object: &'d Object, depth: u32) -> Result<Vec<Item<'d>>, Reason> {
        let path = path(self, object).ok_or_else(|| Reason::Unsupported("a file that is not named".to_owned()))?;
        if path.starts_with("/boot/") {
            // The boot loader's menu: Red Hat looks up the entry that boots next, through a variable,
            // and compares the title, which has the kernel's release in parentheses.
            let next = &self.host.next_kernel;
            let entry = || Item::Text { text: format!("menuentry '({next})'"), groups: Vec::new() };
            return Ok(if next.is_empty() { Vec::new() } else { vec![entry()] });
        }
        let Some(content) = self.host.files.get(&path) else { return Ok(Vec::new()) };
        let pattern = find(self, object, "pattern").ok_or(Reason::Missing("a pattern"))?;
        let patterns = match pattern.value {
            Value::Text(text) => vec![text],
            Value::Variable(variable) => match self.document.variables.get(variable) {
                Some(Variable::Constant(values)) => values.clone(),
                _ => return Err(Reason::Unsupported("a pattern that is computed on the host".to_owned())),
            },
        };
        let instance = find(self, object, "instance").ok_or(Reason::Missing("an instance"))?;
        let mut items = Vec::new();
        for pattern in patterns {
            let found = self.patterns.get(&self.document.strings, pattern)?;
            let mut matched = Vec::new();
            for captures in found.captures_iter(content).take(MAX_ITEMS) {
                let group = |at: usize| captures.get(at).map_or_else(String::new, |m| m.as_str().to_owned());
                matched.push(Item::Text { text: group(0), groups: (1..captures.len()).map(group).collect() });
            }
            for (number, item) in (1_u32..).zip(matched) {
                if self.entity_holds(instance, &[Cow::Owned(number.to_string())], depth)? {
                    items.push(item);
                }
            }
        }
        Ok(items)
    }

    fn satisfies(&mut self, item: &Item<'_>, entities: &[Entity]) -> Result<bool, Reason> {
        for entity in entities {
            let values = item.field(self.document.text(entity.name)).ok_or_else(|| {
                Reason::Unsupported(format!("the field '{}' of an object", self.document.text(entity.name)))
            })?;
            if !self.entity_holds(entity, &values, 0)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The values of a variable.
    pub(super) fn values(&mut self, id: Sym, depth: u32) -> Result<Vec<String>, Reason> {
        if depth > MAX_DEPTH {
            return Err(Reason::Cycle);
        }
        let document = self.document;
        match document.variables.get(id) {
            Some(Variable::Constant(values)) => Ok(values.iter().map(|v| document.text(*v).to_owned()).collect()),
            Some(Variable::Local(component)) => self.component(component, depth + 1),
            Some(Variable::External) => Err(Reason::Unsupported("a variable that is given from outside".to_owned())),
            None => Err(Reason::Missing("a variable")),
        }
    }

    fn component(&mut self, component: &'d Component, depth: u32) -> Result<Vec<String>, Reason> {
        let document = self.document;
        if depth > MAX_DEPTH {
            return Err(Reason::Cycle);
        }
        match component {
            Component::Literal(text) => Ok(vec![document.text(*text).to_owned()]),
            Component::Variable(id) => self.values(*id, depth + 1),
            Component::Object { id, field } => {
                let object = document.objects.get(*id).ok_or(Reason::Missing("an object"))?;
                let items = self.items(object, depth + 1)?;
                let values = items.iter().filter_map(|item| item.field(document.text(*field)));
                Ok(values.flatten().map(Cow::into_owned).collect())
            }
            Component::Concat(parts) => {
                let mut joined = vec![String::new()];
                for part in parts {
                    let values = self.component(part, depth + 1)?;
                    joined = product(&joined, &values, |a, b| Some(format!("{a}{b}")))?;
                }
                Ok(joined)
            }
            Component::Capture { pattern, of } => {
                let texts = self.component(of, depth + 1)?;
                let pattern = self.patterns.get(&document.strings, *pattern)?;
                let group = |text: &String| {
                    let found = pattern.captures(text).and_then(|captures| captures.get(1));
                    found.map_or_else(String::new, |found| found.as_str().to_owned())
                };
                Ok(texts.iter().map(group).collect())
            }
            Component::Arithmetic { add, parts } => {
                let mut sums = vec![if *add { "0" } else { "1" }.to_owned()];
                for part in parts {
                    let values = self.component(part, depth + 1)?;
                    sums = product(&sums, &values, |a, b| {
                        let (a, b) = (a.trim().parse::<i64>().ok()?, b.trim().parse::<i64>().ok()?);
                        if *add { a.checked_add(b) } else { a.checked_mul(b) }.map(|sum| sum.to_string())
                    })?;
                }
                Ok(sums)
            }
            Component::Unknown(name) => Err(Reason::Unsupported(format!(
                "the function '{}' of a variable",
                document.text(*name).escape_debug()
            ))),
        }
    }
}

/// Every combination of two lists of values.
fn product(a: &[String], b: &[String], of: impl Fn(&str, &str) -> Option<String>) -> Result<Vec<String>, Reason> {
    if a.len().saturating_mul(b.len()) > MAX_ITEMS {
        return Err(Reason::Unsupported("a variable with too many values".to_owned()));
    }
    let pairs = a.iter().flat_map(|a| b.iter().map(move |b| (a, b)));
    pairs
        .map(|(a, b)| of(a, b))
        .collect::<Option<_>>()
        .ok_or_else(|| Reason::Unsupported("a sum of what are no numbers".to_owned()))
}
