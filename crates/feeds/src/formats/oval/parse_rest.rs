//! The tests, objects, states and variables of a document.

use super::model::{
    Check, Component, Datatype, Document, Entity, Existence, Kind, Object, Operation, Operator, State, Sym, Test,
    Value, Variable,
};
use super::parse::{Key, MAX_ITEMS, Stream};
use super::parse_definition::operator;
use crate::feed::Unreadable;
use std::io::BufRead;

/// Most entities of an object or state, states of a test.
const MAX_ENTITIES: usize = 100;
/// Deepest nesting of a local variable's functions; the reader of XML has a ceiling of its own.
const MAX_FUNCTIONS: u32 = 16;

/// Reads `tests`.
pub(super) fn tests<R: BufRead>(stream: &mut Stream<R>, document: &mut Document) -> Result<(), Unreadable> {
    while stream.open()? {
        bounded(stream, document.tests.items().len(), "tests")?;
        let (id, kind) = (stream.get(Key::Id), kind(stream, "_test"));
        let mut fault = None;
        let mut test = Test {
            kind,
            check: check(stream, Key::Check, Check::All, &mut fault),
            existence: match stream.get_text(Key::CheckExistence) {
                None | Some("at_least_one_exists" | "all_exist") => Existence::AtLeastOne,
                Some("any_exist") => Existence::Any,
                Some("none_exist") => Existence::None,
                Some("only_one_exists") => Existence::OnlyOne,
                Some(word) => unknown("check_existence", word, &mut fault, Existence::AtLeastOne),
            },
            operator: combined(stream, Key::StateOperator, &mut fault),
            object: None,
            states: Vec::new(),
            fault: None,
        };
        while stream.open()? {
            match stream.name() {
                "object" => test.object = stream.get(Key::ObjectRef),
                "state" => match stream.get(Key::StateRef) {
                    Some(state) if test.states.len() < MAX_ENTITIES => test.states.push(state),
                    _ => fault = Some("it has a state without a name, or too many states".to_owned()),
                },
                _ => {}
            }
            stream.skip()?;
        }
        test.fault = fault.map(|why| stream.strings.intern(&why));
        if let Some(id) = id {
            document.tests.add(id, test);
        }
    }
    Ok(())
}

/// Reads `objects`.
pub(super) fn objects<R: BufRead>(stream: &mut Stream<R>, document: &mut Document) -> Result<(), Unreadable> {
    while stream.open()? {
        bounded(stream, document.objects.items().len(), "objects")?;
        let (id, kind) = (stream.get(Key::Id), kind(stream, "_object"));
        let (entities, fault) = entities(stream)?;
        if let Some(id) = id {
            document.objects.add(id, Object { kind, entities, fault });
        }
    }
    Ok(())
}

/// Reads `states`.
pub(super) fn states<R: BufRead>(stream: &mut Stream<R>, document: &mut Document) -> Result<(), Unreadable> {
    while stream.open()? {
        bounded(stream, document.states.items().len(), "states")?;
        let (id, kind) = (stream.get(Key::Id), kind(stream, "_state"));
        let mut wrong = None;
        let operator = combined(stream, Key::Operator, &mut wrong);
        let (entities, fault) = entities(stream)?;
        let fault = fault.or_else(|| wrong.map(|why| stream.strings.intern(&why)));
        if let Some(id) = id {
            document.states.add(id, State { kind, operator, entities, fault });
        }
    }
    Ok(())
}

/// Reads `variables`.
pub(super) fn variables<R: BufRead>(stream: &mut Stream<R>, document: &mut Document) -> Result<(), Unreadable> {
    while stream.open()? {
        bounded(stream, document.variables.items().len(), "variables")?;
        let id = stream.get(Key::Id);
        let variable = match stream.name() {
            "constant_variable" => {
                let mut values = Vec::new();
                while stream.open()? {
                    if stream.name() == "value" {
                        bounded(stream, values.len(), "values of a variable")?;
                        values.push(stream.text()?);
                    } else {
                        stream.skip()?;
                    }
                }
                Variable::Constant(values)
            }
            "local_variable" => {
                let mut parts = components(stream, 0)?;
                let none = stream.strings.intern("nothing");
                Variable::Local(if parts.len() == 1 { parts.remove(0) } else { Component::Unknown(none) })
            }
            _ => {
                stream.skip()?;
                Variable::External
            }
        };
        if let Some(id) = id {
            document.variables.add(id, variable);
        }
    }
    Ok(())
}

fn bounded<R: BufRead>(stream: &Stream<R>, have: usize, what: &str) -> Result<(), Unreadable> {
    if have >= MAX_ITEMS { Err(stream.too_many(what, MAX_ITEMS)) } else { Ok(()) }
}

/// The kind by the element's name: `rpminfo_test`, `rpminfo_object`, `rpminfo_state`.
fn kind<R: BufRead>(stream: &mut Stream<R>, ending: &str) -> Kind {
    match stream.name().strip_suffix(ending) {
        Some("rpminfo") => Kind::RpmInfo,
        Some("dpkginfo") => Kind::DpkgInfo,
        Some("rpmverifyfile") => Kind::RpmVerifyFile,
        Some("uname") => Kind::Uname,
        Some("textfilecontent54") => Kind::TextFile,
        Some("family") => Kind::Family,
        Some("variable") => Kind::Variable,
        _ => {
            let name: String = stream.name().chars().take(100).collect();
            Kind::Unknown(stream.strings.intern(&name))
        }
    }
}

fn unknown<T>(attribute: &str, word: &str, fault: &mut Option<String>, value: T) -> T {
    *fault = Some(format!("{attribute} '{}' is not known", word.escape_debug()));
    value
}

fn check<R: BufRead>(stream: &Stream<R>, key: Key, missing: Check, fault: &mut Option<String>) -> Check {
    match stream.get_text(key) {
        None => missing,
        Some("all") => Check::All,
        Some("at least one") => Check::AtLeastOne,
        // `none exist` is the old name of the same.
        Some("none satisfy" | "none exist") => Check::NoneSatisfy,
        Some("only one") => Check::OnlyOne,
        Some(word) => unknown("check", word, fault, missing),
    }
}

fn combined<R: BufRead>(stream: &Stream<R>, key: Key, fault: &mut Option<String>) -> Operator {
    let Some(word) = stream.get_text(key) else { return Operator::And };
    operator(word).unwrap_or_else(|| unknown("operator", word, fault, Operator::And))
}

/// The entities of an object or state, and why they can't be used.
fn entities<R: BufRead>(stream: &mut Stream<R>) -> Result<(Vec<Entity>, Option<Sym>), Unreadable> {
    let mut entities = Vec::new();
    let mut fault = None;
    while stream.open()? {
        match stream.name() {
            // How files are looked at; the items read here don't depend on it.
            "behaviors" => stream.skip()?,
            "set" | "filter" => {
                fault = Some(format!("an object's '{}' is not known", stream.name()));
                stream.skip()?;
            }
            _ => {
                let entity = entity(stream, &mut fault)?;
                if entities.len() >= MAX_ENTITIES {
                    fault = Some(format!("it has more than {MAX_ENTITIES} entities"));
                } else {
                    entities.push(entity);
                }
            }
        }
    }
    entities.shrink_to_fit();
    Ok((entities, fault.map(|why| stream.strings.intern(&why))))
}

fn entity<R: BufRead>(stream: &mut Stream<R>, fault: &mut Option<String>) -> Result<Entity, Unreadable> {
    let name: String = stream.name().chars().take(100).collect();
    let name = stream.strings.intern(&name);
    let operation = match stream.get_text(Key::Operation) {
        None | Some("equals") => Operation::Equals,
        Some("not equal") => Operation::NotEqual,
        Some("case insensitive equals") => Operation::EqualsIgnoringCase,
        Some("case insensitive not equal") => Operation::NotEqualIgnoringCase,
        Some("less than") => Operation::Less,
        Some("less than or equal") => Operation::LessOrEqual,
        Some("greater than") => Operation::Greater,
        Some("greater than or equal") => Operation::GreaterOrEqual,
        Some("pattern match") => Operation::Pattern,
        Some(word) => unknown("operation", word, fault, Operation::Equals),
    };
    let datatype = match stream.get_text(Key::Datatype) {
        None | Some("string") => Datatype::Text,
        Some("int") => Datatype::Int,
        Some("evr_string") => Datatype::RpmEvr,
        Some("debian_evr_string") => Datatype::DebianEvr,
        Some(word) => unknown("datatype", word, fault, Datatype::Text),
    };
    let var_check = check(stream, Key::VarCheck, Check::All, fault);
    let entity_check = check(stream, Key::EntityCheck, Check::All, fault);
    let variable = stream.get(Key::VarRef);
    let text = stream.text()?;
    if variable.is_none()
        && matches!(datatype, Datatype::RpmEvr | Datatype::DebianEvr)
        && stream.strings.get(text).is_empty()
    {
        // A version that is left out is none, and must not read as the lowest there is.
        *fault = Some("its version is empty".to_owned());
    }
    let value = variable.map_or(Value::Text(text), Value::Variable);
    Ok(Entity { name, operation, datatype, value, var_check, entity_check })
}

/// The components inside the element that was opened last.
fn components<R: BufRead>(stream: &mut Stream<R>, depth: u32) -> Result<Vec<Component>, Unreadable> {
    let mut parts = Vec::new();
    while stream.open()? {
        bounded(stream, parts.len(), "parts of a variable")?;
        let name: String = stream.name().chars().take(100).collect();
        let name = stream.strings.intern(&name);
        if depth >= MAX_FUNCTIONS {
            stream.skip()?;
            parts.push(Component::Unknown(name));
            continue;
        }
        let (pattern, arithmetic) = (stream.get(Key::Pattern), stream.get_text(Key::Arithmetic).map(str::to_owned));
        let (object, field, variable) =
            (stream.get(Key::ObjectRef), stream.get(Key::ItemField), stream.get(Key::VarRef));
        let component = match stream.name() {
            "literal_component" => Some(Component::Literal(stream.text()?)),
            "object_component" => {
                stream.skip()?;
                object.zip(field).map(|(id, field)| Component::Object { id, field })
            }
            "variable_component" => {
                stream.skip()?;
                variable.map(Component::Variable)
            }
            "concat" => Some(Component::Concat(components(stream, depth + 1)?)),
            "regex_capture" => {
                let mut of = components(stream, depth + 1)?;
                let of = if of.len() == 1 { of.pop() } else { None };
                pattern.zip(of).map(|(pattern, of)| Component::Capture { pattern, of: Box::new(of) })
            }
            "arithmetic" => {
                let parts = components(stream, depth + 1)?;
                let add = arithmetic.as_deref() == Some("add");
                (add || arithmetic.as_deref() == Some("multiply")).then_some(Component::Arithmetic { add, parts })
            }
            _ => {
                stream.skip()?;
                None
            }
        };
        parts.push(component.unwrap_or(Component::Unknown(name)));
    }
    Ok(parts)
}
