//! The walk through docs/schema.md, "Fit the schema to your site", done as it says: what it shows is what comes.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The blocks of the section: their language and their lines.
fn blocks(page: &str) -> Vec<(&str, Vec<&str>)> {
    let section = page.split("\n## ").find(|section| section.starts_with("Fit the schema")).expect("the section");
    let fenced = section.split("```").skip(1).step_by(2);
    fenced
        .map(|block| {
            block.split_once('\n').map(|(language, text)| (language, text.lines().collect())).expect("a block")
        })
        .collect()
}

/// A folder that is removed in the end.
struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[test]
fn the_walk_through_the_schema_goes_as_it_is_written() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let folder = Folder(std::env::temp_dir().join(format!("clickstream-fit-{}", std::process::id())));
    std::fs::create_dir_all(&folder.0).expect("a folder");
    std::fs::copy(root.join("schema.toml"), folder.0.join("schema.toml")).expect("the schema");
    std::fs::copy(root.join("samples/own-site.ndjson"), folder.0.join("own-site.ndjson")).expect("the events");
    let page = std::fs::read_to_string(root.join("docs/schema.md")).expect("docs/schema.md");
    let mut aliases = None;
    let mut commands = 0;
    for (language, lines) in blocks(&page) {
        if language == "toml" {
            // "Take the aliases of `item_view` as they stand above, set `version = 2`, and add at the end"
            let schema = std::fs::read_to_string(folder.0.join("schema.toml")).expect("the schema");
            let aliases: &str = aliases.take().expect("aliases are shown before");
            let (before, after) = schema.split_once("name = \"item_view\"\n").expect("the event type");
            let (_, after) = after.split_once('\n').expect("its aliases");
            let mine = format!("{before}name = \"item_view\"\n{aliases}\n{after}\n{}\n", lines.join("\n"));
            let mine = mine.replacen("\nversion = 1\n", "\nversion = 2\n", 1);
            std::fs::write(folder.0.join("my-schema.toml"), mine).expect("my schema");
            continue;
        }
        aliases = lines.iter().copied().find(|line| line.starts_with("aliases = ")).or(aliases);
        let command = lines[0].strip_prefix("$ clickstream ").expect("a command");
        let output = Command::new(env!("CARGO_BIN_EXE_clickstream"))
            .args(command.split_whitespace())
            .current_dir(&folder.0)
            .output()
            .expect("the tool runs");
        assert!(output.status.success(), "{command}: {}", String::from_utf8_lossy(&output.stderr));
        let printed = String::from_utf8(output.stdout).expect("text");
        let mut rest = printed.lines();
        let mut skips = false;
        for line in &lines[1..] {
            if *line == "…" {
                skips = true;
                continue;
            }
            let found = if skips { rest.any(|other| other == *line) } else { rest.next() == Some(line) };
            assert!(found, "{command}: the page shows `{line}`, but this comes:\n{printed}");
            skips = false;
        }
        assert!(skips || rest.next().is_none(), "{command} prints more than the page shows:\n{printed}");
        commands += 1;
    }
    assert_eq!(commands, 4);
}
