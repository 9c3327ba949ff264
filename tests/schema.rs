//! The schema file: what is wrong with one is said at once, and what is added to one appears everywhere.

mod support;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use clickstream::blocks::blocks;
use clickstream::ddl;
use clickstream::schema::{EMBEDDED, Plan};
use clickstream::transform::Transform;
use serde_json::json;

const NEW_COLUMN: &str = r#"
[[column]]
name = "gift_note"
type = "varchar(64)"
description = "What the card says"
sources = ["gift.note", "greeting"]
"#;

#[test]
fn a_new_column_and_a_new_alias_appear_in_row_ddl_and_docs() {
    let text = EMBEDDED
        .replace(r#"aliases = ["Product Reviewed"]"#, r#"aliases = ["Product Reviewed", "Stars Given"]"#)
        + NEW_COLUMN;
    let plan = Plan::parse("schema.toml", &text).unwrap_or_else(|problems| panic!("{problems}"));
    for (language, definition) in [
        (ddl::spectrum(&plan), "\"gift_note\" varchar(64)"),
        (ddl::warehouse::table(&plan), "\"gift_note\" varchar(64)"),
        (ddl::glue(&plan), "{Name: gift_note, Type: \"varchar(64)\"}"),
        (
            ddl::documentation(&plan),
            "| `gift_note` | varchar(64) | What the card says | `gift_note`, `gift.note`, `greeting` |",
        ),
    ] {
        assert!(language.contains(definition), "{definition} is not in\n{language}");
    }
    let event = json!({ "event": "stars given", "Gift": { "note": "Happy birthday" }, "ts": "2026-11-23T10:15:00Z" });
    let made = support::outcome(&mut Transform::new(plan), &STANDARD.encode(event.to_string()), 1_795_428_930_123);
    assert_eq!(made["partition"], "event_type=review/date=2026-11-23/");
    assert_eq!(made["rows"][0]["gift_note"], "Happy birthday");
}

#[test]
fn arrays_are_read_by_position_and_by_key_and_the_rest_stays_in_extra() {
    let text = EMBEDDED.to_owned()
        + &NEW_COLUMN.replace(
            r#""gift.note", "greeting""#,
            r#""event_params[key=card].value.string_value", "notes[1].text", "items[0].card.text""#,
        );
    let plan = Plan::parse("schema.toml", &text).unwrap_or_else(|problems| panic!("{problems}"));
    let mut transform = Transform::new(plan);
    let mut row_of = |event: String| {
        let mut made = support::outcome(&mut transform, &STANDARD.encode(event), 1_795_428_930_123);
        made["rows"][0].take()
    };
    // Said again by a repeated key, too.
    let twice = row_of(
        r#"{"items":[{"id":"A","card":{"text":"Enjoy"},"x":1}],"items":[{"id":"A","card":{"text":"Enjoy"}}]}"#.into(),
    );
    assert_eq!(twice["gift_note"], "Enjoy");
    assert_eq!(twice["extra"]["items"], json!([{ "id": "A", "card": { "text": "Enjoy" }, "x": 1 }]));
    let mut row = |event: serde_json::Value| row_of(event.to_string());
    let keyed = row(json!({ "event_params": [
        { "key": "page", "value": { "string_value": "home" } },
        { "key": "card", "value": { "string_value": "Happy birthday" } },
        { "key": "Card", "value": { "int_value": 7 } },
    ] }));
    assert_eq!(keyed["gift_note"], "Happy birthday");
    assert_eq!(
        keyed["extra"],
        json!({ "event_params": [
            { "key": "page", "value": { "string_value": "home" } },
            { "key": "Card", "value": { "int_value": 7 } },
        ] })
    );
    let indexed = row(json!({ "notes": [{ "text": "first" }, { "text": "second", "lang": "en" }] }));
    assert_eq!(indexed["gift_note"], "second");
    assert_eq!(indexed["extra"], json!({ "notes": [{ "text": "first" }, { "lang": "en" }] }));
    let item =
        row(json!({ "items": [{ "id": "A", "card": { "text": "Enjoy" } }, { "id": "B", "card": { "text": "No" } }] }));
    assert_eq!((&item["gift_note"], &item["item_id"]), (&json!("Enjoy"), &json!("A")));
    // What a column only looks at stays with its item.
    assert_eq!(item["items"][0], json!({ "item_id": "A", "extra": { "card": { "text": "Enjoy" } } }));
}

/// One change to the schema file, and what must be said of it.
const BROKEN: [(&str, &str, &str); 32] = [
    ("version = 1", "version = 0", "count versions from 1"),
    ("version = 1", "", "`version` is missing"),
    ("version = 1", "version = \"one\"", "a whole number"),
    ("version = 1", "version = 1\ncolour = \"red\"", "unknown key `colour`"),
    ("version = 1", "version = = 1", "not TOML"),
    ("late_days = 7 ", "late_days = 30 ", "x 32 days"),
    ("early_minutes = 60", "early_minutes = 90", "more than an hour"),
    ("name = \"previous_id\"", "name = \"user\"", "reserved word"),
    ("name = \"previous_id\"", "name = \"xmin\"", "reserved word"),
    ("name = \"previous_id\"", "name = \"date\"", "partition key"),
    ("name = \"previous_id\"", "name = \"user_id\"", "column `user_id` is there twice"),
    ("name = \"previous_id\"", "name = \"previousId\"", "not a name"),
    ("name = \"previous_id\"", "nam = \"previous_id\"", "unknown key `nam`"),
    (
        "name = \"previous_id\"",
        "name = \"prior_id\"",
        "column 7 is `prior_id`, but files in S3 have `previous_id` there",
    ),
    ("type = \"bigint\"", "type = \"integer\"", "`item_quantity` is integer, but files in S3 have it as bigint"),
    ("name = \"logout\"", "name = \"a_name_of_more_than_thirty_two_bytes\"", "longer than 32 bytes"),
    (
        "sources = [\"$anon_distinct_id\"]",
        "sources = [\"customer_id\"]",
        "source `customer_id` fills `user_id` already",
    ),
    ("sources = [\"$anon_distinct_id\"]", "sources = [\"CustomerId\"]", "source `CustomerId` fills `user_id` already"),
    ("sources = [\"$anon_distinct_id\"]", "sources = [\"card.cvv\"]", "privacy removes `cvv`"),
    ("sources = [\"$anon_distinct_id\"]", "sources = [\"a..b\"]", "a step of the path is empty"),
    (
        "sources = [\"$anon_distinct_id\"]",
        "sources = [\"first(items, price)\"]",
        "needs a column of type decimal(18,4), the item field's",
    ),
    ("sources = [\"$anon_distinct_id\"]", "sources = [\"first(items, colour)\"]", "an item field that is not there"),
    ("sources = [\"$anon_distinct_id\"]", "sources = [\"items[key=a].id\"]", "both by key and in another way"),
    ("sources = [\"$anon_distinct_id\"]", "sources = [\"host(nothing)\"]", "reads a column that is not there"),
    (
        "sources = [\"$anon_distinct_id\"]",
        "sources = [\"bot(user_agent)\"]",
        "needs a column of type the kind it makes",
    ),
    ("sources = [\"$anon_distinct_id\"]", "sources = [\"host(page_url)\", \"old_id\"]", "stands after a function"),
    ("on(event_value, purchase)", "on(event_value, purchse)", "`purchse` in source"),
    ("on(event_value, purchase)", "on(event_value, refund, order_placed)", "not an alias"),
    ("rule = \"ip\"", "rule = \"address\"", "there is no rule `address`"),
    ("name = \"logout\"", "name = \"Log out\"", "`Log out` is not a name"),
    ("aliases = [\"Signed Out\"", "aliases = [\"Signed In\"", "`Signed In` already means `login`"),
    ("sources = [\"extra()\"]", "sources = []", "no column has the source `extra()`"),
];

#[test]
fn each_mistake_is_told_with_line_cause_and_remedy() {
    for (good, bad, cause) in BROKEN {
        let at = EMBEDDED.find(good).unwrap_or_else(|| panic!("`{good}` is not in schema.toml"));
        let text = [&EMBEDDED[..at], bad, &EMBEDDED[at + good.len()..]].concat();
        let problems = Plan::parse("schema.toml", &text).expect_err(bad);
        let found = problems.list.iter().find(|p| p.cause.contains(cause) || p.remedy.contains(cause));
        let found = found.unwrap_or_else(|| panic!("`{bad}` should say `{cause}`, but: {problems}"));
        let line = EMBEDDED[..at].lines().count();
        let named = found.cause.split('`').nth(1).unwrap_or_default();
        let names_it = text.lines().nth(found.line - 1).is_some_and(|line| line.contains(named));
        let about_the_whole_file = found.line == 1;
        assert!(
            about_the_whole_file || names_it || (line..=line + 1).contains(&found.line),
            "`{bad}` on line {line}: {problems}"
        );
        assert!(!found.remedy.is_empty());
    }
}

#[test]
fn types_that_spectrum_cannot_hold_are_refused_where_they_stand() {
    for kind in ["super", "timestamptz", "date", "double precision", "text", "geometry", "varchar(70000)"] {
        let text = EMBEDDED.to_owned() + &NEW_COLUMN.replace("varchar(64)", kind);
        let problems = Plan::parse("schema.toml", &text).expect_err(kind);
        assert_eq!(problems.list.len(), 1, "{problems}");
        assert_eq!(problems.list[0].line, EMBEDDED.lines().count() + 4, "{problems}");
    }
}

#[test]
fn a_schema_has_at_most_256_columns() {
    let with = |columns: usize| {
        let bare = NEW_COLUMN.replace(r#""gift.note", "greeting""#, "");
        let numbers = EMBEDDED.matches("[[column]]").count()..columns;
        let new: String = numbers.map(|n| bare.replace("gift_note", &format!("note_{n}"))).collect();
        Plan::parse("schema.toml", &[EMBEDDED, &new].concat())
    };
    assert!(with(256).is_ok());
    let problems = with(257).expect_err("too many");
    assert_eq!(problems.list.len(), 1, "{problems}");
    assert_eq!(problems.list[0].cause, "there are more than 256 columns");
}

#[test]
fn all_mistakes_are_told_at_once() {
    let text =
        EMBEDDED.replace("late_days = 7 ", "late_days = 30 ").replace("version = 1", "version = 1\ncolour = \"red\"")
            + &NEW_COLUMN.replace("gift_note", "tag");
    let problems = Plan::parse("my.toml", &text).expect_err("three mistakes");
    assert_eq!(problems.list.len(), 3, "{problems}");
    assert!(problems.list.is_sorted());
    assert!(
        problems.to_string().starts_with("3 problems in my.toml:\n  my.toml:5: unknown key `colour`\n    remedy: "),
        "{problems}"
    );
}

#[test]
fn generated_files_are_fresh() {
    let plan = Plan::embedded().expect("the schema compiles");
    for (path, content) in ddl::files(&plan) {
        let committed = std::fs::read_to_string(path).unwrap_or_default();
        assert!(committed == content, "{path} is stale: run `make generate` and commit it");
    }
    for block in blocks(&plan) {
        let (path, name) = (block.path, block.name);
        let committed = std::fs::read_to_string(path).unwrap_or_default();
        let fresh = block.within(&committed).unwrap_or_else(|| panic!("{path} has no marks of {name}"));
        assert!(committed == fresh, "{name} in {path} are stale: run `make generate` and commit it");
    }
}
