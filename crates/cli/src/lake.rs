//! A folder laid out like the bucket: it appears whole or not at all.

use anyhow::{Context, Result, bail};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

/// Marks a folder as one that this tool made and may make anew.
const MARK: &str = ".clickstream-lake";

/// A lake while it is written, beside the place where it will be.
#[derive(Debug)]
pub(crate) struct Lake {
    place: PathBuf,
    partial: PathBuf,
    files: BTreeMap<String, BufWriter<File>>,
}

impl Lake {
    /// Begins a lake that will be at `place`: a new folder, or one that was a lake before.
    pub(crate) fn begin(place: &Path) -> Result<Self> {
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
        fs::create_dir_all(&partial).with_context(|| format!("cannot make {}", partial.display()))?;
        fs::write(partial.join(MARK), "made by `clickstream run`\n")?;
        Ok(Self { place: place.to_owned(), partial, files: BTreeMap::new() })
    }

    /// Appends to an object.
    pub(crate) fn append(&mut self, key: &str, bytes: &[u8]) -> Result<()> {
        if !self.files.contains_key(key) {
            let path = self.partial.join(key);
            let folder = path.parent().unwrap_or(&self.partial);
            fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
            let file = File::create(&path).with_context(|| format!("cannot make {}", path.display()))?;
            self.files.insert(key.to_owned(), BufWriter::new(file));
        }
        if let Some(file) = self.files.get_mut(key) {
            file.write_all(bytes).with_context(|| format!("cannot write {key}"))?;
        }
        Ok(())
    }

    /// Puts the lake in its place.
    pub(crate) fn finish(mut self) -> Result<()> {
        for (key, file) in &mut self.files {
            file.flush().with_context(|| format!("cannot write {key}"))?;
        }
        if self.place.exists() {
            fs::remove_dir_all(&self.place).with_context(|| format!("cannot replace {}", self.place.display()))?;
        }
        fs::rename(&self.partial, &self.place).with_context(|| format!("cannot make {}", self.place.display()))
    }
}
