//! A program that is killed: what it acknowledged holds.

#![cfg(unix)]

use std::collections::HashSet;
use std::net::SocketAddr;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::client::exchange;
use crate::server::{Folder, Server};
use crate::ways_in::basic;

const LOGINS: usize = 1_000;
const CALLERS: usize = 8;

/// What was acknowledged.
#[derive(Default)]
struct Acknowledged {
    logged_in: HashSet<String>,
    logged_out: HashSet<String>,
}

/// Posts to an endpoint. `None` when the server is gone before the whole answer is here.
fn post(address: SocketAddr, path: &str, authorization: &str) -> Option<tests::Answer> {
    let request = format!(
        "POST {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nContent-Length: 0\r\n\
         Authorization: {authorization}\r\n\r\n"
    );
    let answer = exchange(address, request.as_bytes()).ok()?;
    let whole = answer.header("content-length").is_none_or(|length| length == answer.body.len().to_string());
    whole.then_some(answer)
}

/// Logs in again and again, and out of every third login, until the server is gone.
fn log_in_and_out(address: SocketAddr, bearer: &str, count: &AtomicUsize, seen: &Mutex<Acknowledged>) {
    loop {
        let Some(answer) = post(address, "/api/auth/obtain/", bearer) else { return };
        assert_eq!(answer.status, 200, "{}", answer.body);
        let token = format!("Bearer {}", answer.json()["token"].as_str().unwrap());
        seen.lock().unwrap().logged_in.insert(token.clone());
        if !count.fetch_add(1, Ordering::SeqCst).is_multiple_of(3) {
            continue;
        }
        // Until the answer is here, it may be in or out.
        seen.lock().unwrap().logged_in.remove(&token);
        let Some(answer) = post(address, "/api/auth/logout/", &token) else { return };
        assert_eq!(answer.status, 204, "{}", answer.body);
        seen.lock().unwrap().logged_out.insert(token);
    }
}

#[test]
fn no_acknowledged_login_is_lost_and_no_revoked_one_comes_in() {
    let folder = Folder::new();
    let (count, seen) = (AtomicUsize::new(0), Mutex::new(Acknowledged::default()));
    let mut server = Server::start(&folder);
    let answer = post(server.address, "/api/auth/obtain/", &basic("ada", "correct horse")).unwrap();
    let bearer = format!("Bearer {}", answer.json()["token"].as_str().unwrap());
    for kill_at in [LOGINS / 4, LOGINS / 2, LOGINS] {
        let address = server.address;
        std::thread::scope(|threads| {
            for _ in 0..CALLERS {
                threads.spawn(|| log_in_and_out(address, &bearer, &count, &seen));
            }
            while count.load(Ordering::SeqCst) < kill_at {
                std::thread::yield_now();
            }
            // In the midst of what eight callers do.
            server.kill();
        });
        server = Server::start(&folder);
    }
    let Acknowledged { logged_in, logged_out } = seen.into_inner().unwrap();
    assert!(logged_in.len() > LOGINS / 2 && logged_out.len() > LOGINS / 4, "{}", count.load(Ordering::SeqCst));
    for (tokens, status) in [(logged_in, 200), (logged_out, 401)] {
        for token in tokens {
            let request = format!("GET /me HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: {token}\r\n\r\n");
            let answer = exchange(server.address, request.as_bytes()).unwrap();
            assert_eq!(answer.status, status, "{}", answer.body);
        }
    }
}
