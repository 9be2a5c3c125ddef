//! The language: operators, checks, references, what is refused. Documents of our own; the expected results
//! are those of the tables of the OVAL language's definitions and common schemas (version 5.11.1).

use crate::data::parse;
use feeds::formats::oval::{Document, Evaluation, Flattener, Host, HostPackage, Limit, Reason, Truth};
use versions::Scheme;

/// A document with these criteria (`a`, `b`: packages that are installed; `c`: one that is not; `?`: the
/// running kernel, which the host does not tell; `n`: dpkg's packages, which an rpm host does not have).
fn document(criteria: &str, more: &str) -> Document {
    let object = |name: &str| format!("<rpminfo_object id='o:{name}'><name>{name}</name></rpminfo_object>");
    let test = |name: &str| {
        format!("<rpminfo_test id='t:{name}' check='at least one'><object object_ref='o:{name}'/></rpminfo_test>")
    };
    let text = format!(
        "<oval_definitions><definitions><definition id='d:1' class='patch'>{criteria}</definition>{more}</definitions>\
         <tests>{}{}{}<uname_test id='t:?' check='all'><object object_ref='o:u'/></uname_test>\
         <dpkginfo_test id='t:n' check='all'><object object_ref='o:a'/></dpkginfo_test>\
         <sysctl_test id='t:x' check='all'><object object_ref='o:a'/></sysctl_test></tests>\
         <objects>{}{}{}<uname_object id='o:u'/></objects></oval_definitions>",
        test("a"),
        test("b"),
        test("c"),
        object("a"),
        object("b"),
        object("c")
    );
    parse(text.as_bytes())
}

fn host() -> Host {
    let package = |name: &str| HostPackage {
        name: name.into(),
        version: "1.0-1".into(),
        arch: "x86_64".into(),
        key: String::new(),
    };
    Host { scheme: Some(Scheme::Rpm), packages: vec![package("a"), package("b")], ..Host::default() }
}

fn evaluate(document: &Document) -> Result<Truth, Reason> {
    let host = host();
    let id = document.strings.find("d:1").unwrap();
    Evaluation::new(document, &host).definition(id)
}

/// `AND ab?` as criteria, with `-` before what is negated.
fn criteria(text: &str) -> String {
    let (operator, parts) = text.split_once(' ').unwrap();
    let (negate, operator) = operator.strip_prefix('-').map_or(("false", operator), |operator| ("true", operator));
    let mut negated = false;
    let mut inside = String::new();
    for part in parts.chars() {
        if part == '-' {
            negated = true;
            continue;
        }
        inside.push_str(&format!("<criterion test_ref='t:{part}' negate='{negated}' comment='x'/>"));
        negated = false;
    }
    format!("<criteria operator='{operator}' negate='{negate}'>{inside}</criteria>")
}

#[test]
fn operators_follow_the_tables_of_the_language() {
    use Truth::{False, NotApplicable, True, Unknown};
    for (text, expected) in [
        ("AND ab", True),
        ("AND ac", False),
        ("AND a?", Unknown),
        ("AND c?", False),
        ("AND an", True),
        ("AND n", NotApplicable),
        ("AND -c", True),
        ("-AND ac", True),
        ("-AND a?", Unknown),
        ("-AND n", NotApplicable),
        ("OR ac", True),
        ("OR c", False),
        ("OR c?", Unknown),
        ("OR a?", True),
        ("OR cn", False),
        ("ONE ac", True),
        ("ONE ab", False),
        ("ONE ab?", False),
        ("ONE a?", Unknown),
        ("ONE c", False),
        ("XOR ab", False),
        ("XOR abc-c", True),
        ("XOR a?", Unknown),
    ] {
        assert_eq!(evaluate(&document(&criteria(text), "")), Ok(expected), "{text}");
    }
}

#[test]
fn what_is_not_understood_is_never_true_and_says_why() {
    for (text, expected) in [
        // Decided by its other part, but not understood.
        (criteria("OR ax"), Reason::UnknownTest("sysctl_test".into())),
        (criteria("AND z"), Reason::Missing("a test")),
        ("<criteria><extend_definition definition_ref='d:9'/></criteria>".into(), Reason::Missing("a definition")),
        ("<criteria><extend_definition definition_ref='d:1'/></criteria>".into(), Reason::Cycle),
        (String::new(), Reason::NoCriteria),
    ] {
        assert_eq!(evaluate(&document(&text, "")), Err(expected), "{text}");
    }
    let circle = "<definition id='d:2' class='patch'><criteria><extend_definition definition_ref='d:1'/></criteria></definition>";
    let round = document("<criteria><extend_definition definition_ref='d:2'/></criteria>", circle);
    assert_eq!(evaluate(&round), Err(Reason::Cycle));
    let (hosts, id) = ([host()], round.strings.find("d:1").unwrap());
    assert_eq!(Flattener::new(&round, &hosts, &[]).statements(id), Err(Reason::Cycle));
}

#[test]
fn a_tree_that_says_more_than_packages_alone_is_not_flattened() {
    let flat = |text: &str| {
        let document = document(&criteria(text), "");
        let hosts = [Host { scheme: Some(Scheme::Rpm), ..Host::default() }];
        let statements = Flattener::new(&document, &hosts, &[]).statements(document.strings.find("d:1").unwrap());
        statements.map(|statements| statements.iter().map(|s| (s.names[0].clone(), s.limit)).collect::<Vec<_>>())
    };
    assert_eq!(flat("OR ab"), Ok(vec![("a".into(), Limit::Installed), ("b".into(), Limit::Installed)]));
    assert_eq!(flat("AND aa"), Ok(vec![("a".into(), Limit::Installed)]));
    assert_eq!(flat("AND ab"), Err(Reason::NotFlat("it takes two packages at once")));
    assert_eq!(flat("AND a-b"), Err(Reason::NotFlat("a test of a package is turned round")));
    assert_eq!(flat("ONE ab"), Err(Reason::NotFlat("exactly one or an odd number of parts")));
    assert_eq!(flat("OR ax"), Err(Reason::UnknownTest("sysctl_test".into())));
}

/// A text file test, its groups, instances and variables; the file is that of a module as dnf writes it.
#[test]
fn texts_variables_and_functions_are_evaluated() {
    let with = |state: &str, variables: &str| {
        let text = format!(
            "<oval_definitions><definitions><definition id='d:1' class='patch'><criteria><criterion test_ref='t:1'/>\
             </criteria></definition></definitions><tests><textfilecontent54_test id='t:1' check='at least one'>\
             <object object_ref='o:1'/><state state_ref='s:1'/></textfilecontent54_test></tests><objects>\
             <textfilecontent54_object id='o:1'><path>/etc/dnf/modules.d</path><filename>php.module</filename>\
             <pattern operation='pattern match'>^(\\w+)=(.*)$</pattern>\
             <instance datatype='int' operation='greater than or equal'>2</instance></textfilecontent54_object></objects>\
             <states><textfilecontent54_state id='s:1'>{state}</textfilecontent54_state></states>\
             <variables>{variables}</variables></oval_definitions>"
        );
        let document = parse(text.as_bytes());
        let mut host = Host::default();
        host.enable_module("php", "7.2");
        let id = document.strings.find("d:1").unwrap();
        Evaluation::new(&document, &host).definition(id)
    };
    assert_eq!(with("<text>stream=7.2</text>", ""), Ok(Truth::True));
    // The first match is not among the instances.
    assert_eq!(with("<text>name=php</text>", ""), Ok(Truth::False));
    assert_eq!(with("<subexpression entity_check='at least one'>7.2</subexpression>", ""), Ok(Truth::True));
    assert_eq!(with("<subexpression>7.2</subexpression>", ""), Ok(Truth::False));
    assert_eq!(with("<text operation='pattern match'>^st.*e=enabled</text>", ""), Ok(Truth::True));
    let concat = "<local_variable id='v:1'><concat><literal_component>stream=</literal_component>\
        <regex_capture pattern='x([0-9.]+)'><variable_component var_ref='v:2'/></regex_capture></concat></local_variable>\
        <constant_variable id='v:2'><value>x7.1</value><value>x7.2</value></constant_variable>";
    assert_eq!(with("<text var_ref='v:1' var_check='at least one'/>", concat), Ok(Truth::True));
    assert_eq!(with("<text var_ref='v:1' var_check='all'/>", concat), Ok(Truth::False));
    let circle = "<local_variable id='v:1'><variable_component var_ref='v:1'/></local_variable>";
    assert_eq!(with("<text var_ref='v:1'/>", circle), Err(Reason::Cycle));
    let time = "<local_variable id='v:1'><time_difference/></local_variable>";
    let why = Reason::Unsupported("the function 'time_difference' of a variable".into());
    assert_eq!(with("<text var_ref='v:1'/>", time), Err(why));
    let why = Reason::Unsupported("a pattern is of a kind not known here".into());
    assert_eq!(with("<text operation='pattern match'>(?&lt;=x)y</text>", ""), Err(why));
}
