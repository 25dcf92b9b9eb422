//! A Redis that comes back with an older state: after a crash, a failover or a restored backup.

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use auth_runtime::store::{AccountStore, CredentialStore, ReplayStore};
use auth_store::{MemoryStore, RedisStore};

use crate::given::{Contract, NOW, access, cookie, digest, has_login, has_token, keep, log_in, make, seconds, token};

/// A Redis of its own, which is killed and comes back.
struct Server {
    folder: PathBuf,
    address: SocketAddr,
    process: Child,
}

impl Server {
    fn start(test: &str) -> Self {
        let folder = crate::sqlite::file(test).parent().unwrap().to_owned();
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = free.local_addr().unwrap();
        drop(free);
        let process = Self::process(&folder, address);
        Self { folder, address, process }
    }

    /// Starts it, with what it last saved, and waits until it answers.
    fn process(folder: &PathBuf, address: SocketAddr) -> Child {
        let mut redis = Command::new("redis-server");
        redis
            .args(["--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--port"])
            .arg(address.port().to_string());
        redis.arg("--dir").arg(folder).stdin(Stdio::null()).stdout(Stdio::null());
        let process = redis.spawn().expect("redis-server, which `bash .ci/services install` installs");
        let began = Instant::now();
        while TcpStream::connect(address).is_err() {
            assert!(began.elapsed() < Duration::from_secs(60), "redis-server does not answer on {address}");
            std::thread::yield_now();
        }
        process
    }

    async fn open<B: Contract>(&self, accounts: B) -> RedisStore<B> {
        RedisStore::open(accounts, &format!("redis://{}", self.address)).await.unwrap()
    }

    fn save(&self) {
        let port = self.address.port().to_string();
        let saved = Command::new("redis-cli").args(["-p", &port, "SAVE"]).stdout(Stdio::null()).status().unwrap();
        assert!(saved.success());
    }

    /// `kill -9`, and back with what was saved.
    fn crash(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
        self.process = Self::process(&self.folder, self.address);
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

/// What was ended for the whole account stays ended, whatever Redis remembers.
async fn all_logins_that_ended_stay_ended(test: &str, accounts: impl Contract) {
    let mut server = Server::start(test);
    let store = server.open(accounts).await;
    let ada = make(&store, "ada").await;
    let bob = make(&store, "bob").await;
    log_in(&store, &bob, cookie("bob")).await;
    log_in(&store, &ada, cookie("cookie")).await;
    log_in(&store, &ada, access("access")).await;
    let kept = log_in(&store, &ada, cookie("kept")).await.id;
    keep(&store, &ada, token("personal")).await;
    server.save();
    let nonce = digest("nonce");
    assert!(store.first_use("nonce", &nonce, NOW, NOW + seconds(300)).await.unwrap());
    assert!(!store.first_use("nonce", &nonce, NOW, NOW + seconds(300)).await.unwrap());
    assert_eq!(store.revoke_logins(&ada, Some(&kept)).await.unwrap(), 2);
    assert!(has_login(&store, "kept").await && has_token(&store, "personal").await);
    assert!(!has_login(&store, "cookie").await && !has_token(&store, "access").await);

    server.crash();
    assert!(!has_login(&store, "cookie").await && !has_token(&store, "access").await);
    assert!(!has_login(&store, "kept").await, "Redis remembers it as one of those before");
    assert!(has_login(&store, "bob").await && has_token(&store, "personal").await);
    let ada = store.account("ada").await.unwrap().unwrap();
    assert_eq!(store.logins(&ada).await.unwrap().len(), 0);
    assert!(store.first_use("nonce", &nonce, NOW, NOW + seconds(300)).await.unwrap(), "as the documentation says");

    // Without one that is kept, and with a Redis that is not there when they end.
    log_in(&store, &ada, cookie("last")).await;
    server.save();
    server.process.kill().unwrap();
    server.process.wait().unwrap();
    assert_eq!(store.revoke_logins(&ada, None).await.unwrap(), 0, "nobody knows how many there were");
    server.process = Server::process(&server.folder, server.address);
    assert!(!has_login(&store, "last").await && has_login(&store, "bob").await);
}

#[tokio::test]
async fn in_front_of_a_file() {
    let behind = crate::sqlite::fresh("forgetful-redis-file").await.stores[0].clone();
    all_logins_that_ended_stay_ended("forgetful-redis-1", behind).await;
}

#[tokio::test]
async fn in_front_of_postgres() {
    let behind = crate::postgres::fresh("forgetful-redis").await;
    all_logins_that_ended_stay_ended("forgetful-redis-2", behind.stores[0].clone()).await;
    behind.remove().await;
}

#[tokio::test]
async fn in_front_of_memory() {
    all_logins_that_ended_stay_ended("forgetful-redis-3", MemoryStore::new()).await;
}
