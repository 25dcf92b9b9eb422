//! The end of the program, and what is left on the next start.

#![cfg(unix)]

use std::io::{Read, Write};
use std::net::TcpStream;

use serde_json::json;
use sqlx::{Connection, Row, SqliteConnection};

use crate::client::Request;
use crate::server::{Folder, Server};
use crate::ways_in::{bearer, log_in};

/// Stops the server as a service manager does: it must end by itself. What it printed last.
fn stop(folder: &Folder, server: Server) -> String {
    server.ask_to_stop();
    let (status, last) = server.wait_for_end();
    assert!(status.success(), "{status}: {}", folder.log());
    assert!(!folder.log().contains("panicked"), "{}", folder.log());
    last
}

#[test]
fn sigterm_ends_it_cleanly_and_the_next_start_knows_token_and_login() {
    let folder = Folder::new();
    let server = Server::start(&folder);
    let bearer = bearer(server.address);
    let cookie = format!("sessionid={}", log_in(server.address));
    let last = stop(&folder, server);
    assert!(last.ends_with("Stopped.\n"), "{last}");

    let server = Server::start(&folder);
    for (name, value, scheme) in [("Authorization", bearer, "Token"), ("Cookie", cookie, "Session")] {
        let me = Request::get("/me").header(name, value).send(server.address);
        assert_eq!(me.json(), json!({ "user": "ada", "scheme": scheme }), "{}", me.body);
    }
    stop(&folder, server);
}

#[tokio::test]
async fn a_restart_leaves_the_accounts_as_they_are() {
    let folder = Folder::new();
    let mut accounts: Vec<Vec<(i64, String, String)>> = Vec::new();
    for _ in 0..2 {
        stop(&folder, Server::start(&folder));
        let mut database = SqliteConnection::connect(&folder.database()).await.unwrap();
        let rows =
            sqlx::query("SELECT id, username, password_hash FROM auth_account ORDER BY id").fetch_all(&mut database);
        let rows = rows.await.unwrap();
        accounts.push(rows.iter().map(|row| (row.get(0), row.get(1), row.get(2))).collect());
    }
    let names: Vec<&str> = accounts[0].iter().map(|(_, name, _)| name.as_str()).collect();
    assert_eq!(names, ["ada", "boss"]);
    assert_eq!(accounts[0], accounts[1]);
}

#[test]
fn a_request_under_way_is_answered_before_the_end() {
    let folder = Folder::new();
    let server = Server::start(&folder);
    let body = r#"{"username": "ada", "password": "correct horse"}"#;
    let head = format!(
        "POST /api-token-auth/ HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\
         Expect: 100-continue\r\n\r\n",
        server.address,
        body.len()
    );
    let mut connection = TcpStream::connect(server.address).unwrap();
    connection.write_all(head.as_bytes()).unwrap();
    let mut go_on = [0; 25];
    connection.read_exact(&mut go_on).unwrap();
    assert_eq!(&go_on, b"HTTP/1.1 100 Continue\r\n\r\n");
    server.ask_to_stop();
    connection.write_all(body.as_bytes()).unwrap();
    let mut answer = String::new();
    connection.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert!(server.wait_for_end().0.success(), "{}", folder.log());
}

#[test]
fn a_request_that_never_ends_does_not_keep_it() {
    let folder = Folder::new();
    let server = Server::start(&folder);
    let mut connection = TcpStream::connect(server.address).unwrap();
    connection.write_all(b"GET /public HTTP/1.1\r\nHost: x\r\n").unwrap();
    bearer(server.address);
    stop(&folder, server);
}

/// A database that stops to answer, with requests under way and a last use to note.
#[cfg(feature = "services")]
#[test]
fn a_database_that_does_not_answer_does_not_keep_it() {
    use std::time::{Duration, Instant};

    use crate::proxy::Proxy;

    let folder = Folder::new();
    let (proxy, url) = Proxy::before_url(&folder.postgres_database());
    let server = Server::start_on(&folder, &url);
    let bearer = bearer(server.address);
    let me = || Request::get("/me").header("Authorization", &bearer).send(server.address);
    assert_eq!(me().status, 200);
    proxy.stop();
    let began = Instant::now();
    std::thread::scope(|threads| {
        let waiting: Vec<_> = (0..20).map(|_| threads.spawn(me)).collect();
        for answer in waiting.into_iter().map(|thread| thread.join().unwrap()) {
            assert_eq!(answer.status, 503, "{}", answer.body);
            assert_eq!(answer.header("retry-after"), Some("5"));
        }
    });
    // Sooner than five seconds, by the clock of a busy machine.
    assert!(began.elapsed() < Duration::from_secs(8), "{:?}", began.elapsed());
    let under_way: Vec<_> = (0..4)
        .map(|_| {
            let mut connection = TcpStream::connect(server.address).unwrap();
            let request = format!("GET /me HTTP/1.1\r\nHost: x\r\nAuthorization: {bearer}\r\n\r\n");
            connection.write_all(request.as_bytes()).unwrap();
            connection
        })
        .collect();
    let began = Instant::now();
    stop(&folder, server);
    assert!(began.elapsed() < Duration::from_secs(15), "{:?}", began.elapsed());
    drop(under_way);
}
