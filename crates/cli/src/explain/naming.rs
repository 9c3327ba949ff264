//! What to call things: columns after paths, event types after events.

use crate::schema::document::EventType;
use clickstream::schema::fold;
use clickstream::schema::source::{Source, Step, parse};
use std::collections::BTreeSet;

/// How alike two folded names are when one is taken for a misspelling of the other: `add_to_card`, `add_to_cart`.
const ALIKE: f64 = 0.85;

/// Longest event type, in bytes: its partition column's width.
const LONGEST_EVENT_TYPE: usize = 32;

/// Lower-case snake case of any text: `loadMs` is `load_ms`, `PDP Clicks` is `pdp_clicks`.
pub(super) fn snake(text: &str) -> String {
    let mut name = String::new();
    let characters: Vec<char> = text.chars().collect();
    for (at, c) in characters.iter().enumerate() {
        let before = at.checked_sub(1).map(|at| characters[at]);
        let begins_a_word = c.is_ascii_uppercase()
            && (before.is_some_and(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
                || before.is_some_and(|b| b.is_ascii_uppercase())
                    && characters.get(at + 1).is_some_and(char::is_ascii_lowercase));
        if (begins_a_word || !c.is_ascii_alphanumeric()) && !name.is_empty() && !name.ends_with('_') {
            name.push('_');
        }
        if c.is_ascii_alphanumeric() {
            name.push(c.to_ascii_lowercase());
        }
    }
    let name = name.trim_end_matches('_').to_owned();
    if name.starts_with(|c: char| c.is_ascii_lowercase()) {
        name
    } else {
        format!("attribute_{name}").trim_end_matches('_').into()
    }
}

/// The steps of a path.
pub(super) fn steps(path: &str) -> Vec<Step> {
    match parse(path).unwrap_or_default().pop() {
        Some(Source::Path(steps)) => steps,
        _ => Vec::new(),
    }
}

/// Objects in which a dialect keeps the attributes of its events, folded: what tells the dialect is one, or is in one. And
/// the arguments of a call, which have numbers.
#[derive(Debug)]
pub(super) struct Wrappers(BTreeSet<String>);

impl Wrappers {
    /// From the paths that tell the schema's dialects.
    pub(super) fn told_by<'a>(markers: impl Iterator<Item = &'a str>) -> Self {
        Self(markers.filter_map(|marker| marker.split('.').next()).map(fold).collect())
    }

    fn hold(&self, step: &str) -> bool {
        self.0.contains(&fold(step)) || step.bytes().all(|b| b.is_ascii_digit())
    }
}

/// Names for a column that a path fills, the best first. A wrapper is no part of the name, unless the name is taken.
pub(super) fn columns(path: &str, wrappers: &Wrappers) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for step in steps(path) {
        match step {
            // An element is called what tells it apart, and its value is that.
            Step::Keyed { value, .. } => words = vec![value],
            Step::Key(key) if words.is_empty() || !fold(&key).ends_with("value") => words.push(key),
            Step::Key(_) | Step::Index(_) => {}
        }
    }
    let whole = snake(&words.join("_"));
    let short = match words.split_first() {
        Some((first, rest)) if !rest.is_empty() && wrappers.hold(first) => snake(&rest.join("_")),
        _ => whole.clone(),
    };
    let qualified = format!("event_{short}");
    let mut names = vec![short, whole, qualified];
    names.dedup();
    names
}

/// A name for an event type, after an event.
pub(super) fn event_type(event: &str) -> String {
    let mut name = snake(event);
    name.truncate(LONGEST_EVENT_TYPE);
    name.trim_end_matches('_').to_owned()
}

/// The event type that an event of this name seems to mean: the same words in another order or form, or a misspelling.
pub(super) fn meant<'a>(event: &str, types: &'a [EventType]) -> Option<&'a EventType> {
    let same_words = |name: &str| words(name) == words(event);
    let alike = |name: &str| strsim::normalized_damerau_levenshtein(&fold(name), &fold(event)) >= ALIKE;
    types.iter().find(|of| of.names().any(same_words)).or_else(|| types.iter().find(|of| of.names().any(alike)))
}

/// The words of a name without their endings, in alphabetical order: `Viewed Product` and `product_views` are the same.
fn words(name: &str) -> Vec<String> {
    let stem = |word: &str| {
        let stem = ["ing", "ed", "es", "s", "e"].iter().find_map(|ending| word.strip_suffix(ending));
        stem.filter(|stem| stem.len() > 2).unwrap_or(word).to_owned()
    };
    let mut words: Vec<_> = snake(name).split('_').map(stem).collect();
    words.sort();
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_snake_case_whatever_they_come_from() {
        for (text, name) in [
            ("loadMs", "load_ms"),
            ("pageURL", "page_url"),
            ("HTTPStatus", "http_status"),
            ("PDP Clicks!", "pdp_clicks"),
            ("größe", "gr_e"),
            ("3d-view", "attribute_3d_view"),
            ("色", "attribute"),
        ] {
            assert_eq!(snake(text), name);
        }
    }

    #[test]
    fn columns_are_called_after_their_path() {
        let wrappers = Wrappers::told_by(["properties", "context.library"].into_iter());
        for (path, names) in [
            ("loadMs", &["load_ms", "event_load_ms"][..]),
            ("properties.color", &["color", "properties_color", "event_color"]),
            ("context.app.version", &["app_version", "context_app_version", "event_app_version"]),
            ("2.method", &["method", "attribute_2_method", "event_method"]),
            ("viewport.w", &["viewport_w", "event_viewport_w"]),
            ("event_params[key=card].value.string_value", &["card", "event_card"]),
            ("attrs[name=size].value", &["size", "event_size"]),
            ("value", &["value", "event_value"]),
        ] {
            assert_eq!(columns(path, &wrappers), names, "{path}");
        }
    }

    #[test]
    fn an_event_that_only_spells_a_known_one_otherwise_is_recognised() {
        let of = |name: &str, aliases: &[&str]| EventType {
            name: name.into(),
            aliases: aliases.iter().map(|alias| (*alias).to_owned()).collect(),
        };
        let types = [of("item_view", &["Product Viewed"]), of("add_to_cart", &[]), of("purchase", &[])];
        for (event, name) in [
            ("Viewed Product", Some("item_view")),
            ("product_views", Some("item_view")),
            ("add_to_card", Some("add_to_cart")),
            ("addingToCart", Some("add_to_cart")),
            ("purchased", Some("purchase")),
            ("purchase_error", None),
            ("PDP Clicks", None),
        ] {
            assert_eq!(meant(event, &types).map(|of| of.name.as_str()), name, "{event}");
        }
    }
}
