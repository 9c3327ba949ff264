//! Records that wait for their object: in memory while they are few, on disk beyond.

use anyhow::{Context, Result};
use std::fs::{self, File, OpenOptions};
use std::io::{BufRead, BufReader, Read, Write};
use std::path::PathBuf;

/// How much of one spool is kept in memory. Times the active partitions' quota of 500: 32 MB.
const IN_MEMORY: usize = 64 << 10;

/// Records with their arrival, in order.
#[derive(Debug)]
pub(super) struct Spool {
    path: PathBuf,
    memory: Vec<u8>,
    on_disk: bool,
}

impl Spool {
    /// An empty spool that goes to `path` when it grows.
    pub(super) fn new(path: PathBuf) -> Self {
        Self { path, memory: Vec::new(), on_disk: false }
    }

    pub(super) fn push(&mut self, arrival: i64, data: &[u8]) -> Result<()> {
        self.memory.extend_from_slice(&arrival.to_le_bytes());
        self.memory.extend_from_slice(&(data.len() as u64).to_le_bytes());
        self.memory.extend_from_slice(data);
        if self.memory.len() > IN_MEMORY {
            let write = || {
                // Opened each time: as many files as partitions would be too many to keep open.
                let mut file = OpenOptions::new().create(true).append(true).open(&self.path)?;
                file.write_all(&self.memory)
            };
            write().with_context(|| format!("cannot write {}", self.path.display()))?;
            self.memory.clear();
            self.on_disk = true;
        }
        Ok(())
    }

    /// The records again.
    pub(super) fn records(&self) -> Result<impl Iterator<Item = Result<(i64, Vec<u8>)>> + use<'_>> {
        let disk: Box<dyn Read> = if self.on_disk {
            Box::new(File::open(&self.path).with_context(|| format!("cannot read {}", self.path.display()))?)
        } else {
            Box::new(std::io::empty())
        };
        let mut reader = BufReader::with_capacity(IN_MEMORY, disk.chain(self.memory.as_slice()));
        Ok(std::iter::from_fn(move || {
            let mut head = [0; 16];
            // The end is where a record would begin.
            if reader.fill_buf().is_ok_and(<[u8]>::is_empty) {
                return None;
            }
            let unreadable = || format!("cannot read {}", self.path.display());
            if let Err(error) = reader.read_exact(&mut head).with_context(unreadable) {
                return Some(Err(error));
            }
            let [arrival, length] = [0, 8].map(|at| {
                let mut bytes = [0; 8];
                bytes.copy_from_slice(&head[at..at + 8]);
                u64::from_le_bytes(bytes)
            });
            let mut data = vec![0; usize::try_from(length).unwrap_or(usize::MAX)];
            let read = reader.read_exact(&mut data).with_context(unreadable);
            Some(read.map(|()| (arrival.cast_signed(), data)))
        }))
    }
}

impl Drop for Spool {
    fn drop(&mut self) {
        if self.on_disk {
            // Only tidiness: the folder it lies in is removed as a whole.
            let _ = fs::remove_file(&self.path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_come_back_in_order_from_memory_and_from_disk() {
        for (name, size) in [("small", 10), ("large", 100_000)] {
            let path = std::env::temp_dir().join(format!("clickstream-spool-{name}-{}", std::process::id()));
            let mut spool = Spool::new(path.clone());
            let records: Vec<_> = (0..20_u8).map(|n| (i64::from(n) - 5, vec![n; size])).collect();
            for (arrival, data) in &records {
                spool.push(*arrival, data).expect("pushed");
            }
            assert_eq!(path.exists(), size > IN_MEMORY);
            let read: Vec<_> = spool.records().expect("spool").map(|record| record.expect("a record")).collect();
            assert!(read == records);
            drop(spool);
            assert!(!path.exists());
        }
    }
}
