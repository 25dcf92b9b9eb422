//! Who may read the database of the program.

use std::fs::{File, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Stdio};

use crate::server::{Folder, Server, is_on_postgres, program};
use crate::ways_in::bearer;

/// Starts the program where others may read whatever is made, unless it says otherwise.
fn start(folder: &Folder) -> Server {
    let errors = File::options().create(true).append(true).open(folder.join("stderr")).unwrap();
    let mut shell = Command::new("sh");
    shell.args(["-c", "umask 022; touch \"$1\"; shift; exec \"$@\"", "sh"]).arg(folder.join("control"));
    shell.arg(program()).arg("--database").arg(folder.database()).args(["--listen", "127.0.0.1:0"]);
    shell.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(errors);
    Server::run(folder, &mut shell)
}

fn mode(folder: &Folder, name: &str) -> u32 {
    folder.join(name).metadata().unwrap().permissions().mode() & 0o777
}

const FILES: [&str; 3] = ["quickstart.sqlite", "quickstart.sqlite-wal", "quickstart.sqlite-shm"];
const WARNING: &str = "everybody on this machine may read the database";

#[test]
fn a_new_database_is_its_owners_alone() {
    if is_on_postgres() {
        return;
    }
    let folder = Folder::new();
    let server = start(&folder);
    bearer(server.address);
    assert_eq!(mode(&folder, "control"), 0o644, "as others are made there");
    for name in FILES {
        assert_eq!(mode(&folder, name), 0o600, "{name}");
    }
    assert!(!folder.log().contains(WARNING), "{}", folder.log());
}

#[test]
fn a_database_that_everybody_may_read_is_warned_of() {
    if is_on_postgres() {
        return;
    }
    let folder = Folder::new();
    drop(start(&folder));
    std::fs::set_permissions(folder.join(FILES[0]), Permissions::from_mode(0o644)).unwrap();
    let server = start(&folder);
    bearer(server.address);
    assert!(folder.log().contains(WARNING) && folder.log().contains(FILES[0]), "{}", folder.log());
}
