//! Reads a password: from the terminal, or one line of piped input.

use std::io::{self, BufRead as _, IsTerminal as _, Read as _};

use auth_runtime::Passwords;
use zeroize::Zeroizing;

use crate::failure::Failure;

/// The maximum length of a password, in bytes.
const LONGEST: u64 = Passwords::MAX_BYTES as u64;

/// Reads a new password: typed twice at a terminal, without echo, or the first line of piped input.
pub(crate) fn new_password() -> Result<Zeroizing<String>, Failure> {
    let password = if io::stdin().is_terminal() { typed()? } else { piped()? };
    if password.is_empty() {
        return Err(Failure::Usage("an empty password is none; --no-password makes a user without".to_owned()));
    }
    if password.len() as u64 > LONGEST {
        return Err(Failure::Usage(format!("a password has at most {LONGEST} bytes")));
    }
    Ok(password)
}

fn typed() -> Result<Zeroizing<String>, Failure> {
    let ask = |prompt| {
        let answer = rpassword::prompt_password(prompt).map(Zeroizing::new);
        answer.map_err(|error| Failure::Usage(format!("no password could be read from the terminal: {error}")))
    };
    let password = ask("Password: ")?;
    if *password != *ask("Password, again: ")? {
        return Err(Failure::Usage("the two passwords differ; nothing was changed".to_owned()));
    }
    Ok(password)
}

fn piped() -> Result<Zeroizing<String>, Failure> {
    // Allocated in full, so that a growing string does not leave copies of a part behind.
    let mut line = Zeroizing::new(String::with_capacity(usize::try_from(LONGEST + 2).unwrap_or_default()));
    let read = io::stdin().lock().take(LONGEST + 2).read_line(&mut line);
    read.map_err(|error| Failure::Usage(format!("no password could be read from the standard input: {error}")))?;
    let password = line.strip_suffix('\n').map_or(line.as_str(), |line| line.strip_suffix('\r').unwrap_or(line));
    if password.is_empty() {
        return Err(Failure::Usage(
            "there is no password on the standard input: pipe one line, or run this at a terminal".to_owned(),
        ));
    }
    Ok(Zeroizing::new(password.to_owned()))
}
