//! Records as lines: bare, as the pages sent them, or as Firehose hands them on, with their arrival.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::io::{self, Write};

/// Where records are written, a line each.
#[derive(Debug)]
pub(crate) struct Lines<W> {
    out: W,
    arrivals: bool,
    base64: String,
}

impl<W: Write> Lines<W> {
    pub(crate) fn new(out: W, arrivals: bool) -> Self {
        Self { out, arrivals, base64: String::new() }
    }

    /// Writes a record that arrived at `arrival` (milliseconds since 1970).
    pub(crate) fn write(&mut self, record: &[u8], arrival: i64) -> io::Result<()> {
        if !self.arrivals {
            self.out.write_all(record)?;
            return self.out.write_all(b"\n");
        }
        self.base64.clear();
        STANDARD.encode_string(record, &mut self.base64);
        // Members of Firehose's own records, with their names.
        writeln!(self.out, r#"{{"approximateArrivalTimestamp":{arrival},"data":"{}"}}"#, self.base64)
    }
}
