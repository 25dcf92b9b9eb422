//! A password that is typed: at a terminal that `script` of util-linux makes.

use std::io::{Read, Write as _};
use std::process::{Child, Command, Stdio};

use crate::support::{Bench, logs_in};

/// The program at a terminal, and what stood there so far.
struct Terminal {
    script: Child,
    shown: String,
    device: String,
}

impl Terminal {
    fn open(bench: &Bench, arguments: &str) -> Self {
        let line = format!("tty; exec {} {arguments}", env!("CARGO_BIN_EXE_auth"));
        let script = Command::new("script")
            .args(["--quiet", "--return", "--echo", "always", "--command", &line, "/dev/null"])
            .env("AUTH_DATABASE", &bench.database)
            .env_remove("AUTH_REDIS")
            .env("SHELL", "/bin/sh")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut terminal = Self { script, shown: String::new(), device: String::new() };
        terminal.wait_for("\n");
        terminal.shown.trim().clone_into(&mut terminal.device);
        terminal
    }

    /// Reads until this stands there.
    fn wait_for(&mut self, text: &str) {
        let from = self.shown.len();
        while !self.shown[from..].contains(text) {
            let mut byte = [0];
            self.script.stdout.as_mut().unwrap().read_exact(&mut byte).unwrap();
            self.shown.push(char::from(byte[0]));
        }
    }

    /// Types a line once the terminal shows no more what is typed.
    fn type_unseen(&mut self, prompt: &str, line: &str) {
        self.wait_for(prompt);
        let echoes = || {
            let output = Command::new("stty").args(["-F", &self.device, "-a"]).output().unwrap();
            assert!(output.status.success(), "the terminal is closed");
            !String::from_utf8(output.stdout).unwrap().split_whitespace().any(|setting| setting == "-echo")
        };
        assert!((0..2_000).any(|_| !echoes()), "what is typed is shown");
        self.script.stdin.as_mut().unwrap().write_all(format!("{line}\n").as_bytes()).unwrap();
    }

    /// Its exit code, and all that stood there.
    fn close(mut self) -> (Option<i32>, String) {
        let mut rest = String::new();
        self.script.stdout.as_mut().unwrap().read_to_string(&mut rest).unwrap();
        (self.script.wait().unwrap().code(), std::mem::take(&mut self.shown) + &rest)
    }
}

impl Drop for Terminal {
    /// Leaves no program behind that waits for a password.
    fn drop(&mut self) {
        let _ = self.script.kill();
        let _ = self.script.wait();
    }
}

#[tokio::test]
async fn a_password_is_typed_twice_and_not_shown() {
    let bench = Bench::new("terminal");
    let mut terminal = Terminal::open(&bench, "users create ada");
    terminal.type_unseen("Password: ", "correct horse");
    terminal.type_unseen("Password, again: ", "correct horse");
    let (code, shown) = terminal.close();
    assert_eq!(code, Some(0), "{shown}");
    assert!(shown.contains("ada was created.") && !shown.contains("correct"), "{shown}");
    assert!(logs_in(&bench.store().await, "ada", "correct horse").await);
}

#[tokio::test]
async fn two_different_passwords_change_nothing() {
    let bench = Bench::new("terminal-differ");
    bench.run_with(&["users", "create", "ada"], "first\n").text();
    let mut terminal = Terminal::open(&bench, "users set-password ada");
    terminal.type_unseen("Password: ", "second");
    terminal.type_unseen("Password, again: ", "secnod");
    let (code, shown) = terminal.close();
    assert_eq!(code, Some(2), "{shown}");
    assert!(shown.contains("differ; nothing was changed") && !shown.contains("sec"), "{shown}");
    assert!(logs_in(&bench.store().await, "ada", "first").await);
}
