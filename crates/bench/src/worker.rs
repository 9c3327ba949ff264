//! Peers in other languages: a process that is told invocations and says what CPU time each answer took.

use crate::peer::Peer;
use anyhow::{Context, Result, bail};
use serde::Deserialize;
use serde_json::json;
use std::io::{BufRead, BufReader, Lines, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

/// How to start a worker.
#[derive(Debug)]
pub struct Program {
    /// As tables call it.
    pub name: &'static str,
    /// The interpreter.
    pub interpreter: PathBuf,
    /// The script, in `peers/`.
    pub script: &'static str,
}

/// A worker process. It ends when its standard input does.
#[derive(Debug)]
pub struct Worker {
    name: &'static str,
    process: Child,
    requests: Option<ChildStdin>,
    replies: Lines<BufReader<ChildStdout>>,
    folder: PathBuf,
    /// What it runs on.
    pub version: String,
    /// CPU time from the process's start to its first invocation.
    pub start: Duration,
}

/// The first line that a worker writes.
#[derive(Debug, Deserialize)]
struct Ready {
    version: String,
    start_ns: u64,
}

impl Worker {
    /// Starts `program`. Invocations and answers are handed over as files in `folder`.
    ///
    /// # Errors
    /// If it does not start, for one because its language is not installed.
    pub fn start(program: &Program, folder: &Path) -> Result<Self> {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("peers").join(program.script);
        let mut process = Command::new(&program.interpreter)
            .arg(script)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("{} does not start", program.interpreter.display()))?;
        let requests = process.stdin.take();
        let mut replies = BufReader::new(process.stdout.take().context("no output")?).lines();
        let Some(ready) = replies.next() else { bail!("{} ended before its first line", program.script) };
        let ready: Ready =
            serde_json::from_str(&ready?).with_context(|| format!("{} says no version", program.script))?;
        Ok(Self {
            name: program.name,
            process,
            requests,
            replies,
            folder: folder.to_owned(),
            version: ready.version,
            start: Duration::from_nanos(ready.start_ns),
        })
    }
}

impl Peer for Worker {
    fn name(&self) -> &str {
        self.name
    }

    fn answer(&mut self, body: &[u8], answer: &mut Vec<u8>) -> Result<Duration> {
        let [invocation, answered] = ["invocation.json", "answer.json"].map(|file| self.folder.join(file));
        std::fs::write(&invocation, body)?;
        let requests = self.requests.as_mut().context("a worker that was told to end")?;
        writeln!(requests, "{}", json!({ "invocation": invocation, "answer": answered }))?;
        let Some(spent) = self.replies.next() else { bail!("{} ended; its message is above", self.name) };
        let spent = spent?.parse().with_context(|| format!("{} says no time", self.name))?;
        *answer = std::fs::read(&answered)?;
        Ok(Duration::from_nanos(spent))
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.requests = None;
        let _ = self.process.wait();
    }
}
