//! A folder laid out like the bucket: it appears whole or not at all.

use crate::interrupt::{self, Removed};
use anyhow::{Context, Result, bail, ensure};
use sha2::{Digest, Sha256};
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, BufWriter, Read, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// Marks a folder as one that this tool made and may make anew. Locked while the folder is written.
const MARK: &str = ".clickstream-lake";

/// What the mark says of a folder that is being written, or was when its process died,
const UNFINISHED: &str = "being written by `clickstream run`\n";

/// and of one that is whole.
const WHOLE: &str = "made by `clickstream run`\n";

/// Where records wait for their objects, inside the folder while it is written.
const SPOOL: &str = ".spool";

/// Where the lake of before is, inside the one that replaces it, for the moment in which that happens.
const BEFORE: &str = ".before";

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
        let Self { place, partial, .. } = &self;
        let cannot = || format!("cannot make {}", place.display());
        fs::remove_dir_all(partial.join(SPOOL)).with_context(cannot)?;
        interrupt::keeps(|| {
            let is_replaced = place.exists();
            if is_replaced {
                fs::rename(place, partial.join(BEFORE))
                    .with_context(|| format!("cannot replace {}", place.display()))?;
            }
            fs::rename(partial, place).with_context(cannot)?;
            if is_replaced {
                fs::remove_dir_all(place.join(BEFORE)).with_context(cannot)?;
            }
            fs::write(place.join(MARK), WHOLE).with_context(cannot)
        })
    }
}

/// Makes the folder `partial`, empty but for its mark, for this process alone.
fn claim(partial: &Path, place: &Path) -> Result<File> {
    let path = partial.join(MARK);
    let cannot = || format!("cannot make {}", partial.display());
    let others = || -> Result<Vec<PathBuf>> {
        let entries = fs::read_dir(partial).with_context(cannot)?.map(|entry| entry.map(|entry| entry.path()));
        let entries = entries.collect::<io::Result<Vec<_>>>().with_context(cannot)?;
        Ok(entries.into_iter().filter(|entry| *entry != path).collect())
    };
    let foreign = || format!("{} has other things in it; move it, or name another folder", partial.display());
    loop {
        fs::create_dir_all(partial).with_context(cannot)?;
        ensure!(path.exists() || others()?.is_empty(), foreign());
        let mut mark = OpenOptions::new().read(true).append(true).create(true).open(&path).with_context(cannot)?;
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
        let mut says = String::new();
        mark.read_to_string(&mut says).with_context(cannot)?;
        let left_over = others()?;
        ensure!(says == UNFINISHED || left_over.is_empty(), foreign());
        mark.set_len(0).and_then(|()| mark.write_all(UNFINISHED.as_bytes())).with_context(cannot)?;
        if !place.exists() && partial.join(BEFORE).exists() {
            // The process died while it replaced the lake.
            fs::rename(partial.join(BEFORE), place).with_context(|| format!("cannot put {} back", place.display()))?;
        }
        for entry in others()? {
            let is_folder = fs::symlink_metadata(&entry).is_ok_and(|about| about.is_dir());
            let removed = if is_folder { fs::remove_dir_all(&entry) } else { fs::remove_file(&entry) };
            removed.with_context(|| format!("cannot clear {}", entry.display()))?;
        }
        return Ok(mark);
    }
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
