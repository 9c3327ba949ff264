//! What is left behind when a person interrupts the tool: nothing half-written.

use anyhow::{Context, Result};
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use signal_hook::low_level::emulate_default_handler;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;

/// The folder that goes away with the process, if there is one.
static UNFINISHED: Mutex<Option<PathBuf>> = Mutex::new(None);

/// Others may still put something into a folder while it is removed.
const TRIES: usize = 10;

/// While this is there, its folder is removed when the process is interrupted; and when it goes.
#[derive(Debug)]
pub(crate) struct Removed(());

/// Has `folder` removed when the process is interrupted (Ctrl-C, SIGTERM). There is one such folder at a time.
///
/// # Errors
/// If the system gives no way to know.
pub(crate) fn removes(folder: &Path) -> Result<Removed> {
    let mut signals = Signals::new([SIGINT, SIGTERM]).context("cannot listen for Ctrl-C")?;
    *unfinished() = Some(folder.to_owned());
    thread::spawn(move || {
        for signal in &mut signals {
            // Never given back: nothing new is made, and nobody tells of what is missing from now on.
            let mut folder = unfinished();
            remove(folder.take());
            // Ends the process as if nobody had listened, so that a shell sees what happened.
            let _ = emulate_default_handler(signal);
        }
    });
    Ok(Removed(()))
}

/// Does what an interruption has to wait for.
pub(crate) fn uninterrupted<T>(make: impl FnOnce() -> T) -> T {
    let _held = unfinished();
    make()
}

/// Does the last step, which an interruption has to wait for. After it the folder is no longer this process's to remove.
///
/// # Errors
/// If the step has some; then the folder goes as before.
pub(crate) fn keeps<T>(finish: impl FnOnce() -> Result<T>) -> Result<T> {
    let mut folder = unfinished();
    let finished = finish()?;
    *folder = None;
    Ok(finished)
}

fn unfinished() -> MutexGuard<'static, Option<PathBuf>> {
    UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner)
}

fn remove(folder: Option<PathBuf>) {
    if let Some(folder) = folder {
        let _ = (0..TRIES).find(|_| fs::remove_dir_all(&folder).is_ok() || !folder.exists());
    }
}

impl Drop for Removed {
    fn drop(&mut self) {
        remove(unfinished().take());
    }
}
