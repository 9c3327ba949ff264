//! The error objects of a folder, as `aws s3 sync` leaves them.

use super::object::{self, Undelivered};
use crate::input::plain;
use anyhow::{Context, Result};
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

/// The most bytes of an object that are read, unpacked. Firehose buffers at most 128 MiB (API reference,
/// `BufferingHints`); base64 and the names around it do not make four times as much of it.
const MAX_OBJECT: u64 = 512 << 20;

/// The files in these folders, at any depth, and these files, in order of name. Hidden ones are nobody's error objects.
pub(super) fn below(paths: &[PathBuf]) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for path in paths {
        let about = fs::metadata(path).with_context(|| format!("cannot read {}", path.display()))?;
        if about.is_dir() { walk(path, &mut files)? } else { files.push(path.clone()) }
    }
    Ok(files)
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    let cannot = || format!("cannot read {}", folder.display());
    let mut entries = fs::read_dir(folder).with_context(cannot)?.collect::<Result<Vec<_>, _>>().with_context(cannot)?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        if entry.file_name().to_string_lossy().starts_with('.') {
            continue;
        }
        if entry.file_type().with_context(cannot)?.is_dir() {
            walk(&entry.path(), files)?;
        } else {
            files.push(entry.path());
        }
    }
    Ok(())
}

/// The records of one error object, gzip or not: whether the stream's compression applies to them is not documented.
/// What of it cannot be read is the last of them.
pub(super) fn records(path: &Path) -> Vec<Undelivered> {
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(plain).and_then(|reader| reader.take(MAX_OBJECT).read_to_end(&mut bytes));
    let mut records = object::records(path, &bytes);
    let broken = match read {
        Ok(_) if bytes.len() as u64 == MAX_OBJECT => Some("it is larger than any object that Firehose writes".into()),
        Ok(_) => None,
        Err(error) => Some(error.to_string()),
    };
    records.extend(broken.map(|why| object::unreadable(path, why)));
    records
}
