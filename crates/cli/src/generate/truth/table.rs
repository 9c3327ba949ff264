//! Tables as CSV files.

use crate::generate::json::decimal;
use anyhow::{Context, Result};
use clickstream::derive::time;
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// A table that is being written, beside its place; what is not ended goes away again.
#[derive(Debug)]
pub(super) struct Table {
    path: PathBuf,
    partial: PathBuf,
    out: BufWriter<File>,
}

impl Table {
    /// Begins `folder/name.csv` with its header.
    pub(super) fn begin(folder: &Path, name: &str, header: &str) -> Result<Self> {
        let path = folder.join(name).with_extension("csv");
        let partial = path.with_extension("csv.partial");
        let file = File::create(&partial).with_context(|| format!("cannot make {}", partial.display()))?;
        let mut table = Self { path, partial, out: BufWriter::with_capacity(1 << 16, file) };
        table.put(|out| writeln!(out, "{header}"))?;
        Ok(table)
    }

    pub(super) fn line<const N: usize>(&mut self, cells: [&str; N]) -> Result<()> {
        self.put(|out| {
            for (index, cell) in cells.into_iter().enumerate() {
                if index > 0 {
                    out.write_all(b",")?;
                }
                // RFC 4180.
                if cell.bytes().any(|byte| matches!(byte, b',' | b'"' | b'\r' | b'\n')) {
                    write!(out, "\"{}\"", cell.replace('"', "\"\""))?;
                } else {
                    out.write_all(cell.as_bytes())?;
                }
            }
            out.write_all(b"\n")
        })
    }

    /// Puts the table in its place.
    pub(super) fn end(mut self) -> Result<()> {
        self.put(Write::flush)?;
        fs::rename(&self.partial, &self.path).with_context(|| format!("cannot make {}", self.path.display()))
    }

    fn put(&mut self, write: impl FnOnce(&mut BufWriter<File>) -> std::io::Result<()>) -> Result<()> {
        write(&mut self.out).with_context(|| format!("cannot write {}", self.path.display()))
    }
}

impl Drop for Table {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.partial);
    }
}

/// `2026-11-23T10:15:29.000Z`.
pub(super) fn iso(ms: i64) -> String {
    let mut text = String::with_capacity(24);
    time::write(ms, &mut text);
    text
}

/// Cents as a decimal with four places, as the lake's amounts have.
pub(super) fn amount(cents: i64) -> String {
    format!("{}00", decimal(cents))
}

/// Nothing for what is not there.
pub(super) fn some(text: Option<&Rc<str>>) -> &str {
    text.map_or("", |text| text)
}
