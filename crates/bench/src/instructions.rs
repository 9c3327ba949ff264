//! Instructions, counted by valgrind: the same on a busy machine as on an idle one.

use anyhow::{Context, Result, bail};
use std::ffi::OsStr;
use std::process::{Command, Stdio};

/// Whether valgrind is here.
pub fn available() -> bool {
    let quiet = Command::new("valgrind").arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    quiet.is_ok_and(|status| status.success())
}

/// `program` under valgrind's counter. Its standard error ends with the count: see [`collected`].
pub fn counting(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new("valgrind");
    command.args(["--tool=callgrind", "--callgrind-out-file=/dev/null"]).arg(program);
    command
}

/// The count in the standard error of a program that ran under [`counting`].
///
/// # Errors
/// If there is none.
pub fn collected(stderr: &str) -> Result<u64> {
    let count = stderr.lines().find_map(|line| line.split_once("Collected :")).map(|(_, count)| count.trim());
    count.context("valgrind counted nothing")?.parse().with_context(|| format!("no count in: {stderr}"))
}

/// What one repetition costs: `run` is told how often to repeat, and everything but the repetitions cancels out.
///
/// # Errors
/// If a run fails.
pub fn per_repetition(mut run: impl FnMut(usize) -> Result<u64>) -> Result<f64> {
    const FEW: usize = 1;
    const MANY: usize = 2;
    let [few, many] = [run(FEW)?, run(MANY)?];
    #[allow(clippy::cast_precision_loss)] // below 2^53
    Ok(many.saturating_sub(few) as f64 / (MANY - FEW) as f64)
}

/// Instructions of this program, started with `arguments`.
///
/// # Errors
/// If it fails under valgrind.
pub fn of_this_program(arguments: &[&OsStr]) -> Result<u64> {
    let output = counting(std::env::current_exe()?).args(arguments).output().context("valgrind does not start")?;
    let stderr = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        bail!("under valgrind: {stderr}");
    }
    collected(&stderr)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_count_is_read_and_what_does_not_repeat_cancels_out() {
        assert_eq!(collected("==7== Events    : Ir\n==7== Collected : 5400123\n==7==\n").ok(), Some(5_400_123));
        assert!(collected("Segmentation fault").is_err());
        let per = per_repetition(|times| Ok(1_000_000 + 70 * times as u64)).expect("a figure");
        assert!((per - 70.0).abs() < f64::EPSILON);
    }
}
