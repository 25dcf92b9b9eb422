//! A database of a Redis server: what `RedisStore` keeps of logins.

use auth_runtime::store::Client;
use auth_runtime::{Digest, TokenKind};
use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, Pipeline, cmd};

use super::{ADDRESS, Filling, USER_AGENT, hex};
use crate::credential::{cookie_digest, csrf_secret, token_digest};

/// Says that the database is whole, and how many bytes it took.
const FILLED: &str = "scale:filled";

/// Expiry is left to Redis, a minute late.
const LATE: i64 = 60_000;

/// Fills the database that the connection has chosen, which is emptied before, and has the server write its file: it loads
/// that when it starts again.
///
/// In pipelines of what the store's script does for a first login: a hash under the digest, the ids that lead to it, and the
/// sets of the account and of the client.
pub async fn fill(connection: &mut MultiplexedConnection, filling: &Filling) {
    remove(connection).await;
    let before = used(connection).await;
    let all: Vec<u64> = (1..=filling.size).collect();
    for some in all.chunks(500) {
        let mut pipeline = redis::pipe();
        for &n in some {
            let id = 3 * n - 2;
            insert(&mut pipeline, filling, n, id, &cookie_digest(n), None);
            insert(&mut pipeline, filling, n, id + 1, &token_digest(TokenKind::Access, n), Some(id + 2));
        }
        pipeline.cmd("SET").arg("auth:id").arg(3 * filling.size).ignore();
        let () = pipeline.query_async(connection).await.expect("answers");
    }
    let bytes = used(connection).await.saturating_sub(before);
    let () = cmd("SET")
        .arg(FILLED)
        .arg(format!("{} {bytes}", filling.size))
        .query_async(connection)
        .await
        .expect("an answer");
    let () = cmd("SAVE").query_async(connection).await.expect("a file");
}

/// Empties the database that the connection has chosen.
pub async fn remove(connection: &mut MultiplexedConnection) {
    let () = cmd("FLUSHDB").query_async(connection).await.expect("an answer");
}

/// How many bytes the database took in memory, when it was filled with so many.
pub async fn bytes(connection: &mut MultiplexedConnection, size: u64) -> Option<u64> {
    let filled: Option<String> = cmd("GET").arg(FILLED).query_async(connection).await.expect("an answer");
    let (of, bytes) = filled.as_deref()?.split_once(' ')?;
    if of.parse() == Ok(size) { bytes.parse().ok() } else { None }
}

fn insert(pipeline: &mut Pipeline, filling: &Filling, n: u64, id: u64, digest: &Digest, token: Option<u64>) {
    let (now, idle) = (filling.since_millis(), Filling::idle_millis());
    let left = idle.min(filling.expires_millis() - now) + LATE;
    let digest = hex(digest);
    let hash = format!("auth:credential:{digest}");
    let (text, csrf) =
        token.map_or_else(|| (String::new(), csrf_secret(n)), |token| (token.to_string(), String::new()));
    pipeline.cmd("HSET").arg(&hash);
    for (field, value) in [("login", id.to_string()), ("token", text), ("account", n.to_string())] {
        pipeline.arg(field).arg(value);
    }
    pipeline.arg("epoch").arg(0).arg("client").arg(Client::DEFAULT_NAME);
    for field in ["created", "made", "used", "token_used"] {
        pipeline.arg(field).arg(now);
    }
    let ends = filling.expires_millis();
    pipeline.arg("ends").arg(ends).arg("idle").arg(idle).arg("expires").arg(ends);
    pipeline
        .arg("name")
        .arg("")
        .arg("address")
        .arg(ADDRESS)
        .arg("agent")
        .arg(USER_AGENT)
        .arg("csrf")
        .arg(csrf)
        .ignore();
    pipeline.cmd("PEXPIRE").arg(&hash).arg(left).ignore();
    pipeline.cmd("SET").arg(format!("auth:login:{id}")).arg(&digest).arg("PX").arg(left).ignore();
    if let Some(token) = token {
        pipeline.cmd("SET").arg(format!("auth:token:{token}")).arg(&digest).arg("PX").arg(left).ignore();
    }
    let of_account = format!("auth:account:{n}");
    pipeline.cmd("ZADD").arg(&of_account).arg(now).arg(id).ignore();
    pipeline.cmd("PEXPIRE").arg(&of_account).arg(left).ignore();
    let of_client = format!("auth:client:{}", Client::DEFAULT_NAME);
    pipeline.cmd("ZADD").arg(of_client).arg(now + left).arg(id).ignore();
}

async fn used(connection: &mut MultiplexedConnection) -> u64 {
    info(connection, "memory", "used_memory").await.parse().expect("a number")
}

/// The version of the server.
pub async fn version(connection: &mut MultiplexedConnection) -> String {
    info(connection, "server", "redis_version").await
}

/// What the server says of itself.
async fn info(connection: &mut MultiplexedConnection, section: &str, name: &str) -> String {
    let text: String = cmd("INFO").arg(section).query_async(connection).await.expect("an answer");
    let value = text.lines().find_map(|line| line.trim().strip_prefix(name)?.strip_prefix(':'));
    value.expect("every server says that").to_owned()
}

/// Connects to the database `number`, once the server has read its file.
pub async fn connect(address: &str, number: u32) -> MultiplexedConnection {
    let client = redis::Client::open(format!("{address}/{number}")).expect("an address");
    // Writing the file takes as long as it takes.
    let config = AsyncConnectionConfig::new().set_response_timeout(None);
    loop {
        if let Ok(mut connection) = client.get_multiplexed_async_connection_with_config(&config).await
            && info(&mut connection, "persistence", "loading").await == "0"
        {
            return connection;
        }
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    }
}

/// What is kept of a login, without what is its own: that something is there, and for less than its idle lifetime.
pub async fn kept(connection: &mut MultiplexedConnection, digest: &Digest) -> Vec<(String, String)> {
    let digest = hex(digest);
    let hash = format!("auth:credential:{digest}");
    let mut kept: Vec<(String, String)> = cmd("HGETALL").arg(&hash).query_async(connection).await.expect("an answer");
    let encoding: String = cmd("OBJECT").arg("ENCODING").arg(&hash).query_async(connection).await.expect("a hash");
    let mut keys = vec![hash];
    for (field, value) in &mut kept {
        match field.as_str() {
            "login" | "token" if !value.is_empty() => keys.push(format!("auth:{field}:{value}")),
            "csrf" if !value.is_empty() => {}
            _ => continue,
        }
        "its own".clone_into(value);
    }
    kept.sort();
    for key in keys {
        let left: i64 = cmd("PTTL").arg(&key).query_async(connection).await.expect("an answer");
        let ends = left > 0 && left <= Filling::idle_millis() + LATE;
        kept.push(("ends".to_owned(), ends.to_string()));
    }
    kept.push(("encoding".to_owned(), encoding));
    kept
}
