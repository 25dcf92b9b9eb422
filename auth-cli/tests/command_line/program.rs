//! What is the same for all commands: addresses, exit codes, streams.

use std::fs::{self, File};
use std::io::pipe;

use serde_json::json;

use crate::support::Bench;

#[test]
fn the_tables_are_made_and_brought_up_to_date() {
    let bench = Bench::new("migrate");
    let text = bench.run(&["migrate"]).text();
    assert_eq!(text, format!("The tables in `{}` are up to date.\n", bench.database));
    assert_eq!(bench.json(&["migrate"])["up_to_date"], true);
    let other = bench.path("other.sqlite");
    bench.run(&["--database", &other, "migrate"]).text();
    assert!(fs::metadata(other).unwrap().len() > 0, "the option goes before the variable");
}

/// Every command that only shows something.
const LISTS: &[&[&str]] = &[
    &["users", "list"],
    &["users", "permissions", "ada"],
    &["groups", "list"],
    &["groups", "show", "editors"],
    &["tokens", "list", "ada"],
    &["keys", "list"],
    &["keys", "list", "ada"],
    &["clients", "list"],
    &["logins", "list", "ada"],
];

/// Commands that change something that must be there already.
const CHANGES: &[&[&str]] = &[
    &["users", "disable", "ada"],
    &["users", "delete", "ada"],
    &["groups", "add", "editors", "ada"],
    &["tokens", "create", "ada"],
    &["tokens", "revoke", "ada", "--all"],
    &["keys", "create", "ada"],
    &["clients", "delete", "web"],
    &["logins", "revoke", "ada", "--all"],
    &["sweep"],
];

#[test]
fn mistyped_path_creates_no_database() {
    let bench = Bench::new("mistyped");
    fs::write(bench.path("empty.sqlite"), "").unwrap();
    fs::write(bench.path("django.sqlite"), "").unwrap();
    for command in LISTS.iter().chain(CHANGES) {
        for (path, name) in [(bench.path("typo.sqlite"), "typo.sqlite"), (bench.path("empty.sqlite"), "empty.sqlite")] {
            let failure = bench.run(&[&["--database", &path], *command].concat()).failure(1);
            assert!(failure.contains(name) && failure.contains("check the address"), "{command:?}: {failure}");
            assert!(failure.contains("`auth migrate`"), "{command:?}: {failure}");
        }
    }
    // It says what the import would do, and the import would create the database.
    let dry_run =
        bench.run(&["--database", &bench.path("typo.sqlite"), "import", "--dry-run", "django.sqlite"]).failure(2);
    assert!(dry_run.contains("auth_user"), "{dry_run}");
    let mut files: Vec<_> = fs::read_dir(&bench.folder).unwrap().map(|file| file.unwrap().file_name()).collect();
    files.sort();
    assert_eq!(files, ["django.sqlite", "empty.sqlite"]);
    assert_eq!(fs::read(bench.path("empty.sqlite")).unwrap(), b"");
}

#[tokio::test]
async fn lists_do_not_migrate_and_changes_do() {
    let bench = Bench::new("older");
    bench.user("ada");
    bench.run(&["groups", "create", "editors"]).text();
    let older = "DROP INDEX auth_account_new_skeleton; DROP INDEX auth_account_skeleton; \
         ALTER TABLE auth_account DROP COLUMN skeleton; ALTER TABLE auth_account DROP COLUMN may_look_alike; \
         PRAGMA user_version = 4";
    let pool = sqlx::SqlitePool::connect(&bench.database).await.unwrap();
    sqlx::raw_sql(older).execute(&pool).await.unwrap();
    pool.close().await;
    let before = bench.bytes();
    for command in LISTS {
        let failure = bench.run(command).failure(1);
        assert!(failure.contains("version 4") && failure.contains("run `auth migrate`"), "{command:?}: {failure}");
        assert_eq!(bench.bytes(), before, "{command:?}");
    }
    bench.run(&["users", "disable", "ada"]).text();
    assert_eq!(bench.json(&["users", "list"])["users"][0]["is_active"], false);
}

#[cfg(unix)]
#[test]
fn lists_need_no_right_to_write() {
    use std::os::unix::fs::PermissionsExt as _;

    let bench = Bench::new("read-only");
    bench.user("ada");
    fs::set_permissions(&bench.database, fs::Permissions::from_mode(0o400)).unwrap();
    let before = bench.bytes();
    assert!(bench.run(&["users", "list"]).text().contains("ada"));
    assert_eq!(bench.bytes(), before);
}

#[test]
fn without_an_address_the_cure_is_said() {
    let bench = Bench::new("no-address");
    let output = bench.command(&["users", "list"]).env_remove("AUTH_DATABASE").output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8(output.stderr).unwrap().contains("give --database, or set AUTH_DATABASE"));
    for address in ["", ":memory:", "mysql://auth@host/auth"] {
        bench.run(&["--database", address, "users", "list"]).failure(2);
    }
}

#[test]
fn a_database_that_cannot_be_opened_stays_as_it_is() {
    let bench = Bench::new("not-a-database");
    fs::write(bench.path("auth.sqlite"), "no database, but text that is long enough to be looked at").unwrap();
    let before = bench.bytes();
    let failure = bench.run(&["migrate"]).failure(1);
    assert!(failure.contains("cannot be opened") && failure.contains("check the path"), "{failure}");
    assert_eq!(bench.bytes(), before);
    bench.run(&["--database", &bench.path("no/such/folder.sqlite"), "migrate"]).failure(1);
}

#[tokio::test]
async fn tables_of_a_newer_program_are_refused() {
    let bench = Bench::new("too-new");
    bench.run(&["migrate"]).text();
    let pool = sqlx::SqlitePool::connect(&bench.database).await.unwrap();
    sqlx::query("PRAGMA user_version = 99").execute(&pool).await.unwrap();
    pool.close().await;
    let failure = bench.run(&["users", "list"]).failure(1);
    assert!(failure.contains("use a newer program") && !failure.contains("check the path"), "{failure}");
}

#[test]
fn a_password_in_an_address_is_never_shown() {
    let bench = Bench::new("address-password");
    for (variable, address) in [
        ("AUTH_DATABASE", "postgres://auth:s3cret@host:port/auth"),
        ("AUTH_DATABASE", "postgres://auth:s3cret/x@host/auth"),
        ("AUTH_DATABASE", "postgres://auth:s3cret@host/auth?sslmode=s3cret"),
        ("AUTH_DATABASE", "mysql://auth:s3cret@host/auth"),
        ("AUTH_REDIS", "auth:s3cret@host"),
        ("AUTH_REDIS", "http://auth:s3cret@host"),
        ("AUTH_REDIS", "redis://auth:s3cret/x@host"),
        ("AUTH_REDIS", "redis://auth:s3cret@host:port"),
        ("AUTH_REDIS", "redis://auth:s3cret@127.0.0.1:1"),
        ("AUTH_IMPORT", "postgres://auth:s3cret@127.0.0.1:1/auth"),
        ("AUTH_IMPORT", "mysql://auth:s3cret@host/auth"),
    ] {
        for arguments in [&["import"][..], &["users", "list"], &["--help"], &["help", "import"], &["users", "lst"]] {
            let output = bench.command(arguments).env(variable, address).output().unwrap();
            let text = [output.stdout, output.stderr].concat();
            let text = String::from_utf8(text).unwrap();
            assert!(!text.contains("s3cret"), "{variable}={address} {arguments:?}: {text}");
            let is_used = arguments[0] == "import" || (arguments[1..] == ["list"] && variable != "AUTH_IMPORT");
            assert!(!is_used || !output.status.success(), "{variable}={address} {arguments:?}: {text}");
        }
    }
}

#[test]
fn the_long_help_has_the_exit_codes() {
    let bench = Bench::new("help");
    let help = bench.run(&["--help"]).text();
    for line in ["  0  done", "  1  the store failed", "  2  the command line", "  3  there is no such user"] {
        assert!(help.contains(line), "{help}");
    }
    bench.run(&["no-such-command"]).failure(2);
    bench.run(&["users"]).failure(2);
    bench.run(&["import", "x", "--only", "everything"]).failure(2);
}

#[test]
fn a_reader_who_is_gone_is_no_fault() {
    let bench = Bench::new("broken-pipe");
    bench.user("ada");
    for arguments in [&["users", "list"][..], &["--help"], &["tokens", "create", "ada"], &["users", "enable", "bob"]] {
        let (reader, writer) = pipe().unwrap();
        drop(reader);
        let mut command = bench.command(arguments);
        let status = command.stdout(writer.try_clone().unwrap()).stderr(writer).status().unwrap();
        let expected = if arguments[0] == "users" && arguments[1] == "enable" { 3 } else { 0 };
        assert_eq!(status.code(), Some(expected), "{arguments:?}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn an_answer_that_cannot_be_written_is_a_fault() {
    let bench = Bench::new("full-disk");
    bench.user("ada");
    let full = File::options().write(true).open("/dev/full").unwrap();
    let output = bench.command(&["tokens", "create", "ada"]).stdout(full).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(text.contains("could not be written") && !text.contains("auth_pat_"), "{text}");
}

#[test]
fn every_command_has_one_document() {
    let bench = Bench::new("documents");
    bench.user("ada");
    for arguments in [
        &["migrate"][..],
        &["users", "list"],
        &["users", "disable", "ada"],
        &["users", "enable", "ada"],
        &["users", "set-staff", "ada", "true"],
        &["tokens", "create", "ada"],
        &["tokens", "list", "ada"],
        &["tokens", "revoke", "ada", "--all"],
        &["keys", "create", "ada", "--id", "k"],
        &["keys", "list"],
        &["keys", "expire", "k"],
        &["keys", "remove", "k"],
        &["clients", "set", "web"],
        &["clients", "list"],
        &["clients", "delete", "web"],
        &["logins", "list", "ada"],
        &["logins", "revoke", "ada", "--all"],
        &["sweep"],
        &["users", "delete", "ada"],
    ] {
        let json = bench.json(arguments);
        assert!(json.is_object() && json != json!({}), "{arguments:?}: {json}");
    }
}
