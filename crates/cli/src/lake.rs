//! A folder laid out like the bucket: it appears whole or not at all.

use crate::interrupt::{self, Removed};
use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// Marks a folder as one that this tool made and may make anew. Locked while the folder is written.
const MARK: &str = ".clickstream-lake";

/// Where records wait for their objects, inside the folder while it is written.
const SPOOL: &str = ".spool";

/// The most bytes of a file's name.
const MOST_NAME: usize = 255;

/// A lake while it is written, beside the place where it will be, as `….partial`.
///
/// What is not finished goes away again, when the process is interrupted too. If that could not be (the machine died) the next
/// run for the same place clears it away.
#[derive(Debug)]
pub(crate) struct Lake {
    place: PathBuf,
    partial: PathBuf,
    /// The partial folder goes before its mark is unlocked.
    _removed: Removed,
    /// No other process writes for the same place while this is open.
    _mark: File,
}

/// An object while it is written.
#[derive(Debug)]
pub(crate) struct Object {
    key: String,
    file: BufWriter<File>,
    bytes: u64,
}

impl Lake {
    /// Begins a lake that will be at `place`: a new folder, or one that was a lake before, unless one of `inputs` lies in
    /// it.
    pub(crate) fn begin(place: &Path, inputs: &[PathBuf]) -> Result<Self> {
        let real = |path: &Path| path.canonicalize().ok();
        if let Some(lake) = real(place)
            && let Some(input) = inputs.iter().find(|input| real(input).is_some_and(|input| input.starts_with(&lake)))
        {
            bail!("{} lies in {}, which is made anew; name another folder", input.display(), place.display());
        }
        if place.exists() && !place.is_dir() {
            bail!("{} is no folder; name a new one", place.display());
        }
        let is_new = !place.exists() || fs::read_dir(place).is_ok_and(|mut entries| entries.next().is_none());
        if !is_new && !place.join(MARK).exists() {
            bail!("{} is a folder with other things in it; name a new one", place.display());
        }
        let mut name = place.file_name().context("name a folder")?.to_owned();
        name.push(".partial");
        let partial = place.with_file_name(name);
        let mark = claim(&partial, place)?;
        let removed = interrupt::removes(&partial)?;
        // A process that died between the two steps of `finish` left the lake of before beside its place.
        let before = before(&partial);
        if before.exists() {
            let back = if place.exists() { fs::remove_dir_all(&before) } else { fs::rename(&before, place) };
            back.with_context(|| format!("cannot put {} back", before.display()))?;
        }
        fs::create_dir_all(partial.join(SPOOL)).with_context(|| format!("cannot make {}", partial.display()))?;
        Ok(Self { place: place.to_owned(), partial, _removed: removed, _mark: mark })
    }

    /// A place for records that wait, another one for each number.
    pub(crate) fn spool(&self, number: u64) -> PathBuf {
        self.partial.join(SPOOL).join(number.to_string())
    }

    /// Begins an object. What a file system cannot hold as S3 does is spelled in another way.
    pub(crate) fn create(&self, key: &str) -> Result<Object> {
        let path = self.partial.join(key.split('/').map(spelled).collect::<PathBuf>());
        let folder = path.parent().unwrap_or(&self.partial);
        let file = interrupt::uninterrupted(|| {
            fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
            File::create(&path).with_context(|| format!("cannot make {}", path.display()))
        })?;
        Ok(Object { key: key.to_owned(), file: BufWriter::with_capacity(1 << 16, file), bytes: 0 })
    }

    /// Puts the lake in its place.
    pub(crate) fn finish(self) -> Result<()> {
        fs::remove_dir_all(self.partial.join(SPOOL))?;
        let before = before(&self.partial);
        interrupt::keeps(|| {
            if self.place.exists() {
                fs::rename(&self.place, &before).with_context(|| format!("cannot replace {}", self.place.display()))?;
            }
            fs::rename(&self.partial, &self.place).with_context(|| format!("cannot make {}", self.place.display()))?;
            if before.exists() {
                fs::remove_dir_all(&before).with_context(|| format!("cannot remove {}", before.display()))?;
            }
            Ok(())
        })
    }
}

/// Makes the folder `partial`, empty but for its mark, for this process alone.
fn claim(partial: &Path, place: &Path) -> Result<File> {
    let path = partial.join(MARK);
    let cannot = || format!("cannot make {}", partial.display());
    loop {
        fs::create_dir_all(partial).with_context(cannot)?;
        let mut mark = OpenOptions::new().append(true).create(true).open(&path).with_context(cannot)?;
        match mark.try_lock() {
            Err(TryLockError::WouldBlock) => {
                bail!("another run is writing {}; wait for it, or name another folder", place.display());
            }
            other => other.with_context(cannot)?,
        }
        let is_same = |there: fs::Metadata| mark.metadata().is_ok_and(|mark| mark.ino() == there.ino());
        if !fs::metadata(&path).is_ok_and(is_same) {
            // The other run has finished since, and its folder is in its place.
            continue;
        }
        let cannot = || format!("cannot clear {}", partial.display());
        for entry in fs::read_dir(partial).with_context(cannot)? {
            let entry = entry.with_context(cannot)?.path();
            if entry.is_dir() {
                fs::remove_dir_all(entry).with_context(cannot)?;
            } else if entry != path {
                fs::remove_file(entry).with_context(cannot)?;
            }
        }
        mark.set_len(0).and_then(|()| mark.write_all(b"made by `clickstream run`\n")).with_context(cannot)?;
        return Ok(mark);
    }
}

/// Where the lake of before is for the moment in which it is replaced.
fn before(partial: &Path) -> PathBuf {
    partial.with_extension("before")
}

/// A part of a key as a file's name: what the file system takes for its own (`.`, `..`, nothing) or cannot hold is spelled
/// out, and what is too long ends in its SHA-256.
fn spelled(part: &str) -> String {
    match part {
        "" => "%00".into(),
        "." | ".." => part.replace('.', "%2E"),
        part if part.len() > MOST_NAME => {
            let sum = format!("{:x}", Sha256::digest(part));
            format!("{}~{sum}", part[..part.floor_char_boundary(MOST_NAME - sum.len() - 1)].replace('\0', "%"))
        }
        part => part.replace('\0', "%00"),
    }
}

impl Object {
    /// Ends the object. Gives its size in bytes.
    pub(crate) fn finish(mut self) -> Result<u64> {
        self.flush().with_context(|| format!("cannot write {}", self.key))?;
        Ok(self.bytes)
    }
}

impl Write for Object {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}
