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
