//! A folder laid out like the bucket: it appears whole or not at all.

use anyhow::{Context, Result, bail};
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// Marks a folder as one that this tool made and may make anew.
const MARK: &str = ".clickstream-lake";

/// Where records wait for their objects, inside the folder while it is written.
const SPOOL: &str = ".spool";

/// A lake while it is written, beside the place where it will be.
///
/// What is not finished goes away again; an interrupted process leaves it beside the place, as `….partial`, and the next run
/// clears it away.
#[derive(Debug)]
pub(crate) struct Lake {
    place: PathBuf,
    partial: PathBuf,
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
        let is_new = !place.exists() || fs::read_dir(place).is_ok_and(|mut entries| entries.next().is_none());
        if !is_new && !place.join(MARK).exists() {
            bail!("{} is a folder with other things in it; name a new one", place.display());
        }
        let mut name = place.file_name().context("name a folder")?.to_owned();
        name.push(".partial");
        let partial = place.with_file_name(name);
        if partial.exists() {
            fs::remove_dir_all(&partial).with_context(|| format!("cannot clear {}", partial.display()))?;
        }
        fs::create_dir_all(partial.join(SPOOL)).with_context(|| format!("cannot make {}", partial.display()))?;
        fs::write(partial.join(MARK), "made by `clickstream run`\n")?;
        Ok(Self { place: place.to_owned(), partial })
    }

    /// A place for records that wait, another one for each number.
    pub(crate) fn spool(&self, number: u64) -> PathBuf {
        self.partial.join(SPOOL).join(number.to_string())
    }

    /// Begins an object. Parts of the key that a file system takes for its own (`.`, `..`, nothing) are spelled out.
    pub(crate) fn create(&self, key: &str) -> Result<Object> {
        let spelled = |part| match part {
            "" => "%00".to_owned(),
            "." | ".." => part.replace('.', "%2E"),
            part => part.to_owned(),
        };
        let path = self.partial.join(key.split('/').map(spelled).collect::<PathBuf>());
        let folder = path.parent().unwrap_or(&self.partial);
        fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
        let file = File::create(&path).with_context(|| format!("cannot make {}", path.display()))?;
        Ok(Object { key: key.to_owned(), file: BufWriter::with_capacity(1 << 16, file), bytes: 0 })
    }

    /// Puts the lake in its place.
    pub(crate) fn finish(self) -> Result<()> {
        fs::remove_dir_all(self.partial.join(SPOOL))?;
        let before = self.partial.with_extension("before");
        if self.place.exists() {
            fs::rename(&self.place, &before).with_context(|| format!("cannot replace {}", self.place.display()))?;
        }
        fs::rename(&self.partial, &self.place).with_context(|| format!("cannot make {}", self.place.display()))?;
        if before.exists() {
            fs::remove_dir_all(&before).with_context(|| format!("cannot remove {}", before.display()))?;
        }
        Ok(())
    }
}

impl Drop for Lake {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.partial);
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
