//! Standard output that may be a pipe whose reader has seen enough.

use anyhow::{Context, Result};
use std::io::{ErrorKind, Write, stdout};

/// Prints `text`.
pub(crate) fn print(text: &str) -> Result<()> {
    let mut out = stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error).context("cannot write to standard output"),
        _ => Ok(()),
    }
}
