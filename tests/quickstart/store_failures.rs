//! A database that fails under the running server: 503, never 401, never anonymous, and nobody is admitted by it.

use std::fs::File;
use std::net::SocketAddr;

use auth_runtime::{TokenFormat, TokenKind};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, SqliteConnection};
use tests::Answer;

use crate::client::Request;
use crate::server::{Folder, Server};
use crate::ways_in::{basic, bearer, log_in, post_login};

async fn open(folder: &Folder) -> SqliteConnection {
    SqliteConnectOptions::new().filename(folder.database()).connect().await.unwrap()
}

async fn execute(database: &mut SqliteConnection, sql: &'static str) {
    sqlx::raw_sql(sql).execute(database).await.unwrap();
}

fn assert_unavailable(answer: &Answer, what: &str) {
    assert_eq!(answer.status, 503, "{what}: {}", answer.body);
    assert_eq!(answer.json()["code"], "unavailable", "{what}");
    assert_eq!(answer.detail(), "Authentication is temporarily unavailable.", "{what}: the cause is not told");
    assert_eq!((answer.header("www-authenticate"), answer.header("set-cookie")), (None, None), "{what}");
}

/// A token that nobody has, and that is looked up for its form.
fn unknown_token() -> String {
    format!("Bearer {}", TokenFormat::default().generate(TokenKind::Personal).unwrap().reveal())
}

/// A request with credentials.
struct Attempt {
    what: &'static str,
    right: bool,
    table: &'static str,
    request: Request,
}

/// Right and wrong credentials of each kind, with the table that tells them.
fn attempts(address: SocketAddr, path: &str) -> Vec<Attempt> {
    [
        ("a token", true, "token", "Authorization", bearer(address)),
        ("a wrong token", false, "token", "Authorization", unknown_token()),
        ("a login", true, "login", "Cookie", format!("sessionid={}", log_in(address))),
        ("a wrong login", false, "login", "Cookie", "sessionid=wrong".to_owned()),
        ("a password", true, "account", "Authorization", basic("ada", "correct horse")),
        ("a wrong password", false, "account", "Authorization", basic("ada", "wrong")),
    ]
    .into_iter()
    .map(|(what, right, table, header, value)| Attempt {
        what,
        right,
        table,
        request: Request::get(path).header(header, value),
    })
    .collect()
}

#[tokio::test]
async fn a_missing_table_is_503_until_it_is_back() {
    let folder = Folder::new();
    let server = Server::start(&folder);
    let mut database = open(&folder).await;
    let mut attempts = attempts(server.address, "/me");
    attempts.extend(self::attempts(server.address, "/public"));
    let statuses = || attempts.iter().map(|attempt| attempt.request.send(server.address).status).collect::<Vec<_>>();
    let before = statuses();
    for (table, away, back) in [
        ("token", "ALTER TABLE auth_token RENAME TO away", "ALTER TABLE away RENAME TO auth_token"),
        ("login", "ALTER TABLE auth_login RENAME TO away", "ALTER TABLE away RENAME TO auth_login"),
        ("account", "ALTER TABLE auth_account RENAME TO away", "ALTER TABLE away RENAME TO auth_account"),
    ] {
        execute(&mut database, away).await;
        for attempt in attempts.iter().filter(|attempt| attempt.table == table) {
            assert_unavailable(&attempt.request.send(server.address), attempt.what);
        }
        assert_eq!(Request::get("/public").send(server.address).status, 200, "needs no table");
        execute(&mut database, back).await;
    }
    assert_eq!(before, statuses());
    assert!(folder.log().contains("no such table"), "the cause is logged: {}", folder.log());
    assert!(!folder.log().contains("panicked"), "{}", folder.log());
}

#[tokio::test]
async fn a_locked_database_gives_no_token_and_no_login() {
    let folder = Folder::new();
    let server = Server::start(&folder);
    let address = server.address;
    let (bearer, cookie) = (bearer(address), log_in(address));
    let mut database = open(&folder).await;
    execute(&mut database, "BEGIN EXCLUSIVE").await;
    std::thread::scope(|scope| {
        let token = || Request::form("/api-token-auth/", "username=ada&password=correct+horse").send(address);
        let login = || post_login(address, "username=ada&password=correct+horse");
        let [token, login] = [scope.spawn(token), scope.spawn(login)];
        // Who is known already is known meanwhile: SQLite's readers do not wait for a writer.
        for (name, value) in [("Authorization", bearer), ("Cookie", format!("sessionid={cookie}"))] {
            assert_eq!(Request::get("/me").header(name, value).send(address).status, 200);
        }
        let wrong = Request::get("/me").header("Authorization", unknown_token()).send(address);
        assert_eq!(wrong.status, 401);
        assert_unavailable(&token.join().unwrap(), "a token");
        assert_unavailable(&login.join().unwrap(), "a login");
    });
    execute(&mut database, "ROLLBACK").await;
    log_in(address);
    assert!(!folder.log().contains("panicked"), "{}", folder.log());
}

/// Sends many attempts at once, so that every connection to the database is used.
fn nobody_wrong_is_admitted(folder: &Folder, address: SocketAddr, attempts: &[Attempt]) {
    std::thread::scope(|scope| {
        for Attempt { what, right, request, .. } in attempts.iter().cycle().take(4 * attempts.len()) {
            scope.spawn(move || {
                let answer = request.send(address);
                match answer.status.as_u16() {
                    401 => assert_eq!(answer.header("www-authenticate"), Some("Bearer"), "{what}"),
                    503 => assert_unavailable(&answer, what),
                    status => assert_eq!((status, *right), (200, true), "{what}: {}", answer.body),
                }
            });
        }
    });
    assert_eq!(Request::get("/public").send(address).status, 200, "the server goes on");
    assert!(!folder.log().contains("panicked"), "{}", folder.log());
}

#[test]
fn a_database_deleted_under_the_server_admits_nobody_wrong() {
    let folder = Folder::new();
    let server = Server::start(&folder);
    let attempts = attempts(server.address, "/me");
    for name in ["quickstart.sqlite", "quickstart.sqlite-wal", "quickstart.sqlite-shm"] {
        std::fs::remove_file(folder.join(name)).unwrap();
    }
    nobody_wrong_is_admitted(&folder, server.address, &attempts);
}

#[test]
fn a_database_truncated_under_the_server_admits_nobody_wrong() {
    for file in ["quickstart.sqlite", "quickstart.sqlite-wal"] {
        let folder = Folder::new();
        let server = Server::start(&folder);
        let attempts = attempts(server.address, "/me");
        File::options().write(true).open(folder.join(file)).unwrap().set_len(0).unwrap();
        nobody_wrong_is_admitted(&folder, server.address, &attempts);
    }
}

#[test]
fn a_database_overwritten_under_the_server_admits_nobody_wrong() {
    let folder = Folder::new();
    let server = Server::start(&folder);
    let attempts = attempts(server.address, "/me");
    for name in ["quickstart.sqlite", "quickstart.sqlite-wal"] {
        let path = folder.join(name);
        let length = usize::try_from(std::fs::metadata(&path).unwrap().len()).unwrap();
        std::fs::write(&path, "no database ".repeat(length / 12 + 1)).unwrap();
    }
    nobody_wrong_is_admitted(&folder, server.address, &attempts);
}
