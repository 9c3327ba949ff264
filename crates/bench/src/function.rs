//! A built function behind a Lambda runtime API on loopback, as the Lambda service would run it: polls are answered with
//! invocations, answers are posted back.

use anyhow::{Context, Result, bail};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tiny_http::{Header, Method, Request, Response, Server};

/// A running function that waits for an invocation.
#[allow(missing_debug_implementations)] // tiny_http's server has none
pub struct Function {
    process: Child,
    api: Server,
    /// The poll that is not yet answered.
    poll: Option<Request>,
    /// From the start of the process to its first poll, on the wall.
    pub start: Duration,
}

/// The longest that anything here may take; under valgrind, all takes fifty times longer.
const PATIENCE: Duration = Duration::from_mins(2);

impl Function {
    /// Starts `command`, a program that speaks to the runtime API, and waits for its first poll.
    ///
    /// # Errors
    /// If it does not start or does not poll.
    pub fn start(command: &mut Command) -> Result<Self> {
        let api = Server::http("127.0.0.1:0").map_err(|error| anyhow::anyhow!("no loopback port: {error}"))?;
        let begun = Instant::now();
        let process = command
            .env("AWS_LAMBDA_RUNTIME_API", api.server_addr().to_string())
            .env("AWS_LAMBDA_FUNCTION_NAME", "transform")
            .env("AWS_LAMBDA_FUNCTION_VERSION", "1")
            .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .with_context(|| format!("{} does not start", Path::new(command.get_program()).display()))?;
        let mut function = Self { process, api, poll: None, start: Duration::ZERO };
        function.poll = Some(function.request(&Method::Get)?);
        function.start = begun.elapsed();
        Ok(function)
    }

    /// Has `body` answered, and waits for the poll after it.
    ///
    /// # Errors
    /// If the function reports an error, ends, or takes too long.
    pub fn invoke(&mut self, body: &str) -> Result<Vec<u8>> {
        let poll = self.poll.take().context("a function that does not wait")?;
        let mut response = Response::from_string(body);
        for (name, value) in [
            ("Lambda-Runtime-Aws-Request-Id", "8476a536-e9f4-11e8-9739-2dfe598c3fcd"),
            ("Lambda-Runtime-Deadline-Ms", "4102444800000"),
            ("Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:us-east-1:123456789012:function:transform"),
        ] {
            let header = Header::from_bytes(name, value).map_err(|()| anyhow::anyhow!("no header: {name}"))?;
            response.add_header(header);
        }
        // As Lambda does; tiny_http would cut a long body into chunks.
        poll.respond(response.with_chunked_threshold(usize::MAX))?;
        let mut post = self.request(&Method::Post)?;
        let mut answer = Vec::new();
        post.as_reader().read_to_end(&mut answer)?;
        if !post.url().ends_with("/response") {
            bail!("the function failed: {}", String::from_utf8_lossy(&answer));
        }
        post.respond(Response::empty(202))?;
        self.poll = Some(self.request(&Method::Get)?);
        Ok(answer)
    }

    fn request(&mut self, method: &Method) -> Result<Request> {
        let deadline = Instant::now() + PATIENCE;
        while Instant::now() < deadline {
            match self.api.recv_timeout(Duration::from_millis(200))? {
                Some(request) if request.method() == method => return Ok(request),
                Some(request) => bail!("the function sent {} {}", request.method(), request.url()),
                None => {
                    if let Some(status) = self.process.try_wait()? {
                        bail!("the function ended: {status}");
                    }
                }
            }
        }
        bail!("the function sent nothing for {PATIENCE:?}")
    }

    /// CPU time that the process has had. Exact while it waits for an invocation.
    ///
    /// # Errors
    /// If the kernel does not tell.
    pub fn cpu(&self) -> Result<Duration> {
        let mut sum = 0;
        for task in std::fs::read_dir(format!("/proc/{}/task", self.process.id()))? {
            let schedstat = std::fs::read_to_string(task?.path().join("schedstat"))?;
            sum += schedstat.split(' ').next().unwrap_or("").parse::<u64>().context("no CPU time in schedstat")?;
        }
        Ok(Duration::from_nanos(sum))
    }

    /// The most memory that the process has had, in bytes.
    ///
    /// # Errors
    /// If the kernel does not tell.
    pub fn peak_memory(&self) -> Result<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id()))?;
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).context("no VmHWM")?;
        Ok(peak.trim().trim_end_matches(" kB").parse::<u64>()? * 1024)
    }

    /// Ends the function, and returns what it wrote to standard error, if that was a pipe.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn end(mut self) -> Result<String> {
        // Refused, the runtime gives up.
        if let Some(poll) = self.poll.take() {
            poll.respond(Response::empty(410))?;
        }
        let mut said = String::new();
        if let Some(mut stderr) = self.process.stderr.take() {
            std::io::Read::read_to_string(&mut stderr, &mut said)?;
        }
        Ok(said)
    }
}

impl Drop for Function {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
