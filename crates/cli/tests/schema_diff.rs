//! `clickstream schema diff` against changes of the project's own schema.

use clickstream::schema::EMBEDDED;
use serde_json::{Value, json};
use std::path::PathBuf;
use std::process::Command;

const NEW_COLUMN: &str = "\n[[column]]\nname = \"gift_note\"\ntype = \"varchar(64)\"\ndescription = \"What the card says\"\nsources = [\"gift.note\"]\n";
const NEW_TYPE: &str = "[[event_type]]\nname = \"gift\"\naliases = [\"Gift Wrapped\"]\n\n";

/// A file of this test alone.
struct File(PathBuf);

impl File {
    fn new(name: &str, text: &str) -> Self {
        let path = std::env::temp_dir().join(format!("clickstream-diff-{}-{name}.toml", std::process::id()));
        std::fs::write(&path, text).expect("a file");
        Self(path)
    }
}

impl Drop for File {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

fn run(old: &File, new: Option<&File>, json: bool) -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_clickstream"));
    command.args(["schema", "diff"]).arg(&old.0);
    command.args(new.map(|new| &new.0)).args(json.then_some("--json"));
    let output = command.output().expect("the tool runs");
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    (output.status.code(), String::from_utf8(output.stdout).expect("text"))
}

/// The differences from `old` to `new`; the exit code is held against them.
fn diff(name: &str, old: &str, new: &str) -> Value {
    let [old, new] = [("old", old), ("new", new)].map(|(which, text)| File::new(&format!("{name}-{which}"), text));
    let (code, printed) = run(&old, Some(&new), true);
    let diff: Value = serde_json::from_str(&printed).expect("JSON");
    let refused = diff["changes"].as_array().expect("changes").iter().filter(|change| change["safe"] == false).count();
    assert_eq!((&diff["unsafe"], code), (&json!(refused), Some(i32::from(refused > 0))), "{diff}");
    diff
}

fn edited(from: &str, to: &str) -> String {
    assert!(EMBEDDED.contains(from), "{from}");
    EMBEDDED.replacen(from, to, 1)
}

/// Without the list that holds columns to their places: the diff has to see by itself.
fn unreleased(text: &str) -> String {
    let (before, after) = text.split_once("released = [").expect("the list");
    let (_, after) = after.split_once("\n]\n").expect("its end");
    format!("{before}{after}")
}

/// A column's section.
fn section(name: &str) -> &'static str {
    let at = EMBEDDED.find(&format!("[[column]]\nname = \"{name}\"\n")).expect("the column");
    let length = EMBEDDED[at + 1..].find("[[column]]").map_or(EMBEDDED.len() - at, |next| next + 1);
    &EMBEDDED[at..at + length]
}

#[test]
fn what_files_in_s3_cannot_bear_is_refused_and_why() {
    let tax = "type = \"decimal(18,4)\"\ndescription = \"Tax on";
    let session = "type = \"integer\"\ndescription = \"Which of the visitor's sessions";
    let [platform, visitor] = ["platform", "anonymous_id"].map(section);
    let moved = EMBEDDED.replacen(platform, "", 1).replacen(visitor, &(platform.to_owned() + visitor), 1);
    for (name, new, about, change, why) in [
        (
            "rename",
            edited("name = \"previous_id\"", "name = \"prior_id\""),
            "previous_id",
            "is renamed to prior_id",
            "null",
        ),
        ("remove", EMBEDDED.replacen(section("geo_region"), "", 1), "geo_region", "is gone", "by place"),
        ("move", moved, "platform", "stands in another place", "by place"),
        (
            "insert",
            EMBEDDED.replacen(section("app_id"), &(NEW_COLUMN.to_owned() + section("app_id")), 1),
            "gift_note",
            "is new, before columns",
            "by place",
        ),
        (
            "retype",
            edited(tax, &tax.replace("18,4", "18,2")),
            "order_tax",
            "decimal(18,4) becomes decimal(18,2)",
            "type differs",
        ),
        (
            "widen-integer",
            edited(session, &session.replace("integer", "bigint")),
            "session_number",
            "integer becomes bigint",
            "type differs",
        ),
        (
            "narrow",
            edited("type = \"varchar(1024)\"\ndescription = \"Title", "type = \"varchar(512)\"\ndescription = \"Title"),
            "page_title",
            "varchar(1024) becomes varchar(512)",
            "longer values",
        ),
    ] {
        let diff = diff(name, EMBEDDED, &unreleased(&new));
        let refused: Vec<_> =
            diff["changes"].as_array().expect("changes").iter().filter(|c| c["safe"] == false).collect();
        assert_eq!(refused.len(), 1, "{name}: {diff}");
        assert_eq!((&refused[0]["about"], &refused[0]["name"]), (&json!("column"), &json!(about)), "{name}: {diff}");
        let says = |field: &str, what: &str| refused[0][field].as_str().is_some_and(|text| text.contains(what));
        assert!(says("change", change) && says("effect", why), "{name}: {diff}");
    }
}

/// A case of a safe change: its name, the new schema; what it is about, which one, what is said of it and of its effect.
type Safe = (&'static str, String, &'static str, &'static str, &'static str, &'static str);

fn assert_told_as_safe<const N: usize>(cases: [Safe; N]) {
    for (name, new, about, of, change, effect) in cases {
        let diff = diff(name, EMBEDDED, &new);
        assert_eq!(diff["unsafe"], 0, "{name}: {diff}");
        let holds = |told: &Value| {
            let says = |field: &str, what: &str| told[field].as_str().is_some_and(|text| text.contains(what));
            told["about"] == about && told["name"] == of && says("change", change) && says("effect", effect)
        };
        assert!(diff["changes"].as_array().expect("changes").iter().any(holds), "{name}: {diff:#}");
    }
}

#[test]
fn a_change_of_the_row_that_files_can_bear_is_told_with_its_effect() {
    let version = |text: &str| text.replacen("version = 1", "version = 2", 1);
    let coupon = "name = \"coupon\"\ntype = \"varchar(255)\"\ndescription = \"Coupon used\"";
    assert_told_as_safe([
        (
            "column",
            version(&(EMBEDDED.to_owned() + NEW_COLUMN)),
            "column",
            "gift_note",
            "is new, at the end",
            "external table",
        ),
        (
            "wider",
            version(&edited(coupon, &coupon.replace("255", "512"))),
            "column",
            "coupon",
            "varchar(255) becomes varchar(512)",
            "alter column \"coupon\" type varchar(512)",
        ),
        (
            "source",
            version(&edited("\"voucher\", ", "\"voucher\", \"bon\", ")),
            "column",
            "coupon",
            "source bon is new",
            "so far it was in extra",
        ),
        (
            "steal",
            version(&edited("\"cid\", ", "").replacen("\"sid\"]", "\"sid\", \"cid\"]", 1)),
            "column",
            "session_id",
            "source cid is new",
            "so far it was in anonymous_id",
        ),
        (
            "drop",
            version(&edited("\"voucher\", ", "")),
            "column",
            "coupon",
            "source voucher is gone",
            "it goes to extra",
        ),
        (
            "order",
            version(&edited("\"gclid\", \"gbraid\"", "\"gbraid\", \"gclid\"")),
            "column",
            "click_id",
            "in another order",
            "another one may win",
        ),
        (
            "rule",
            version(&edited("rule = \"ip\"\n", "")),
            "column",
            "ip_address",
            "rule ip becomes no rule",
            "no longer protected",
        ),
        ("version", EMBEDDED.to_owned() + NEW_COLUMN, "schema", "version", "is 1, and was 1", "count it up"),
        ("item", edited("name = \"discount\"", "name = \"rebate\""), "item", "discount", "is gone", "extra"),
        ("item-new", edited("name = \"discount\"", "name = \"rebate\""), "item", "rebate", "is new", "do not have it"),
    ]);
}

#[test]
fn a_change_of_names_privacy_or_partitions_is_told_with_its_effect() {
    assert_told_as_safe([
        (
            "type",
            edited("[[event_type]]\nname = \"other\"", &(NEW_TYPE.to_owned() + "[[event_type]]\nname = \"other\"")),
            "event_type",
            "gift",
            "events named gift, Gift Wrapped move from other to gift",
            "event_type=other",
        ),
        (
            "alias",
            edited("[\"Product Reviewed\"]", "[\"Product Reviewed\", \"Stars Given\"]"),
            "event_type",
            "review",
            "events named Stars Given move from other to review",
            "event_type=other",
        ),
        (
            "alias-moves",
            edited(", \"checkout\", ", ", ").replacen(
                "\"checkout_progress\"",
                "\"checkout_progress\", \"checkout\"",
                1,
            ),
            "event_type",
            "checkout_step",
            "events named checkout move from checkout_start to checkout_step",
            "event_type=checkout_start",
        ),
        (
            "type-gone",
            edited("[[event_type]]\nname = \"review\"\naliases = [\"Product Reviewed\"]\n", ""),
            "event_type",
            "other",
            "events named Product Reviewed, review move from review to other",
            "event_type=review",
        ),
        ("late", edited("late_days = 7", "late_days = 9"), "partition", "late_days", "7 becomes 9", "registered"),
        (
            "early",
            edited("early_minutes = 60", "early_minutes = 5"),
            "partition",
            "early_minutes",
            "60 becomes 5",
            "time_clamped",
        ),
        (
            "worst",
            edited("late_days = 7", "late_days = 9"),
            "partition",
            "worst case",
            "grow from 279 to 341",
            "of 500",
        ),
        ("private", edited("\"cvv\", ", "\"cvv\", \"birthday\", "), "privacy", "birthday", "is new", "from now on"),
        ("public", edited("\"cvv\", ", ""), "privacy", "cvv", "is off the list", "stored from now on"),
        ("ids", edited("\"guest\", ", ""), "ids", "guest", "is off the list", "one person"),
        ("envelope", edited("\"batch\", ", ""), "envelope", "batch", "is off the list", "extra"),
        (
            "dialect",
            edited("none = [\"distinct_id\"]\n", ""),
            "dialect",
            "source_dialect",
            "told apart otherwise",
            "dialect",
        ),
    ]);
}

#[test]
fn a_schema_against_itself_has_no_differences_and_the_built_in_one_is_the_default() {
    let same = File::new("same", &edited("description = \"The order\"", "description = \"Which order\""));
    let (code, printed) = run(&same, None, false);
    assert_eq!(code, Some(0));
    assert!(printed.starts_with("0 changes from ") && printed.contains("to the built-in schema.toml"), "{printed}");
    let other = File::new("other", &edited("late_days = 7", "late_days = 8"));
    let (code, printed) = run(&other, None, true);
    let diff: Value = serde_json::from_str(&printed).expect("JSON");
    assert_eq!((code, &diff["partitions"]), (Some(0), &json!({ "from": 310, "to": 279 })));
}

#[test]
fn a_new_schema_that_does_not_load_is_refused() {
    let diff = diff("broken", EMBEDDED, &edited("rule = \"ip\"", "rule = \"address\""));
    let file = &diff["changes"][0];
    assert_eq!((&file["about"], &file["safe"]), (&json!("file"), &json!(false)));
    assert!(file["change"].as_str().is_some_and(|text| text.contains("no rule `address`")), "{diff}");
}

#[test]
fn the_schema_is_named_before_or_after_what_is_asked_of_it() {
    let file = File::new("named", "no schema");
    let path = file.0.to_str().expect("text");
    let orders = [vec!["schema", "--schema", path, "check"], vec!["schema", "check", "--schema", path]];
    let told = orders.map(|arguments| {
        let output = Command::new(env!("CARGO_BIN_EXE_clickstream")).args(arguments).output().expect("the tool runs");
        (output.status.success(), String::from_utf8(output.stderr).expect("text"))
    });
    assert!(!told[0].0 && told[0].1.contains(path) && told[0] == told[1], "{told:?}");
    let both = ["schema", "diff", path, path, "--schema", path];
    let output = Command::new(env!("CARGO_BIN_EXE_clickstream")).args(both).output().expect("the tool runs");
    assert!(!output.status.success() && String::from_utf8_lossy(&output.stderr).contains("not both"));
}
