//! What has been put into the stream, so that a replay that was interrupted goes on where it stopped.
//!
//! A text file, only ever appended to: the stream's name, then the SHA-256, in base64, of each row that the stream took.

use anyhow::{Context, Result, bail};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};
use std::collections::HashSet;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;

/// A row's SHA-256.
pub(super) type Key = [u8; 32];

/// The key of a row.
pub(super) fn key(row: &[u8]) -> Key {
    Sha256::digest(row).into()
}

/// An open journal. No other process has it open.
#[derive(Debug)]
pub(super) struct Journal(File);

impl Journal {
    /// Opens the journal of replays to `stream`, or begins it. Gives the keys of the rows that the stream took, too.
    pub(super) fn open(path: &Path, stream: &str) -> Result<(Self, HashSet<Key>)> {
        let cannot = || format!("cannot open the journal {}", path.display());
        let options = OpenOptions::new().read(true).append(true).create(true).to_owned();
        let mut file = options.open(path).with_context(cannot)?;
        match file.try_lock() {
            Err(TryLockError::WouldBlock) => bail!("{} is in use: another replay is running", path.display()),
            other => other.with_context(cannot)?,
        }
        let mut text = String::new();
        file.read_to_string(&mut text).with_context(cannot)?;
        let first = format!("rows put into the stream {stream}\n");
        if text.is_empty() {
            file.write_all(first.as_bytes()).with_context(cannot)?;
            return Ok((Self(file), HashSet::new()));
        }
        let Some(lines) = text.strip_prefix(&first) else {
            bail!("{} is no journal of replays to {stream}; name another with --journal", path.display());
        };
        // A line that was cut off when the machine died says nothing.
        let whole = lines.rfind('\n').map_or(0, |end| end + 1);
        file.set_len((first.len() + whole) as u64).with_context(cannot)?;
        file.seek(SeekFrom::End(0)).with_context(cannot)?;
        let parse = |line: &str| Key::try_from(STANDARD.decode(line).ok()?).ok();
        let taken: Option<HashSet<Key>> = lines[..whole].lines().map(parse).collect();
        let taken = taken.with_context(|| format!("{} is damaged; name another with --journal", path.display()))?;
        Ok((Self(file), taken))
    }

    /// Notes that the stream took these rows; they are on the disk when this returns.
    pub(super) fn note(&mut self, keys: &[Key]) -> Result<()> {
        let lines: String = keys.iter().map(|key| STANDARD.encode(key) + "\n").collect();
        self.0.write_all(lines.as_bytes()).and_then(|()| self.0.sync_data()).context("cannot write the journal")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn a_journal_remembers_and_a_line_cut_off_is_forgotten() {
        let path = std::env::temp_dir().join(format!("clickstream-journal-{}", std::process::id()));
        let rows = [key(b"a"), key(b"b")];
        Journal::open(&path, "s").expect("a new one").0.note(&rows).expect("noted");
        let text = fs::read_to_string(&path).expect("text");
        fs::write(&path, &text[..text.len() - 3]).expect("cut");
        let (mut journal, taken) = Journal::open(&path, "s").expect("an old one");
        assert_eq!(taken, HashSet::from([rows[0]]));
        journal.note(&rows[1..]).expect("noted");
        assert!(Journal::open(&path, "s").expect_err("in use").to_string().contains("another replay"));
        drop(journal);
        assert_eq!(fs::read_to_string(&path).expect("text"), text);
        assert!(Journal::open(&path, "t").expect_err("another stream").to_string().contains("--journal"));
        fs::remove_file(&path).expect("removed");
    }
}
