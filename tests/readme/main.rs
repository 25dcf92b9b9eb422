//! README's program, as `.ci/readme` built it outside of the workspace: its curl lines, its limits, and a real browser.
//!
//! `bash .ci/readme`, with `curl`, `chromium` and `chromedriver` in the path.

#![allow(clippy::unwrap_used)] // tests panic

#[allow(dead_code)] // shared: each test takes a part of it
#[path = "../quickstart/client.rs"]
mod client;
#[allow(dead_code)]
#[path = "../browser/driver.rs"]
mod driver;

use std::fs::File;
use std::net::{SocketAddr, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::client::Request;
use crate::driver::Browser;

/// What `.ci/readme` says.
fn given(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set: use `bash .ci/readme`"))
}

fn folder() -> PathBuf {
    given("AUTH_README").into()
}

/// The program, on a database of its own; it ends with the value.
struct Program {
    child: Child,
    address: SocketAddr,
}

impl Program {
    fn start() -> Self {
        let log = File::create(folder().join("log")).unwrap();
        let child = Command::new(given("AUTH_README_PROGRAM"))
            .current_dir(folder())
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .unwrap();
        let mut program = Self { child, address: given("AUTH_README_ADDRESS").parse().unwrap() };
        for _ in 0..600 {
            if TcpStream::connect(program.address).is_ok() {
                return program;
            }
            assert!(program.child.try_wait().unwrap().is_none(), "the program ended: {}", Self::log());
            std::thread::sleep(Duration::from_millis(100));
        }
        panic!("the program does not listen: {}", Self::log());
    }

    /// What the program has printed.
    fn log() -> String {
        std::fs::read_to_string(folder().join("log")).unwrap()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// README's lines for a shell that call curl, and what each says of its answer.
fn curl_lines() -> Vec<(String, Option<String>)> {
    let readme = std::fs::read_to_string(folder().join("README.md")).unwrap();
    let lines = readme.lines().filter(|line| line.contains("curl -"));
    lines
        .map(|line| {
            let said = line.rsplit_once("  # ").map(|(_, said)| said.to_owned());
            (line.to_owned(), said)
        })
        .collect()
}

/// Runs README's curl lines in one shell, and compares their answers with what README says.
fn curl_lines_answer_as_said() {
    let lines = curl_lines();
    let lines_of_shell: Vec<&str> = lines.iter().flat_map(|(line, _)| [line.as_str(), "printf '\\0'"]).collect();
    let script = lines_of_shell.join("\n");
    let output = Command::new("bash").args(["-euc", &script]).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{script}: {text}{}", String::from_utf8_lossy(&output.stderr));
    let answers: Vec<&str> = text.split('\0').collect();
    let mut statuses = Vec::new();
    for ((line, said), answer) in lines.iter().zip(&answers) {
        let Some(said) = said else { continue };
        let status = &said[..3];
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{line}: {answer}");
        if said.contains("WWW-Authenticate: Bearer") {
            assert!(answer.to_ascii_lowercase().contains("\nwww-authenticate: bearer\r\n"), "{line}: {answer}");
        }
        statuses.push(status.to_owned());
    }
    assert_eq!(statuses, ["401", "200", "200", "403"], "README shows each way in and each kind of refusal");
}

fn a_wrong_credential_is_refused(address: SocketAddr) {
    for (value, status) in [("Bearer wrong", 401), ("Basic YWRhOndyb25n", 401), ("Basic !", 401)] {
        let answer = Request::get("/me").header("Authorization", value).send(address);
        assert_eq!((answer.status.as_u16(), answer.header("www-authenticate")), (status, Some("Bearer")), "{value}");
    }
    let anonymous = Request::get("/report").send(address);
    assert_eq!(anonymous.status, 401);
    assert_eq!(anonymous.json()["code"], "not_authenticated");
}

/// A browser logs in at the page that README names, and out again.
fn a_browser_logs_in(address: SocketAddr) {
    let page = format!("http://{address}/auth/login/?next=/me");
    let readme = std::fs::read_to_string(folder().join("README.md")).unwrap();
    assert!(readme.contains(&page), "README says where to open the browser");
    let browser = Browser::start();
    browser.open(&page);
    browser.enter("#id_username", "ada");
    browser.enter("#id_password", "wrong");
    browser.click("form button");
    assert!(browser.text("[role=alert]").starts_with("Please enter a correct username and password."));
    browser.enter("#id_password", "correct horse");
    browser.click("form button");
    assert_eq!(browser.text("body").trim(), "Hello, ada!");
    assert_eq!(browser.url(), format!("http://{address}/me"));
    let login = browser.cookie("sessionid").unwrap();
    assert_eq!((&login["httpOnly"], &login["secure"]), (&true.into(), &false.into()));
}

/// A hundred failed logins from one address, each with another name, and no more.
fn the_address_of_a_guesser_is_closed(address: SocketAddr) {
    let attempt = |name: &str| {
        let form = format!("username={name}&password=guess");
        Request::form("/api-token-auth/", &form).send(address).status.as_u16()
    };
    let statuses: Vec<u16> = (0..110).map(|number| attempt(&format!("name-{number}"))).collect();
    let first = statuses.iter().position(|status| *status == 429).expect("a limit by address");
    assert!(first <= 100, "{first} failures were counted");
    assert!(statuses[..first].iter().all(|status| *status == 400), "{statuses:?}");
    assert!(statuses[first..].iter().all(|status| *status == 429), "{statuses:?}");
    // One guess was Basic's, one the browser's; how many count for the address is what the settings say.
    assert!(first >= 90, "{first} failures were let through");
}

#[test]
fn the_program_does_what_readme_says() {
    let program = Program::start();
    curl_lines_answer_as_said();
    a_wrong_credential_is_refused(program.address);
    a_browser_logs_in(program.address);
    the_address_of_a_guesser_is_closed(program.address);
    let log = Program::log();
    assert_eq!(log.matches("use `Settings::default()` in production").count(), 1, "{log}");
    assert!(!log.contains("the address of a caller is not known"), "{log}");
}
