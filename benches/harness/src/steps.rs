//! Instructions of a request as this machine executes them, counted by stepping through them one by one.
//!
//! What callgrind cannot do is counted as it is here: the SHA instructions of the processor, and a clock that needs no
//! system call. What the kernel executes does not count. Only the thread that serves is stepped.

use std::path::Path;
use std::process::{Command, Stdio};

use nix::sys::ptrace;
use nix::sys::signal::{Signal, raise};
use nix::sys::wait::{WaitStatus, waitpid};
use nix::unistd::Pid;

/// In the program that is stepped: from here on.
pub(crate) fn begin() {
    ptrace::traceme().expect("the program that started this one steps it");
    mark();
}

/// In the program that is stepped: up to here.
pub(crate) fn mark() {
    raise(Signal::SIGSTOP).expect("a signal");
}

/// The instructions of one request of a subject of `program`, as the mean of so many.
///
/// # Errors
///
/// When the program cannot be stepped, as a text.
pub fn count(program: &Path, subject: &str, requests: usize) -> Result<f64, String> {
    let (with, without) = (steps(program, subject, requests, requests)?, steps(program, subject, requests, 0)?);
    #[allow(clippy::cast_precision_loss)] // the numbers are far below 2^52
    Ok((with as f64 - without as f64) / requests as f64)
}

fn steps(program: &Path, subject: &str, prepared: usize, served: usize) -> Result<u64, String> {
    let fault = |fault: String| format!("`{subject}`: {fault}");
    let child = Command::new(program)
        .args(["step", subject, &prepared.to_string(), &served.to_string()])
        .stdout(Stdio::null())
        .spawn()
        .map_err(|error| fault(error.to_string()))?;
    let child = Pid::from_raw(i32::try_from(child.id()).map_err(|error| fault(error.to_string()))?);
    let mut count = 0;
    let mut marks = 0;
    while marks < 2 {
        match waitpid(child, None).map_err(|error| fault(error.to_string()))? {
            WaitStatus::Stopped(_, Signal::SIGSTOP) => marks += 1,
            WaitStatus::Stopped(_, Signal::SIGTRAP) => count += 1,
            other => return Err(fault(format!("it cannot be stepped: {other:?}"))),
        }
        if marks < 2 {
            ptrace::step(child, None).map_err(|error| fault(error.to_string()))?;
        }
    }
    ptrace::kill(child).map_err(|error| fault(error.to_string()))?;
    waitpid(child, None).map_err(|error| fault(error.to_string()))?;
    Ok(count)
}
