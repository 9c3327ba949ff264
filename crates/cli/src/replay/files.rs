//! The error objects of a folder, as `aws s3 sync` leaves them.

use super::folder;
use super::object::{self, Undelivered};
use crate::input::plain;
use anyhow::{Context, Result};
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

/// The most bytes of an object that are read, unpacked. Firehose buffers at most 128 MiB (API reference,
/// `BufferingHints`); base64 and the names around it do not make four times as much of it.
const MAX_OBJECT: u64 = 512 << 20;

/// What every error object has, in lower case.
const RAW_DATA: &[u8] = b"\"rawdata\"";

/// The most bytes of an object that are looked at to tell whether it is one of errors. Firehose writes an object's record
/// first, or after a few short members.
const MAX_LOOK: u64 = 16 << 10;

/// A file that may be an error object.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) path: PathBuf,
    /// It was found in a folder, not named.
    in_folder: bool,
}

impl Found {
    /// Whether it is something else, as a folder that holds a whole bucket has: rows, source records. What was named is an
    /// error object, and so is what lies in one of Firehose's folders for such, even if it cannot be read.
    pub(super) fn is_other(&self) -> bool {
        if !self.in_folder || folder::in_path(&self.path).is_some() {
            return false;
        }
        let mut start = Vec::new();
        let reader = File::open(&self.path).and_then(plain);
        // What cannot be read to there may yet be an error object, and is told of as one.
        let read = reader.and_then(|reader| reader.take(MAX_LOOK).read_to_end(&mut start));
        let has_raw_data = start.windows(RAW_DATA.len()).any(|bytes| bytes.eq_ignore_ascii_case(RAW_DATA));
        read.is_ok() && !has_raw_data
    }
}

/// The files in these folders, at any depth, and these files, in order of name. Hidden ones are nobody's error objects.
pub(super) fn below(paths: &[PathBuf]) -> Result<Vec<Found>> {
    let mut files = Vec::new();
    for path in paths {
        let about = fs::metadata(path).with_context(|| format!("cannot read {}", path.display()))?;
        let in_folder = about.is_dir();
        let mut below = Vec::new();
        if in_folder {
            walk(path, &mut below)?;
        } else {
            below.push(path.clone());
        }
        files.extend(below.into_iter().map(|path| Found { path, in_folder }));
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
