//! The attributes that no column has: JSON as a row holds it, back to paths of schema.toml.

use clickstream::schema::fold;
use serde_json::{Map, Value};

/// An attribute and where it stands.
#[derive(Debug)]
pub(super) struct Attribute {
    /// In schema.toml's path language. A key that the language cannot spell is written as a JSON string.
    pub(super) path: String,
    /// Whether schema.toml can name it.
    pub(super) can_be_named: bool,
    /// A scalar, or an array.
    pub(super) value: Value,
}

/// Members that tell the elements of an array of objects from each other, as GA4 and many shops write attributes: one of
/// these, and a `value`.
const TELLING: [&str; 2] = ["key", "name"];

/// Those of an event. `extra` is the column's value.
pub(super) fn of_event(extra: &str) -> Vec<Attribute> {
    let mut attributes = Vec::new();
    if let Ok(Value::Object(members)) = serde_json::from_str(extra) {
        walk(members, &Place::default(), &mut attributes);
    }
    attributes
}

/// Those of an event's items, by their path from the item. `items` is the column's value.
pub(super) fn of_items(items: &str) -> Vec<Attribute> {
    let mut attributes = Vec::new();
    let items: Vec<Map<String, Value>> = serde_json::from_str(items).unwrap_or_default();
    for mut item in items {
        if let Some(Value::Object(members)) = item.remove("extra") {
            walk(members, &Place::default(), &mut attributes);
        }
    }
    attributes
}

/// A place in an event.
#[derive(Default)]
struct Place {
    path: String,
    cannot_be_named: bool,
}

impl Place {
    fn member(&self, key: &str) -> Self {
        let separator = if self.path.is_empty() { "" } else { "." };
        // `key~1` is a name that the transform gave to a repeated key.
        let numbered = key.rsplit_once('~').is_some_and(|(_, number)| number.parse::<u32>().is_ok());
        let cannot_be_named =
            fold(key).is_empty() || key.contains(['.', '[', ']', '{', '}', '(', ')', ',']) || numbered;
        let spelled = if cannot_be_named { Value::from(key).to_string() } else { key.to_owned() };
        Self {
            path: format!("{}{separator}{spelled}", self.path),
            cannot_be_named: self.cannot_be_named || cannot_be_named,
        }
    }

    fn element(&self, field: &str, value: &str) -> Self {
        let cannot_be_named = fold(value).is_empty() || value.contains(['.', '[', ']', '{', '}', '(', ')', ',', '=']);
        Self {
            path: format!("{}[{field}={value}]", self.path),
            cannot_be_named: self.cannot_be_named || cannot_be_named,
        }
    }
}

fn walk(members: Map<String, Value>, at: &Place, attributes: &mut Vec<Attribute>) {
    for (key, value) in members {
        let place = at.member(&key);
        match value {
            Value::Object(members) => walk(members, &place, attributes),
            Value::Array(elements) => match told_apart_by(&elements) {
                Some(field) => walk_keyed(elements, field, &place, attributes),
                None => push(Value::Array(elements), place, attributes),
            },
            scalar => push(scalar, place, attributes),
        }
    }
}

/// The member that tells all elements of an array apart.
fn told_apart_by(elements: &[Value]) -> Option<&'static str> {
    let is_told = |field: &str| elements.iter().all(|e| e[field].is_string() && e.get("value").is_some());
    TELLING.into_iter().find(|field| !elements.is_empty() && is_told(field))
}

fn walk_keyed(elements: Vec<Value>, field: &str, at: &Place, attributes: &mut Vec<Attribute>) {
    for element in elements {
        let Value::Object(mut members) = element else { continue };
        if let Some(Value::String(value)) = members.remove(field) {
            walk(members, &at.element(field, &value), attributes);
        }
    }
}

fn push(value: Value, place: Place, attributes: &mut Vec<Attribute>) {
    attributes.push(Attribute { path: place.path, can_be_named: !place.cannot_be_named, value });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_have_the_path_that_schema_toml_reads_them_by() {
        let extra = r#"{
            "gift": {"note": "hi", "a.b": 1}, "tags": ["x"], "empty": {}, "color~1": "red",
            "attrs": [{"name": "size", "value": "M"}, {"name": "fit.of", "value": 2}],
            "event_params": [{"key": "card", "value": {"string_value": "yes"}}],
            "people": [{"name": "Ada"}]}"#;
        let found: Vec<_> =
            of_event(extra).into_iter().map(|a| (a.path, a.can_be_named, a.value.to_string())).collect();
        let found: Vec<_> = found.iter().map(|(path, named, value)| (path.as_str(), *named, value.as_str())).collect();
        assert_eq!(
            found,
            [
                ("attrs[name=size].value", true, r#""M""#),
                ("attrs[name=fit.of].value", false, "2"),
                (r#""color~1""#, false, r#""red""#),
                ("event_params[key=card].value.string_value", true, r#""yes""#),
                (r#"gift."a.b""#, false, "1"),
                ("gift.note", true, r#""hi""#),
                ("people", true, r#"[{"name":"Ada"}]"#),
                ("tags", true, r#"["x"]"#),
            ]
        );
        let items = r#"[{"item_id":"A","extra":{"size":"M"}},{"item_id":"B"}]"#;
        assert_eq!(of_items(items).iter().map(|a| a.path.as_str()).collect::<Vec<_>>(), ["size"]);
    }
}
