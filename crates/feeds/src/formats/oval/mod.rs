//! OVAL, the Open Vulnerability and Assessment Language, version 5.
//!
//! Format: <https://oval-community-guidelines.readthedocs.io/en/latest/oval-schema-documentation/>
//! (definitions, common, independent, linux and unix schemas). Three steps, each of use alone:
//!
//! - [`parse`]: a stream of XML to a [`Document`];
//! - [`Evaluation`]: a definition as a tree against a described [`Host`]: true, false, unknown or
//!   not applicable, as the language defines it;
//! - [`Flattener`]: a definition to [`Statement`]s, one a package, without changing what it
//!   means on hosts of its platform; a tree for which that is impossible is refused with the reason.

mod collect;
mod compare;
mod eval;
mod flatten;
mod host;
mod literal;
mod model;
mod parse;
mod parse_definition;
mod parse_rest;
mod reason;
mod strings;
mod unique;

pub use compare::Patterns;
pub use eval::{Evaluation, Truth};
pub use flatten::{Flattener, Limit, Platforms, Statement};
pub use host::{Host, HostPackage};
pub use model::{
    Check, Class, Component, Criteria, CveEntry, Datatype, Definition, Document, Entity, Existence, Kind, Object,
    Operation, Operator, Reference, Resolution, State, Strings, Sym, Table, Test, Value, Variable,
};
pub use parse::parse;
pub use reason::Reason;
