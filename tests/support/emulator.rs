//! The built binary under AWS's own Lambda runtime interface emulator, on free loopback ports.

use std::net::{TcpListener, TcpStream};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// One emulator with one function in it. It takes one invocation at a time: a second one would crash it.
pub(crate) struct Emulator {
    process: Child,
    url: String,
}

impl Emulator {
    /// Starts the emulator that aws-sam-cli brings (`make` installs it into .venv). Without it: `None`, and a test says
    /// that it was skipped; but not in CI, where it must be there.
    pub(crate) fn start() -> Option<Self> {
        let Some(emulator) = emulator() else {
            assert!(std::env::var_os("CI").is_none(), "no emulator in .venv: run `make setup`");
            eprintln!("SKIPPED: no Lambda runtime interface emulator in .venv; run `make setup`");
            return None;
        };
        // The artefact that is deployed, where make built it; else the binary that cargo built for this test.
        let artefact = std::env::var_os("CLICKSTREAM_BOOTSTRAP").map(PathBuf::from);
        let bootstrap = artefact.unwrap_or_else(|| env!("CARGO_BIN_EXE_transform").into());
        // Between the choice of a port and its use, something else may take it.
        let started = (0..5).find_map(|_| Self::start_on([0, 1].map(|_| free_port()), &emulator, &bootstrap));
        Some(started.expect("the emulator listens"))
    }

    /// `None` if the emulator does not come to listen.
    fn start_on([invoke, api]: [u16; 2], emulator: &Path, bootstrap: &Path) -> Option<Self> {
        let process = Command::new(emulator)
            .args(["--runtime-interface-emulator-address", &format!("127.0.0.1:{invoke}")])
            .args(["--runtime-api-address", &format!("127.0.0.1:{api}")])
            .args(["--log-level", "error"])
            .arg(bootstrap)
            .env("AWS_LAMBDA_FUNCTION_TIMEOUT", "60")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            // A group of its own: the emulator leaves its function behind when it alone is ended.
            .process_group(0)
            .spawn()
            .expect("the emulator starts");
        let url = format!("http://127.0.0.1:{invoke}/2015-03-31/functions/function/invocations");
        let mut started = Self { process, url };
        let deadline = Instant::now() + Duration::from_secs(20);
        while TcpStream::connect(("127.0.0.1", invoke)).is_err() {
            if Instant::now() > deadline || started.process.try_wait().is_ok_and(|ended| ended.is_some()) {
                return None;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Some(started)
    }

    /// What the function answers. The emulator says so here, too, if it failed.
    pub(crate) fn invoke(&self, body: &str) -> String {
        let answer = ureq::post(&self.url).send(body).expect("the emulator answers");
        answer.into_body().into_with_config().limit(16 << 20).read_to_string().expect("text")
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        let group = format!("-{}", self.process.id());
        let _ = Command::new("kill").args(["-KILL", "--", &group]).status();
        let _ = self.process.wait();
    }
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").and_then(|socket| socket.local_addr()).expect("a free port").port()
}

fn emulator() -> Option<PathBuf> {
    let name = format!("aws-lambda-rie-{}", if cfg!(target_arch = "aarch64") { "arm64" } else { "x86_64" });
    let library = std::fs::read_dir(".venv/lib").ok()?;
    library
        .filter_map(|python| Some(python.ok()?.path().join("site-packages/samcli/local/rapid").join(&name)))
        .find(|path| path.exists())
}
