//! Every file in tests/golden is one record and what becomes of it; its name says what it shows.
//! `BLESS=1 cargo test --test golden` writes what the transform makes today: read the diff before committing it.

mod support;

use serde_json::{Value, json};
use std::fs;
use support::{outcome, record_bytes, transform};

#[test]
fn every_golden_record_becomes_what_its_file_says() {
    let mut files: Vec<_> =
        fs::read_dir("tests/golden").expect("a folder").map(|f| f.expect("a file").path()).collect();
    files.sort();
    assert!(files.len() >= 60, "only {} golden files", files.len());
    let bless = std::env::var_os("BLESS").is_some();
    let mut wrong = Vec::new();
    for file in files {
        let mut case: Value = serde_json::from_str(&fs::read_to_string(&file).expect("text")).expect("JSON");
        let arrival = case["arrival"]
            .as_str()
            .map_or(1_795_428_930_123, |text| clickstream::derive::time::parse(text).expect("an arrival time"));
        let made = outcome(&mut transform(), &record_bytes(&case), arrival);
        if case["becomes"] == made {
            continue;
        }
        if bless {
            case["becomes"] = made;
            fs::write(&file, format!("{case:#}\n")).expect("written");
        } else {
            wrong.push(format!("{}\n  expected {}\n  but got  {made}", file.display(), case["becomes"]));
        }
    }
    assert!(wrong.is_empty(), "{} golden files differ:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn the_rows_of_golden_records_have_the_schemas_columns_in_order() {
    let columns: Vec<_> = transform().plan().columns.iter().map(|column| format!("\"{}\":", column.name)).collect();
    for file in fs::read_dir("tests/golden").expect("a folder") {
        let case: Value =
            serde_json::from_str(&fs::read_to_string(file.expect("a file").path()).expect("text")).expect("JSON");
        let mut transform = transform();
        if outcome(&mut transform, &record_bytes(&case), 0)["rows"] == json!(null) {
            continue;
        }
        for line in std::str::from_utf8(transform.rows()).expect("UTF-8").lines() {
            let row: Value = serde_json::from_str(line).expect("a row");
            let there: Vec<_> = columns.iter().filter(|c| row.get(&c[1..c.len() - 2]).is_some()).collect();
            assert_eq!(there.len(), row.as_object().expect("an object").len(), "a key outside the schema: {line}");
            let mut rest = line;
            for column in there {
                let at = rest.find(column.as_str()).unwrap_or_else(|| panic!("{column} out of order: {line}"));
                rest = &rest[at + column.len()..];
            }
        }
    }
}
