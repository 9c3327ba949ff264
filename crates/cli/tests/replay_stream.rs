//! `clickstream replay --to-stream`: over HTTP, against a stream that refuses, and against moto's.
#![cfg(feature = "aws")]

mod support;
#[path = "support/replay.rs"]
mod undelivered;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use support::Folder;
use undelivered::{failed, told};

/// What a request is answered: for each record whether it is taken, or a status and a body for all.
type Answers = fn(request: usize, records: usize) -> Result<Vec<bool>, (u16, &'static str)>;

#[derive(Default)]
struct Seen {
    requests: Vec<usize>,
    /// Rows that were taken, and how often.
    taken: BTreeMap<Vec<u8>, u32>,
}

/// A Firehose on a loopback port that takes what it is told to take. It ends with the test's process.
struct Firehose {
    port: u16,
    seen: Arc<Mutex<Seen>>,
}

impl Firehose {
    fn start(answers: Answers) -> Self {
        let socket = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = socket.local_addr().expect("an address").port();
        let seen = Arc::new(Mutex::new(Seen::default()));
        let shared = Arc::clone(&seen);
        std::thread::spawn(move || {
            for connection in socket.incoming() {
                let mut connection = BufReader::new(connection.expect("a connection"));
                while let Some((headers, body)) = read(&mut connection) {
                    let (status, answer) = take(&mut shared.lock().expect("seen"), &headers, &body, answers);
                    let answer = format!("HTTP/1.1 {status} x\r\nContent-Length: {}\r\n\r\n{answer}", answer.len());
                    connection.get_mut().write_all(answer.as_bytes()).expect("answered");
                }
            }
        });
        Self { port, seen }
    }

    fn seen(&self) -> (Vec<usize>, BTreeMap<Vec<u8>, u32>) {
        let seen = self.seen.lock().expect("seen");
        (seen.requests.clone(), seen.taken.clone())
    }
}

/// The headers, in lower case, and the body of a request; `None` when the connection ends.
fn read(connection: &mut BufReader<TcpStream>) -> Option<(String, Vec<u8>)> {
    let mut headers = String::new();
    while !headers.ends_with("\r\n\r\n") {
        if connection.read_line(&mut headers).ok()? == 0 {
            return None;
        }
    }
    let headers = headers.to_ascii_lowercase();
    let length = headers.lines().find_map(|line| line.strip_prefix("content-length:"))?.trim().parse().ok()?;
    let mut body = vec![0; length];
    connection.read_exact(&mut body).ok()?;
    Some((headers, body))
}

fn take(seen: &mut Seen, headers: &str, body: &[u8], answers: Answers) -> (u16, String) {
    assert!(headers.contains("x-amz-target: firehose_20150804.putrecordbatch"), "{headers}");
    assert!(headers.contains("authorization: aws4-hmac-sha256 credential=key/"), "{headers}");
    assert!(headers.contains("/eu-west-1/firehose/aws4_request") && headers.contains("x-amz-security-token: session"));
    let body: Value = serde_json::from_slice(body).expect("JSON");
    assert_eq!(body["DeliveryStreamName"], "clicks");
    let records = body["Records"].as_array().expect("records");
    let request = seen.requests.len();
    seen.requests.push(records.len());
    match answers(request, records.len()) {
        Err((status, body)) => (status, body.into()),
        Ok(takes) => {
            let refused = json!({ "ErrorCode": "ServiceUnavailableException", "ErrorMessage": "Slow down." });
            let mut responses = Vec::new();
            for (record, takes) in records.iter().zip(&takes) {
                if *takes {
                    let row = STANDARD.decode(record["Data"].as_str().expect("data")).expect("base64");
                    *seen.taken.entry(row).or_default() += 1;
                }
                responses.push(if *takes { json!({ "RecordId": "id" }) } else { refused.clone() });
            }
            let failed = takes.iter().filter(|takes| !**takes).count();
            (200, json!({ "FailedPutCount": failed, "RequestResponses": responses }).to_string())
        }
    }
}

/// The tool with the environment of somebody who has signed in.
fn replay(folder: &Folder, port: u16, arguments: &str) -> Command {
    let mut command = folder.command(arguments);
    command
        .args(["--now", "2026-11-24T00:00:00Z"])
        .env("AWS_ENDPOINT_URL_FIREHOSE", format!("http://127.0.0.1:{port}"))
        .envs([("AWS_REGION", "eu-west-1"), ("AWS_ACCESS_KEY_ID", "KEY"), ("AWS_SECRET_ACCESS_KEY", "secret")])
        .env("AWS_SESSION_TOKEN", "session");
    command
}

/// A folder with so many records that failed with an invocation, two rows each.
fn folder(name: &str, records: usize) -> Folder {
    let folder = Folder::new(name);
    let record =
        |n| failed(format!(r#"[{{"event":"login","n":{n}}},{{"event":"search","n":{n}}}]"#), "Lambda.FunctionError");
    folder.write("errors/processing-failed/x", (0..records).map(record).collect::<String>());
    folder
}

#[test]
fn what_the_stream_refuses_is_put_again_until_every_row_is_taken_once() {
    let firehose = Firehose::start(|request, records| match request {
        0 => Err((400, r#"{"__type":"ThrottlingException","message":"Rate exceeded"}"#)),
        1 => Err((503, "")),
        2 | 3 => Ok((0..records).map(|record| record % 2 == 0).collect()),
        _ => Ok(vec![true; records]),
    });
    let folder = folder("partial", 300);
    let output = replay(&folder, firehose.port, "errors --to-stream clicks --execute --json").output().expect("run");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let (_, summary) = told(&output);
    assert_eq!([&summary["split"], &summary["put"], &summary["left"]], [300, 600, 0]);
    let (requests, taken) = firehose.seen();
    assert_eq!(requests, [500, 500, 500, 250, 125, 100]);
    assert!(taken.len() == 600 && taken.values().all(|times| *times == 1));

    // What was put is rows, and the transform gives each back as it is.
    let rows: String = taken.keys().map(|row| failed(row, "Lambda.FunctionError")).collect();
    folder.write("rows", rows);
    assert!(folder.replay("rows --to lake --format json").status.success());
    let mut lake: Vec<_> = folder.lake("lake").into_values().flatten().map(|row| (row + "\n").into_bytes()).collect();
    lake.sort();
    assert_eq!(lake, taken.into_keys().collect::<Vec<_>>());
}

#[test]
fn a_replay_that_was_interrupted_goes_on_and_a_third_puts_nothing() {
    let firehose = Firehose::start(|request, records| match request {
        0 | 4.. => Ok(vec![true; records]),
        1 => Ok((0..records).map(|record| record < 40).collect()),
        _ => Err((503, "")),
    });
    let folder = folder("interrupted", 300);
    let arguments = "errors --to-stream clicks --execute --tries 2";
    let output = replay(&folder, firehose.port, arguments).output().expect("run");
    assert_eq!(output.status.code(), Some(1));
    let (printed, error) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(printed.contains("600 = 540 put + 0 repeated + 60 left   (adds up)"), "{printed}");
    assert!(
        error.contains("60 rows are left; the same command goes on with them: the stream took nothing 2 times"),
        "{error}"
    );

    for (put, before) in [(60, 540), (0, 600)] {
        let dry = replay(&folder, firehose.port, "errors --to-stream clicks").output().expect("run");
        let printed = String::from_utf8_lossy(&dry.stdout).into_owned();
        assert!(printed.contains(&format!("600 = 0 put + {before} repeated + {put} left   (adds up)")), "{printed}");
        let output = replay(&folder, firehose.port, arguments).output().expect("run");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let printed = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(printed.contains(&format!("600 = {put} put + {before} repeated + 0 left   (adds up)")), "{printed}");
    }
    let (requests, taken) = firehose.seen();
    assert_eq!(requests, [500, 100, 60, 60, 60]);
    assert!(taken.len() == 600 && taken.values().all(|times| *times == 1));
}

#[test]
fn what_cannot_pass_is_not_tried_again() {
    let answers: [(Answers, &str); 2] = [
        (
            |_, _| Err((400, r#"{"__type":"com.amazonaws#AccessDeniedException","Message":"not authorized"}"#)),
            "AccessDeniedException (status 400) not authorized",
        ),
        (|_, _| Ok(vec![true]), "rows put, 1 answered"),
    ];
    for (answers, message) in answers {
        let firehose = Firehose::start(answers);
        let folder = folder("denied", 1);
        let output = replay(&folder, firehose.port, "errors --to-stream clicks --execute").output().expect("run");
        assert_eq!(output.status.code(), Some(1));
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(error.contains(message), "{error}");
        assert_eq!(firehose.seen().0, [2]);
    }
}

#[test]
fn without_credentials_the_remedy_is_told() {
    let folder = folder("credentials", 1);
    let mut command = replay(&folder, 1, "errors --to-stream clicks --execute");
    let output = command.env_remove("AWS_ACCESS_KEY_ID").env("PATH", "/nonexistent").output().expect("run");
    assert_eq!(output.status.code(), Some(1));
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(error.contains("no credentials: set AWS_ACCESS_KEY_ID"), "{error}");
}

/// moto's server, which keeps what is put into a stream in a bucket.
struct Moto {
    process: Child,
    port: u16,
}

impl Moto {
    /// Without it in .venv: `None`, and the test says that it was skipped; but not in CI, where it must be there.
    fn start() -> Option<Self> {
        let server = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.venv/bin/moto_server");
        if !server.exists() {
            assert!(std::env::var_os("CI").is_none(), "no moto_server in .venv: run `make setup`");
            eprintln!("SKIPPED: no moto_server in .venv; run `make setup`");
            return None;
        }
        let port = TcpListener::bind("127.0.0.1:0").and_then(|socket| socket.local_addr()).expect("a free port").port();
        let process = Command::new(server)
            .args(["-H", "127.0.0.1", "-p", &port.to_string()])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("moto starts");
        let deadline = Instant::now() + Duration::from_mins(1);
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(Instant::now() < deadline, "moto does not listen");
            std::thread::sleep(Duration::from_millis(50));
        }
        Some(Self { process, port })
    }

    /// A request to one of its services: region and name stand in the signature's scope.
    fn ask(&self, method: &str, path: &str, service: &str, target: &str, body: &str) -> String {
        let mut connection = TcpStream::connect(("127.0.0.1", self.port)).expect("a connection");
        let scope =
            format!("AWS4-HMAC-SHA256 Credential=KEY/20261123/{service}/aws4_request, SignedHeaders=host, Signature=0");
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nAuthorization: {scope}\r\nX-Amz-Target: {target}\r\n\
             Content-Type: application/x-amz-json-1.1\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
            self.port,
            body.len()
        );
        connection.write_all(request.as_bytes()).expect("sent");
        let mut answer = String::new();
        connection.read_to_string(&mut answer).expect("answered");
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        answer.split_once("\r\n\r\n").expect("a body").1.to_owned()
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[test]
fn rows_put_into_motos_stream_are_in_its_bucket() {
    let Some(moto) = Moto::start() else { return };
    moto.ask("PUT", "/lake", "us-east-1/s3", "", "");
    let destination = json!({ "BucketARN": "arn:aws:s3:::lake", "RoleARN": "arn:aws:iam::123456789012:role/r" });
    let stream = json!({ "DeliveryStreamName": "clicks", "ExtendedS3DestinationConfiguration": destination });
    moto.ask("POST", "/", "eu-west-1/firehose", "Firehose_20150804.CreateDeliveryStream", &stream.to_string());
    let folder = folder("moto", 3);
    let output = replay(&folder, moto.port, "errors --to-stream clicks --execute").output().expect("run");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));

    let list = moto.ask("GET", "/lake?list-type=2", "us-east-1/s3", "", "");
    let key = list.split_once("<Key>").and_then(|(_, rest)| rest.split_once("</Key>")).expect("an object").0;
    let object = moto.ask("GET", &format!("/lake/{key}"), "us-east-1/s3", "", "");
    let rows: Vec<Value> = object.lines().map(|row| serde_json::from_str(row).expect("a row")).collect();
    assert_eq!(rows.len(), 6, "{object}");
    assert!(rows.iter().all(|row| row["event_time"] == "2026-11-23T10:15:32.000Z"));
}
