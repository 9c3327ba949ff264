//! Rows into a stream: in batches, and what the stream did not take again.

use super::journal::{Journal, Key, key};
use anyhow::{Result, bail, ensure};
use std::thread::sleep;
use std::time::Duration;

/// The most records of one `PutRecordBatch` (API reference).
const MAX_RECORDS: usize = 500;

/// The most bytes of one `PutRecordBatch` (API reference: 4 MiB for the whole request), counted after base64.
const MAX_BYTES: usize = 4 << 20;

/// What stands around a record's base64 in a request: `{"Data":""},`.
const AROUND: usize = 12;

/// The longest pause between two tries.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// A stream that takes rows.
pub(super) trait Stream {
    /// Puts rows in one request. For each, the error code if the stream did not take it.
    ///
    /// # Errors
    /// If the request as a whole failed.
    fn put(&mut self, rows: &[Vec<u8>]) -> Result<Vec<Option<String>>>;
}

/// How long to try.
#[derive(Debug, Clone, Copy)]
pub(super) struct Patience {
    /// Tries in a row in which the stream takes nothing, until it is given up.
    pub(super) tries: u32,
    /// The pause after the first of them; twice as long after each further one.
    pub(super) pause: Duration,
}

/// Puts rows into a stream.
pub(super) struct Put<'a> {
    stream: &'a mut dyn Stream,
    journal: Journal,
    patience: Patience,
    rows: Vec<Vec<u8>>,
    keys: Vec<Key>,
    bytes: usize,
    /// Rows that the stream took.
    pub(super) taken: u64,
}

impl<'a> Put<'a> {
    pub(super) fn new(stream: &'a mut dyn Stream, journal: Journal, patience: Patience) -> Self {
        Self { stream, journal, patience, rows: Vec::new(), keys: Vec::new(), bytes: 0, taken: 0 }
    }

    /// Rows that the stream has yet to take.
    pub(super) fn waiting(&self) -> u64 {
        self.rows.len() as u64
    }

    /// Puts a row, with others, by and by.
    pub(super) fn row(&mut self, row: Vec<u8>) -> Result<()> {
        let bytes = AROUND + row.len().div_ceil(3) * 4;
        let full = self.rows.len() == MAX_RECORDS || self.bytes + bytes > MAX_BYTES;
        let flushed = if full { self.flush() } else { Ok(()) };
        self.keys.push(key(&row));
        self.rows.push(row);
        self.bytes += bytes;
        flushed
    }

    /// Puts what is still to be put.
    pub(super) fn flush(&mut self) -> Result<()> {
        let (mut tries, mut pause) = (0, self.patience.pause);
        while !self.rows.is_empty() {
            let codes = self.stream.put(&self.rows)?;
            ensure!(codes.len() == self.rows.len(), "{} rows put, {} answered", self.rows.len(), codes.len());
            let mut taken = Vec::new();
            let mut refused = (Vec::new(), Vec::new());
            for ((row, key), code) in self.rows.drain(..).zip(self.keys.drain(..)).zip(&codes) {
                if code.is_none() {
                    taken.push(key);
                } else {
                    refused.0.push(row);
                    refused.1.push(key);
                }
            }
            (self.rows, self.keys) = refused;
            self.taken += taken.len() as u64;
            self.journal.note(&taken)?;
            let Some(code) = codes.into_iter().flatten().next() else { break };
            if taken.is_empty() {
                tries += 1;
            } else {
                (tries, pause) = (0, self.patience.pause);
            }
            if tries == self.patience.tries {
                bail!("the stream took nothing {tries} times in a row: {code}");
            }
            sleep(pause);
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
        self.bytes = 0;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;
    use std::path::PathBuf;

    /// Takes of every request what `takes` says, and keeps it.
    struct Fake<F> {
        takes: F,
        requests: Vec<usize>,
        stored: BTreeMap<Vec<u8>, u32>,
    }

    impl<F: FnMut(usize, usize) -> Result<bool>> Stream for Fake<F> {
        fn put(&mut self, rows: &[Vec<u8>]) -> Result<Vec<Option<String>>> {
            assert!(rows.len() <= 500 && rows.iter().map(|row| row.len().div_ceil(3) * 4).sum::<usize>() <= 4 << 20);
            let request = self.requests.len();
            self.requests.push(rows.len());
            let mut codes = Vec::new();
            for (place, row) in rows.iter().enumerate() {
                let took = (self.takes)(request, place)?;
                *self.stored.entry(row.clone()).or_default() += u32::from(took);
                codes.push((!took).then(|| "ServiceUnavailableException".into()));
            }
            Ok(codes)
        }
    }

    fn fake<F: FnMut(usize, usize) -> Result<bool>>(takes: F) -> Fake<F> {
        Fake { takes, requests: Vec::new(), stored: BTreeMap::new() }
    }

    const PATIENCE: Patience = Patience { tries: 3, pause: Duration::ZERO };

    fn journal(name: &str) -> (PathBuf, Journal) {
        let path = std::env::temp_dir().join(format!("clickstream-put-{name}-{}", std::process::id()));
        let (journal, taken) = Journal::open(&path, "s").expect("a journal");
        assert!(taken.is_empty());
        (path, journal)
    }

    fn rows(n: usize, width: usize) -> impl Iterator<Item = Vec<u8>> {
        (0..n).map(move |row| format!("{row}{}", " ".repeat(width)).into_bytes())
    }

    #[test]
    fn what_the_stream_refuses_is_put_again_and_nothing_else() {
        let mut stream = fake(|request, place| Ok(request >= 4 || !(place + request).is_multiple_of(3)));
        let (path, journal) = journal("partial");
        let mut put = Put::new(&mut stream, journal, PATIENCE);
        rows(1_200, 10).for_each(|row| put.row(row).expect("put"));
        put.flush().expect("put");
        assert_eq!((put.taken, put.waiting()), (1_200, 0));
        assert!(stream.stored.len() == 1_200 && stream.stored.values().all(|times| *times == 1));
        assert_eq!(stream.requests[..2], [500, 167]);
        std::fs::remove_file(path).expect("removed");
    }

    #[test]
    fn a_request_is_never_larger_than_the_api_takes() {
        let mut stream = fake(|_, _| Ok(true));
        let (path, journal) = journal("bytes");
        let mut put = Put::new(&mut stream, journal, PATIENCE);
        rows(10, 1_000_000).for_each(|row| put.row(row).expect("put"));
        put.flush().expect("put");
        assert_eq!(stream.requests, [3, 3, 3, 1]);
        std::fs::remove_file(path).expect("removed");
    }

    #[test]
    fn a_stream_that_takes_nothing_is_given_up_and_the_journal_has_what_it_took() {
        let mut stream = fake(|request, place| Ok(request == 0 && place < 100));
        let (path, journal) = journal("resume");
        let mut put = Put::new(&mut stream, journal, PATIENCE);
        rows(300, 10).for_each(|row| put.row(row).expect("gathered"));
        let error = put.flush().expect_err("given up").to_string();
        assert!(error.contains("3 times in a row: ServiceUnavailableException"), "{error}");
        assert_eq!((put.taken, put.waiting()), (100, 200));
        drop(put);
        assert_eq!(stream.requests, [300, 200, 200, 200]);

        let (_, taken) = Journal::open(&path, "s").expect("the journal");
        assert_eq!(taken, rows(100, 10).map(|row| key(&row)).collect());
        std::fs::remove_file(path).expect("removed");
    }

    #[test]
    fn a_request_that_fails_loses_no_row() {
        let mut stream = fake(|request, _| if request == 1 { bail!("access denied") } else { Ok(true) });
        let (path, journal) = journal("error");
        let mut put = Put::new(&mut stream, journal, PATIENCE);
        rows(1_000, 10).for_each(|row| put.row(row).expect("put"));
        assert_eq!(put.flush().expect_err("failed").to_string(), "access denied");
        assert_eq!((put.taken, put.waiting()), (500, 500));
        std::fs::remove_file(path).expect("removed");
    }
}
