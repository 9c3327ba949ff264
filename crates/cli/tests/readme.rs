//! What README shows is what the tool prints.

use std::path::Path;
use std::process::Command;

#[test]
fn the_run_that_readme_shows_prints_what_it_shows() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let lake = std::env::temp_dir().join(format!("clickstream-readme-{}", std::process::id()));
    let output = Command::new(env!("CARGO_BIN_EXE_clickstream"))
        .args(["run", "samples/shop-day.ndjson", "--arrival", "2026-11-24T00:00:00Z", "--out"])
        .arg(&lake)
        .current_dir(&root)
        .output()
        .expect("the tool runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    std::fs::remove_dir_all(&lake).expect("the lake is there");
    let printed = String::from_utf8(output.stdout).expect("text");
    let readme = std::fs::read_to_string(root.join("README.md")).expect("README.md");
    let shown = readme.split("```").find(|block| block.trim_start().starts_with("lake/events/")).expect("the run");
    let lines: Vec<_> = shown.lines().skip(2).filter(|line| line.trim() != "…").collect();
    assert!(lines.len() >= 8);
    for line in lines {
        assert!(printed.lines().any(|other| other == line), "README shows `{line}`, but the run prints\n{printed}");
    }
}

#[test]
fn a_folder_with_other_things_in_it_is_left_alone() {
    let folder = std::env::temp_dir().join(format!("clickstream-other-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    std::fs::write(folder.join("precious"), "x").expect("a file");
    let output = Command::new(env!("CARGO_BIN_EXE_clickstream"))
        .args(["run", "/dev/null", "--out"])
        .arg(&folder)
        .output()
        .expect("the tool runs");
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("name a new one"));
    assert!(folder.join("precious").exists());
    std::fs::remove_dir_all(&folder).expect("the folder");
}

#[test]
fn the_same_input_gives_the_same_lake() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let runs = [0, 1].map(|run| {
        let lake = std::env::temp_dir().join(format!("clickstream-same-{run}-{}", std::process::id()));
        let status = Command::new(env!("CARGO_BIN_EXE_clickstream"))
            .args(["run", "samples/shop-day.ndjson", "--arrival", "2026-11-24T00:00:00Z", "--format", "json", "--out"])
            .arg(&lake)
            .current_dir(&root)
            .output()
            .expect("the tool runs");
        let errors =
            std::fs::read(lake.join("errors/processing-failed/date=2026-11-24/clickstream-1")).expect("errors");
        let rows =
            std::fs::read(lake.join("events/event_type=purchase/date=2026-11-23/clickstream-1.json")).expect("rows");
        std::fs::remove_dir_all(&lake).expect("the lake is there");
        (status.stdout, errors, rows)
    });
    assert!(runs[0] == runs[1] && runs[0].1.split_inclusive(|byte| *byte == b'\n').count() == 50);
}
