//! Instructions and heap allocations of a request, counted by valgrind's callgrind.
//!
//! The same program is run twice, once with the requests and once without, so that all it does besides falls away. What
//! is counted does not depend on how busy the machine is. Callgrind has no SHA instructions: a digest is computed with
//! the portable code there, in many more instructions than the machine needs.

use std::fs;
use std::path::Path;
use std::process::Command;

/// What one request costs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cost {
    /// Instructions.
    pub instructions: f64,
    /// Calls of `malloc`, `calloc`, `realloc` and the like.
    pub allocations: f64,
}

/// Counts `requests` requests of a subject of `program`, with files in `folder`.
///
/// # Errors
///
/// When valgrind is not there or the program fails, as a text.
pub fn count(program: &Path, subject: &str, requests: usize, folder: &Path) -> Result<Cost, String> {
    let of = |served: usize| -> Result<(u64, u64), String> {
        let file = folder.join(format!("{}.{served}", subject.replace(|c: char| !c.is_ascii_alphanumeric(), "-")));
        let output = Command::new("valgrind")
            .args(["--tool=callgrind", "--compress-strings=no", "--compress-pos=no"])
            .arg(format!("--callgrind-out-file={}", file.display()))
            .arg(program)
            .args(["run", subject, &requests.to_string(), &served.to_string()])
            .output()
            .map_err(|error| format!("valgrind cannot be run: {error}"))?;
        if !output.status.success() {
            return Err(format!("`{subject}`: {}", String::from_utf8_lossy(&output.stderr)));
        }
        let profile = fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))?;
        Ok((instructions(&profile), allocations(&profile)))
    };
    let (with, without) = (of(requests)?, of(0)?);
    let each = |with: u64, without: u64| {
        #[allow(clippy::cast_precision_loss)] // the numbers are far below 2^52
        let (difference, requests) = (with as f64 - without as f64, requests as f64);
        difference / requests
    };
    Ok(Cost { instructions: each(with.0, without.0), allocations: each(with.1, without.1) })
}

/// The sum of all parts of a profile.
fn instructions(profile: &str) -> u64 {
    let totals = profile.lines().filter_map(|line| line.strip_prefix("totals: ")?.trim().parse::<u64>().ok());
    totals.sum()
}

/// How often the functions that allocate are called, by those that do not.
fn allocations(profile: &str) -> u64 {
    const FUNCTIONS: [&str; 6] = ["malloc", "calloc", "realloc", "aligned_alloc", "posix_memalign", "memalign"];
    let name = |text: &str| text.split('\'').next().is_some_and(|name| FUNCTIONS.contains(&name));
    let (mut within, mut called, mut calls) = (false, false, 0);
    for line in profile.lines() {
        if let Some(function) = line.strip_prefix("fn=") {
            within = name(function);
        } else if let Some(function) = line.strip_prefix("cfn=") {
            called = name(function);
        } else if let Some(call) = line.strip_prefix("calls=")
            && called
            && !within
        {
            calls += call.split(' ').next().and_then(|count| count.parse::<u64>().ok()).unwrap_or(0);
        }
    }
    calls
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_is_summed_and_its_allocations_are_counted() {
        let profile = "events: Ir\nfn=main\n1 10\ncfn=malloc\ncalls=3 7\n1 90\ncfn=work'2\ncalls=5 7\n1 90\n\
                       fn=realloc\n2 5\ncfn=malloc\ncalls=2 7\n2 30\ntotals: 1200\n";
        assert_eq!((instructions(profile), allocations(profile)), (1200, 3));
    }
}
