//! What is printed: onto a terminal, or into a pipe whose reader may have seen enough.

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

/// Text from outside on one line, cut to `most` characters, with nothing in it that a terminal obeys.
pub(crate) fn shown(text: &str, most: usize) -> String {
    let obeyed = |c: char| {
        c.is_control() || matches!(c, '\u{200e}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    let is_cut = text.chars().nth(most).is_some();
    let kept = text.chars().take(if is_cut { most - 1 } else { most });
    kept.map(|c| if obeyed(c) { '\u{fffd}' } else { c }).chain(is_cut.then_some('…')).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_is_shown_text_and_no_commands() {
        assert_eq!(shown("a\x1b[2Jb\nc\u{202e}d", 48), "a\u{fffd}[2Jb\u{fffd}c\u{fffd}d");
        assert_eq!(shown(&"é".repeat(48), 48), "é".repeat(48));
        assert_eq!(shown(&"é".repeat(49), 48), "é".repeat(47) + "…");
    }
}
