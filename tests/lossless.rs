//! Nothing is lost, and nothing leaks: every text of an event is somewhere in its row, unless privacy forbids it.

mod support;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use clickstream::schema::{Plan, fold};
use clickstream::transform::Transform;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value};
use std::cell::RefCell;
use std::collections::BTreeSet;
use support::transform;

/// Keys whose values privacy may take away: those of addresses, and those that it removes.
const PRIVATE: [&str; 16] = [
    "remoteaddress",
    "xforwardedfor",
    "ip",
    "ipaddress",
    "clientip",
    "remoteaddr",
    "ipoverride",
    "requestip",
    "email",
    "useremail",
    "customeremail",
    "emailaddress",
    "emailsha256",
    "sha256emailaddress",
    "password",
    "token",
];

/// What stands under such a key: an address of each kind.
const SECRET: &str = "203.0.113.77, Ada <ada@secret.example>";

fn keys() -> &'static [String] {
    let plan = Plan::embedded().expect("the schema compiles");
    let mut keys: BTreeSet<String> = plan.sources.iter().flat_map(|s| s.path.split('.').map(str::to_owned)).collect();
    keys.extend(["colour", "a", "A", "a~1", "", "größe", "batch", "data", "password", "token"].map(String::from));
    keys.into_iter().collect::<Vec<_>>().leak()
}

/// JSON whose every scalar is the text "x"; see [`named`].
fn tree(keys: &'static [String]) -> impl Strategy<Value = Value> {
    let members = move |value: BoxedStrategy<Value>| {
        let pairs = vec((select(keys), value), 0..7);
        pairs.prop_map(|pairs| Value::from(pairs.into_iter().collect::<Map<_, _>>()))
    };
    let value = Just(Value::from("x")).prop_recursive(4, 24, 6, move |inner| {
        prop_oneof![vec(inner.clone(), 0..4).prop_map(Value::from), members(inner.boxed())]
    });
    members(value.boxed())
}

/// Gives every scalar a text of its own, and collects those that must not be lost.
fn named(value: &mut Value, is_private: bool, wide: &[usize], texts: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (key, value) in members {
                named(value, is_private || PRIVATE.contains(&fold(key).as_str()), wide, texts);
            }
        }
        Value::Array(elements) => elements.iter_mut().for_each(|element| named(element, is_private, wide, texts)),
        scalar => {
            let text = format!("{}text{}x", "ü".repeat(wide[texts.len() % wide.len()]), texts.len());
            *scalar = Value::from(if is_private { SECRET.into() } else { text.clone() });
            // A private one stands in the list to be counted, but as a text that is everywhere.
            texts.push(if is_private { String::new() } else { text });
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_text_of_an_event_is_in_its_row_and_no_secret_is(mut event in tree(keys()), wide in vec(prop_oneof![4 => 0..3usize, 1 => 0..700usize], 1..9)) {
        let mut texts = Vec::new();
        named(&mut event, false, &wide, &mut texts);
        thread_local!(static TRANSFORM: RefCell<Transform> = RefCell::new(transform()));
        let (made, rows) = TRANSFORM.with_borrow_mut(|transform| {
            let made = transform.record(STANDARD.encode(event.to_string()), 1_795_428_930_123, 6_000_000);
            (made, std::str::from_utf8(transform.rows()).expect("UTF-8").to_owned())
        });
        // An envelope may hold events of different types; then the whole record is kept elsewhere.
        prop_assume!(made.is_ok() && !rows.contains("overflow"));
        prop_assert!(!rows.contains("203.0.113.77") && !rows.contains("secret"), "{} leaks into {}", event, rows);
        let again = TRANSFORM.with_borrow_mut(|transform| {
            transform.record(STANDARD.encode(&rows), 1_795_428_930_123, 6_000_000).expect("rows are a record");
            std::str::from_utf8(transform.rows()).expect("UTF-8").to_owned()
        });
        prop_assert_eq!(&again, &rows, "rows come back as they are");
        for text in &texts {
            prop_assert!(rows.contains(text.as_str()), "{} of {} is not in {}", text, event, rows);
        }
    }
}
