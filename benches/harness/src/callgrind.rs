//! Instructions and heap allocations of a request, counted by valgrind's callgrind.
//!
//! The same program is run twice, once with the requests and once without, so that all it does besides falls away. What
//! is counted does not depend on how busy the machine is.
//!
//! Callgrind has no SHA instructions, so that a digest is computed with portable code there, in 18 times as many
//! instructions as on a processor that has them, as those of servers do. What is counted in that code is therefore
//! divided: [`BLOCK`] instructions for a block of SHA-256, as [`steps`](crate::steps) counts them.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::sync::Mutex;
use std::{fs, thread};

/// The instructions of one block of SHA-256 with the SHA instructions of x86-64, loads and stores of the state included.
const BLOCK: f64 = 185.0;
/// The same in portable code.
const PORTABLE_BLOCK: f64 = 3_372.0;

/// What one request costs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cost {
    /// Instructions, with those of digests as a processor with SHA instructions executes them.
    pub instructions: f64,
    /// The instructions that callgrind counts.
    pub portable: f64,
    /// Calls of `malloc`, `calloc`, `realloc` and the like.
    pub allocations: f64,
}

/// Counts `requests` requests of a subject of `program`, with files in `folder`.
///
/// # Errors
///
/// When valgrind is not there or the program fails, as a text.
pub fn count(program: &Path, subject: &str, requests: usize, folder: &Path) -> Result<Cost, String> {
    let of = |served: usize| -> Result<[u64; 3], String> {
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
        Ok([instructions(&profile), digesting(&profile), allocations(&profile)])
    };
    let (with, without) = (of(requests)?, of(0)?);
    let [portable, digesting, allocations] = [0, 1, 2].map(|at| {
        #[allow(clippy::cast_precision_loss)] // the numbers are far below 2^52
        let (difference, requests) = (with[at] as f64 - without[at] as f64, requests as f64);
        difference / requests
    });
    let instructions = portable - digesting + digesting * BLOCK / PORTABLE_BLOCK;
    Ok(Cost { instructions, portable, allocations })
}

/// Counts several subjects, as many at once as there are processors.
///
/// # Errors
///
/// As [`count`], for the first one that cannot be counted.
pub fn count_all(
    program: &Path,
    subjects: &[(String, usize)],
    folder: &Path,
) -> Result<BTreeMap<String, Cost>, String> {
    let (left, costs) = (Mutex::new(subjects.iter()), Mutex::new(Ok(BTreeMap::new())));
    let threads = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let next = left.lock().expect("no thread panics").next();
                    let Some((subject, requests)) = next else { return };
                    let cost = count(program, subject, *requests, folder);
                    let mut costs = costs.lock().expect("no thread panics");
                    match (cost, &mut *costs) {
                        (Ok(cost), Ok(costs)) => drop(costs.insert(subject.clone(), cost)),
                        (Err(fault), Ok(_)) => *costs = Err(fault),
                        (_, Err(_)) => return,
                    }
                }
            });
        }
    });
    costs.into_inner().expect("no thread panics")
}

/// The sum of all parts of a profile.
fn instructions(profile: &str) -> u64 {
    let totals = profile.lines().filter_map(|line| line.strip_prefix("totals: ")?.trim().parse::<u64>().ok());
    totals.sum()
}

/// What the portable code of SHA-256 executes itself.
fn digesting(profile: &str) -> u64 {
    let (mut within, mut is_call, mut sum) = (false, false, 0);
    for line in profile.lines() {
        if let Some(function) = line.strip_prefix("fn=") {
            within = function.starts_with("sha2::sha256::soft");
        } else if line.starts_with("calls=") {
            // The line after it is what the function called executes.
            is_call = true;
        } else if line.starts_with(|first: char| first.is_ascii_digit()) && !std::mem::take(&mut is_call) && within {
            sum += line.split(' ').nth(1).and_then(|count| count.parse::<u64>().ok()).unwrap_or(0);
        }
    }
    sum
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
    fn a_profile_is_summed_and_its_digests_and_allocations_are_counted() {
        let profile = "events: Ir\nfn=main\n1 10\ncfn=malloc\ncalls=3 7\n1 90\ncfn=work'2\ncalls=5 7\n1 90\n\
                       fn=realloc\n2 5\ncfn=malloc\ncalls=2 7\n2 30\n\
                       fn=sha2::sha256::soft::compress\n3 40\ncfn=memcpy\ncalls=1 7\n3 9\n4 2\ntotals: 1200\n";
        assert_eq!((instructions(profile), digesting(profile), allocations(profile)), (1200, 42, 3));
    }
}
