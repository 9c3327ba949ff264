//! The source language of schema.toml: where a column's value comes from.
//!
//! ```text
//! order.id                              a path: object keys
//! items[0].id                           an array's element by position
//! event_params[key=page].value          the element whose `key` is "page"
//! {properties,params}.order_id          one path for each alternative, in that order
//! query(page_url, utm_source)           a function of other columns, tried after all paths
//! ```

/// One step of a path.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Step {
    /// Member of an object; compared folded.
    Key(String),
    /// Element of an array.
    Index(usize),
    /// The element of an array of objects whose member `field` equals `value` (both compared folded).
    Keyed {
        /// The telling member.
        field: String,
        /// What it must hold.
        value: String,
    },
}

/// What a [`Function`] computes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FunctionName {
    /// When Firehose received the record.
    Arrival,
    /// 128-bit hash of the event.
    Hash,
    /// Everything that no column holds.
    Extra,
    /// What was changed or missed while the row was made.
    Flags,
    /// The schema's version.
    Version,
    /// Which of the schema's dialects the event looks like.
    Dialect,
    /// The attribute that filled the column: last step of its path, or parameter of a URL.
    Source,
    /// Another column's value, for these event types.
    On,
    /// Lower-case host of a URL column.
    Host,
    /// Path of a URL column.
    Path,
    /// Query of a URL column, without the `?`; or, with keys, the value of the first of them that is there.
    Query,
    /// Number of items.
    Count,
    /// Sum of an item field over all items, 1 for each item without it.
    Sum,
    /// A field of the first item, if no column that uses this function has a value of its own.
    First,
    /// Browser family from a user agent.
    Browser,
    /// Operating system from a user agent.
    Os,
    /// desktop, mobile, tv or bot from a user agent.
    Device,
    /// Whether a user agent is a robot's.
    Bot,
}

/// Every function as schema.toml spells it, with its least and greatest number of arguments; the first argument, if
/// any, is a column.
const FUNCTIONS: [(&str, FunctionName, usize, usize); 18] = [
    ("arrival", FunctionName::Arrival, 0, 0),
    ("hash", FunctionName::Hash, 0, 0),
    ("extra", FunctionName::Extra, 0, 0),
    ("flags", FunctionName::Flags, 0, 0),
    ("version", FunctionName::Version, 0, 0),
    ("dialect", FunctionName::Dialect, 0, 0),
    ("source", FunctionName::Source, 1, 1),
    ("on", FunctionName::On, 2, usize::MAX),
    ("host", FunctionName::Host, 1, 1),
    ("path", FunctionName::Path, 1, 1),
    ("query", FunctionName::Query, 1, usize::MAX),
    ("count", FunctionName::Count, 1, 1),
    ("sum", FunctionName::Sum, 2, 2),
    ("first", FunctionName::First, 2, 2),
    ("browser", FunctionName::Browser, 1, 1),
    ("os", FunctionName::Os, 1, 1),
    ("device", FunctionName::Device, 1, 1),
    ("bot", FunctionName::Bot, 1, 1),
];

/// Fills a column that no path has filled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Function {
    /// What it computes.
    pub name: FunctionName,
    /// Of which column, if of one.
    pub column: Option<String>,
    /// Keys or an item field.
    pub arguments: Vec<String>,
}

/// One way to fill a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// A value in the event.
    Path(Vec<Step>),
    /// A value made from other columns.
    Function(Function),
}

/// Reads one source text, which stands for several where it has `{alternatives}`.
///
/// # Errors
/// What is wrong with it.
pub fn parse(text: &str) -> Result<Vec<Source>, String> {
    if is_function(text) {
        return function(text).map(|f| vec![Source::Function(f)]);
    }
    expand(text)?.iter().map(|path| steps(path).map(Source::Path)).collect()
}

/// Whether a source text is a function's, right or wrong.
pub(super) fn is_function(text: &str) -> bool {
    text.contains('(')
}

fn function(text: &str) -> Result<Function, String> {
    let (spelled, rest) = text.split_once('(').unwrap_or((text, ""));
    let inner = rest.strip_suffix(')').ok_or("the closing parenthesis is missing")?;
    let mut arguments = inner.split(',').map(|a| a.trim().to_owned()).filter(|a| !a.is_empty());
    let (column, arguments) = (arguments.next(), arguments.collect::<Vec<_>>());
    let count = usize::from(column.is_some()) + arguments.len();
    match FUNCTIONS.iter().find(|(name, ..)| *name == spelled) {
        None => {
            let names: Vec<_> = FUNCTIONS.iter().map(|(name, ..)| *name).collect();
            Err(format!("there is no function `{spelled}`; there are {}", names.join(", ")))
        }
        Some(&(_, _, least, most)) if !(least..=most).contains(&count) => {
            Err(format!("`{spelled}` does not take {count} arguments"))
        }
        Some(&(_, name, ..)) => Ok(Function { name, column, arguments }),
    }
}

/// `{a,b}.c` as `a.c` and `b.c`; several braces multiply.
fn expand(text: &str) -> Result<Vec<String>, String> {
    let Some((before, rest)) = text.split_once('{') else {
        return if text.contains('}') { Err("`}` without `{`".into()) } else { Ok(vec![text.to_owned()]) };
    };
    let (alternatives, after) = rest.split_once('}').ok_or("`{` without `}`")?;
    let tails = expand(after)?;
    let mut paths = Vec::new();
    for alternative in alternatives.split(',').map(str::trim) {
        if alternative.is_empty() {
            return Err("an alternative between the braces is empty".into());
        }
        paths.extend(tails.iter().map(|tail| format!("{before}{alternative}{tail}")));
    }
    Ok(paths)
}

fn steps(path: &str) -> Result<Vec<Step>, String> {
    let mut steps = Vec::new();
    for part in path.split('.') {
        let (key, mut brackets) = part.split_at(part.find('[').unwrap_or(part.len()));
        if key.is_empty() {
            return Err("a step of the path is empty".into());
        }
        steps.push(Step::Key(key.to_owned()));
        while let Some(rest) = brackets.strip_prefix('[') {
            let (inner, after) = rest.split_once(']').ok_or("`[` without `]`")?;
            steps.push(match inner.split_once('=') {
                Some((field, value)) if !field.is_empty() && !value.is_empty() => {
                    Step::Keyed { field: field.to_owned(), value: value.to_owned() }
                }
                Some(_) => return Err("write [field=value]".into()),
                None => Step::Index(inner.parse().map_err(|_| "write [0], or [field=value]")?),
            });
            brackets = after;
        }
        if !brackets.is_empty() {
            return Err("a `.` is missing after `]`".into());
        }
    }
    Ok(steps)
}

/// A path as schema.toml spells it.
pub fn spelled(steps: &[Step]) -> String {
    let mut text = String::new();
    for step in steps {
        match step {
            Step::Key(key) if text.is_empty() => text.push_str(key),
            Step::Key(key) => text.extend([".", key]),
            Step::Index(index) => text.extend(["[", &index.to_string(), "]"]),
            Step::Keyed { field, value } => text.extend(["[", field, "=", value, "]"]),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(name: &str) -> Step {
        Step::Key(name.into())
    }

    #[test]
    fn paths_are_plain_indexed_or_keyed() {
        let keyed = Step::Keyed { field: "key".into(), value: "page".into() };
        for (text, steps) in [
            ("order_id", vec![key("order_id")]),
            ("order.id", vec![key("order"), key("id")]),
            ("items[0].id", vec![key("items"), Step::Index(0), key("id")]),
            ("event_params[key=page].value", vec![key("event_params"), keyed, key("value")]),
        ] {
            assert_eq!(spelled(&steps), text);
            assert_eq!(parse(text), Ok(vec![Source::Path(steps)]), "{text}");
        }
    }

    #[test]
    fn alternatives_expand_in_order_and_multiply() {
        let paths = |text| {
            parse(text).map(|sources| {
                let name = |s: &Source| match s {
                    Source::Path(steps) => format!("{steps:?}").matches("Key").count(),
                    Source::Function(_) => 0,
                };
                sources.iter().map(name).collect::<Vec<_>>()
            })
        };
        assert_eq!(paths("{a,b.c}.{d,e}"), Ok(vec![2, 2, 3, 3]));
        assert_eq!(
            parse("{a,b}.c"),
            Ok(vec![Source::Path(vec![key("a"), key("c")]), Source::Path(vec![key("b"), key("c")])])
        );
    }

    #[test]
    fn functions_take_a_column_and_arguments() {
        let query = |column: &str, keys: [&str; 2]| Function {
            name: FunctionName::Query,
            column: Some(column.into()),
            arguments: keys.map(String::from).to_vec(),
        };
        let sources = parse("query(page_url, gclid, *clid)");
        assert_eq!(sources, Ok(vec![Source::Function(query("page_url", ["gclid", "*clid"]))]));
    }

    #[test]
    fn what_is_wrong_is_said() {
        for (text, cause) in [
            ("", "empty"),
            ("a..b", "empty"),
            ("a[", "without"),
            ("a[x]", "[field=value]"),
            ("a[=x]", "[field=value]"),
            ("a[0]b", "missing"),
            ("{a,b", "without"),
            ("a}b", "without"),
            ("{a,}.b", "empty"),
            ("host(a", "parenthesis"),
            ("host(a, b)", "does not take 2"),
            ("lower(a)", "no function `lower`"),
        ] {
            let error = parse(text).expect_err(text);
            assert!(error.contains(cause), "{text}: {error}");
        }
    }
}
