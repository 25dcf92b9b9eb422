//! What keeps the program from starting: one line in words, exit status 1, and no panic.

use std::ffi::OsStr;
use std::net::TcpListener;
use std::process::{Command, Stdio};

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection};

use crate::server::{Folder, Server, command};

/// Runs the command until it ends with status 1, and gives what it said.
fn fails(command: &mut Command) -> String {
    let output = command.stderr(Stdio::piped()).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert_eq!(output.stdout, b"", "nothing is promised");
    assert!(said.starts_with("quickstart: ") && said.trim_end().lines().count() == 1, "{said}");
    said
}

fn fails_with(folder: &Folder, database: &OsStr, words: &str) {
    let said = fails(&mut command(folder, database));
    assert!(said.contains(database.to_str().unwrap()), "names the file: {said}");
    assert!(said.contains(words), "{said}");
}

#[test]
fn an_address_in_use() {
    let folder = Folder::new();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let said = fails(command(&folder, folder.database()).args(["--listen", &address]));
    assert!(said.contains(&address) && said.contains("--listen"), "says what to do: {said}");
}

#[test]
fn a_database_in_a_missing_folder() {
    let folder = Folder::new();
    fails_with(&folder, folder.join("missing").join("quickstart.sqlite").as_os_str(), "unable to open database file");
}

#[test]
fn a_file_that_is_no_database_and_stays_as_it_is() {
    let folder = Folder::new();
    let text = folder.join("notes.txt");
    let content = "not a database\n".repeat(100);
    std::fs::write(&text, &content).unwrap();
    fails_with(&folder, text.as_os_str(), "file is not a database");
    assert_eq!(std::fs::read_to_string(&text).unwrap(), content);
}

#[test]
fn a_folder_in_the_place_of_a_file() {
    let folder = Folder::new();
    let database = folder.join("folder");
    std::fs::create_dir(&database).unwrap();
    fails_with(&folder, database.as_os_str(), "unable to open database file");
}

#[test]
fn an_origin_that_is_none() {
    let folder = Folder::new();
    let said = fails(command(&folder, folder.database()).args(["--public-origin", "app.example.org"]));
    assert!(said.contains("https://app.example.org"), "shows how one looks: {said}");
}

#[tokio::test]
async fn tables_of_a_newer_version() {
    let folder = Folder::new();
    drop(Server::start(&folder));
    let database = SqliteConnectOptions::new().filename(folder.database()).connect().await;
    let mut database = database.unwrap();
    sqlx::raw_sql("PRAGMA user_version = 99").execute(&mut database).await.unwrap();
    database.close().await.unwrap();
    fails_with(&folder, folder.database().as_ref(), "use a newer program");
}

#[tokio::test]
async fn a_database_that_another_program_keeps_locked() {
    let folder = Folder::new();
    let database = SqliteConnectOptions::new().filename(folder.database()).create_if_missing(true).connect().await;
    let mut database = database.unwrap();
    sqlx::raw_sql("BEGIN EXCLUSIVE").execute(&mut database).await.unwrap();
    fails_with(&folder, folder.database().as_ref(), "database is locked");
    database.close().await.unwrap();
}
