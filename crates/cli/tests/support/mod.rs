//! What the tool's tests share: the tool, a folder that goes away, a function that says what a test wants.
#![allow(dead_code)] // each test takes what it needs

use flate2::Compression;
use flate2::read::MultiGzDecoder;
use flate2::write::GzEncoder;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// The tool.
pub(crate) fn clickstream() -> Command {
    Command::new(env!("CARGO_BIN_EXE_clickstream"))
}

/// `clickstream run` with `input` on standard input.
pub(crate) fn command(input: impl AsRef<[u8]>, lake: &Folder, arguments: &[&str]) -> Output {
    let mut child = clickstream()
        .args(["run", "-", "--json", "--out"])
        .arg(lake.path())
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the tool runs");
    // Whoever fails early does not read all of it.
    let _ = child.stdin.take().expect("standard input").write_all(input.as_ref());
    child.wait_with_output().expect("the tool ends")
}

/// [`command`] that must succeed; gives the summary.
pub(crate) fn run(input: impl AsRef<[u8]>, lake: &Folder, arguments: &[&str]) -> Value {
    let output = command(input, lake, arguments);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("a summary")
}

/// A place for a folder, removed with all that is in it.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new(name: &str) -> Self {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        Self(std::env::temp_dir().join(format!("clickstream-{name}-{}-{number}", std::process::id())))
    }

    /// The folder there.
    pub(crate) fn at(path: PathBuf) -> Self {
        Self(path)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// Every file below `folder`, by its key.
    pub(crate) fn files(&self, folder: &str) -> Vec<(String, Vec<u8>)> {
        let (mut files, mut folders) = (BTreeMap::new(), vec![self.0.join(folder)]);
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).into_iter().flatten() {
                let path = entry.expect("an entry").path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    let key = path.strip_prefix(&self.0).expect("below").to_str().expect("text").to_owned();
                    files.insert(key, fs::read(path).expect("a file"));
                }
            }
        }
        files.into_iter().collect()
    }

    /// Every error object, with Firehose's name of its folder.
    pub(crate) fn errors(&self) -> Vec<(String, Value)> {
        let objects = self.files("errors").into_iter().flat_map(|(key, lines)| {
            let folder = key.split('/').nth(1).expect("a folder").to_owned();
            let lines = String::from_utf8(lines).expect("text");
            let objects = lines.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect::<Vec<_>>();
            objects.into_iter().map(move |object| (folder.clone(), object))
        });
        objects.collect()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

pub(crate) fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(bytes).expect("packed");
    packed.finish().expect("packed")
}

pub(crate) fn unpacked(bytes: &[u8]) -> Vec<u8> {
    let mut unpacked = Vec::new();
    MultiGzDecoder::new(bytes).read_to_end(&mut unpacked).expect("gzip");
    unpacked
}

/// A function behind an address like an emulator's.
pub(crate) struct Function {
    pub(crate) url: String,
    invocations: Arc<AtomicU64>,
}

impl Function {
    /// Answers every invocation as `answer` says.
    pub(crate) fn start(answer: impl Fn(&Value) -> String + Send + 'static) -> Self {
        Self::with_header("", answer)
    }

    /// The same, each answer with this header.
    pub(crate) fn with_header(header: &'static str, answer: impl Fn(&Value) -> String + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let invocations = Arc::new(AtomicU64::new(0));
        let counter = invocations.clone();
        // Ends with the test.
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                serve(stream, header, &answer, &counter);
            }
        });
        Self { url, invocations }
    }

    pub(crate) fn invocations(&self) -> u64 {
        self.invocations.load(Ordering::Relaxed)
    }
}

/// Answers the requests of one connection.
fn serve(mut stream: TcpStream, header: &str, answer: &impl Fn(&Value) -> String, invocations: &AtomicU64) {
    let mut reader = BufReader::new(stream.try_clone().expect("a connection"));
    loop {
        let mut length = 0;
        let mut line = String::new();
        if reader.read_line(&mut line).unwrap_or(0) == 0 {
            return;
        }
        assert!(line.starts_with("POST /2015-03-31/functions/function/invocations "), "{line}");
        while line.trim() != "" {
            line.clear();
            reader.read_line(&mut line).expect("a header");
            if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().expect("a length");
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).expect("a body");
        invocations.fetch_add(1, Ordering::Relaxed);
        let body = answer(&serde_json::from_slice(&body).expect("a request"));
        let head = format!("HTTP/1.1 200 OK\r\n{header}Content-Length: {}\r\n\r\n", body.len());
        stream.write_all(format!("{head}{body}").as_bytes()).expect("an answer");
    }
}
