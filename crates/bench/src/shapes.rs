//! Invocations in which one property grows, hostile ones among them. What a byte costs must not grow with it.

use crate::workload::Workload;
use serde_json::{Map, Value, json};
use std::fmt::Write;

/// One property, and the sizes at which it is measured.
#[derive(Debug)]
pub struct Shape {
    /// As tables call it.
    pub name: &'static str,
    /// What the sizes count.
    pub unit: &'static str,
    /// Ascending.
    pub sizes: &'static [usize],
    /// The text of a record of a size.
    pub record: fn(usize) -> String,
}

impl Shape {
    /// The invocation of `size`: records of that size, until there are `raw` bytes of them.
    pub fn workload(&self, size: usize, raw: usize) -> Workload {
        Workload::of(format!("{}, {size} {}", self.name, self.unit), &[(self.record)(size)], raw)
    }
}

/// All shapes.
pub const SHAPES: [Shape; 18] = [
    Shape { name: "record, one long text", unit: "bytes", sizes: &[200, 1_000, 10_000, 100_000], record: long_text },
    Shape { name: "record, many attributes", unit: "bytes", sizes: &[200, 1_000, 10_000, 100_000], record: wide },
    Shape { name: "unknown attributes", unit: "of them", sizes: &[10, 100, 1_000, 5_000], record: unknown },
    Shape {
        name: "one unknown key again and again",
        unit: "times",
        sizes: &[10, 100, 1_000, 5_000],
        record: repeated_unknown,
    },
    Shape {
        name: "one mapped key again and again",
        unit: "times",
        sizes: &[10, 100, 1_000, 5_000],
        record: repeated_mapped,
    },
    Shape { name: "all spellings of one key", unit: "spellings", sizes: &[8, 64, 512, 4_096], record: spellings },
    Shape { name: "nesting", unit: "deep", sizes: &[2, 8, 32, 60], record: nested },
    Shape { name: "nesting, too deep", unit: "deep", sizes: &[100, 1_000, 10_000, 100_000], record: too_deep },
    Shape { name: "items", unit: "items", sizes: &[1, 10, 100, 1_000], record: items },
    Shape { name: "items with unknown attributes", unit: "items", sizes: &[1, 10, 100, 1_000], record: odd_items },
    Shape { name: "escapes in keys and texts", unit: "escapes", sizes: &[10, 100, 1_000, 10_000], record: escapes },
    Shape { name: "white space", unit: "blanks a gap", sizes: &[1, 10, 100, 1_000], record: blanks },
    Shape { name: "digits in a number", unit: "digits", sizes: &[10, 100, 1_000, 10_000], record: digits },
    Shape { name: "e-mail addresses in a text", unit: "addresses", sizes: &[1, 10, 100, 1_000], record: addresses },
    Shape { name: "at signs", unit: "of them", sizes: &[10, 100, 1_000, 10_000], record: at_signs },
    Shape { name: "parameters of a URL", unit: "parameters", sizes: &[1, 10, 100, 1_000], record: parameters },
    Shape { name: "objects on lines of their own", unit: "objects", sizes: &[1, 10, 100, 400], record: lines },
    Shape { name: "events of an envelope", unit: "events", sizes: &[1, 10, 100, 400], record: envelope },
];

/// An event of a type that is common, with `attributes` on top.
fn event(attributes: Value) -> String {
    let mut event = json!({ "event_type": "item_view", "ts": 1_795_450_000_000_i64, "UUID": "6f1c1c0e-2b6f-4c6b-8a55-1c8b8b3f6a10" });
    if let (Value::Object(event), Value::Object(attributes)) = (&mut event, attributes) {
        event.extend(attributes);
    }
    event.to_string()
}

/// The event with `members`, written by hand, on top: what serde_json would not write.
fn event_with(members: &str) -> String {
    let event = event(json!({}));
    format!("{},{members}}}", &event[..event.len() - 1])
}

fn listed(count: usize, member: impl FnMut(usize) -> String) -> String {
    (0..count).map(member).collect::<Vec<_>>().join(",")
}

fn long_text(bytes: usize) -> String {
    event(json!({ "comment": "What a fine cup. ".repeat(bytes.saturating_sub(120) / 17 + 1) }))
}

fn wide(bytes: usize) -> String {
    unknown(bytes.saturating_sub(100) / 34 + 1)
}

fn unknown(count: usize) -> String {
    let attributes: Map<_, _> = (0..count).map(|n| (format!("attribute_{n}"), format!("value {n}").into())).collect();
    event(attributes.into())
}

fn repeated_unknown(count: usize) -> String {
    event_with(&listed(count, |n| format!(r#""colour":"shade {n}""#)))
}

fn repeated_mapped(count: usize) -> String {
    event_with(&listed(count, |n| format!(r#""itemId":"CUP-{n}""#)))
}

/// `itemid`, `itemiD`, `itemId` …, and from 64 on with separators: names are compared folded.
fn spellings(count: usize) -> String {
    event_with(&listed(count, |n| {
        let key: String = "itemid".char_indices().fold(String::new(), |mut key, (at, letter)| {
            key.push(if n >> at & 1 == 1 { letter.to_ascii_uppercase() } else { letter });
            key + if n >> (at + 6) & 1 == 1 { "_" } else { "" }
        });
        format!(r#""{key}":"CUP-{n}""#)
    }))
}

fn nested(depth: usize) -> String {
    event_with(&format!(r#""a":{}"deep"{}"#, r#"{"a":"#.repeat(depth), "}".repeat(depth)))
}

fn too_deep(depth: usize) -> String {
    event_with(&format!(r#""a":{}{}"#, "[".repeat(depth), "]".repeat(depth)))
}

fn items(count: usize) -> String {
    let item =
        |n| json!({ "itemId": format!("CUP-{n}"), "name": "Cup", "price": "12.50", "qty": 2, "category": "kitchen" });
    event(json!({ "items": (0..count).map(item).collect::<Value>() }))
}

fn odd_items(count: usize) -> String {
    let item = |n| json!({ "itemId": format!("CUP-{n}"), "engraving": { "text": "A & B", "font": "serif" }, "gift": true, "weight": 0.3 });
    event(json!({ "items": (0..count).map(item).collect::<Value>() }))
}

fn escapes(count: usize) -> String {
    event_with(&format!(r#""\u0063omment{0}":"{0}","title":"{0}""#, r"\u00e9\n\\".repeat(count / 3 + 1)))
}

fn blanks(count: usize) -> String {
    let gap = " ".repeat(count);
    let event = event(json!({ "itemId": "CUP-02", "price": 12.5, "url": "https://shop.example/p/2" }));
    event.replace(',', &format!("{gap},{gap}")).replace("\":", &format!("\"{gap}:{gap}"))
}

fn digits(count: usize) -> String {
    let digits = "1234567890".repeat(count / 10);
    event_with(&format!(r#""price":{digits},"total":0.{digits},"weight":{digits}e5"#))
}

fn addresses(count: usize) -> String {
    event(json!({ "comment": listed(count, |n| format!("ask ada.{n}@example.com")) }))
}

fn at_signs(count: usize) -> String {
    event(json!({ "comment": "@".repeat(count), "title": "a@".repeat(count) }))
}

fn parameters(count: usize) -> String {
    let query = (0..count).fold(String::new(), |mut query, n| {
        let _ = write!(query, "&p{n}=v%20{n}");
        query
    });
    event(json!({ "url": format!("https://shop.example/list?utm_source=mail{query}") }))
}

fn lines(count: usize) -> String {
    (0..count).map(|n| event(json!({ "itemId": format!("CUP-{n}") })) + "\n").collect()
}

/// Events with a kilobyte beside them that belongs to each.
fn envelope(count: usize) -> String {
    let events = (0..count)
        .map(|n| json!({ "event_type": "item_view", "ts": 1_795_450_000_000_i64, "itemId": format!("CUP-{n}") }));
    json!({ "consent": true, "note": "x".repeat(1_000), "events": events.collect::<Value>() }).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ours;
    use clickstream::reject::Reason;

    #[test]
    fn shapes_grow_and_their_records_become_rows_except_those_that_are_too_deep() {
        let mut transform = ours::transform().expect("the schema compiles");
        for shape in &SHAPES {
            let lengths: Vec<_> = shape.sizes.iter().map(|size| (shape.record)(*size).len()).collect();
            assert!(lengths.is_sorted_by(|one, next| one < next), "{}: {lengths:?}", shape.name);
            let workload = shape.workload(shape.sizes[1], 1);
            let counts = ours::answered(&mut transform, workload.body.as_bytes()).counts;
            let too_deep = counts.failed[Reason::TooDeep as usize];
            assert_eq!(
                (counts.ok, too_deep),
                if shape.name == "nesting, too deep" { (0, 1) } else { (1, 0) },
                "{}",
                shape.name
            );
        }
    }
}
