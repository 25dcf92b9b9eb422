//! How long other requests take while others send nothing but passwords: `cargo run --release -p cost --bin isolation`.
//!
//! The server is real: axum over loopback, on as many threads as there are processors. Twice as many clients as processors
//! send Basic requests without a cache, one after the other; beside them one client sends a request with a token every
//! other millisecond and notes how long each answer takes. Idle and busy alternate.

use std::time::{Duration, Instant};

use auth_runtime::authenticate;
use auth_runtime::scheme::{Basic, Token};
use axum::Router;
use axum::body::Body;
use axum::http::Request;
use axum::http::header::AUTHORIZATION;
use axum::routing::get;
use cost::{Account, App, Kind, app_with_passwords, greeted, request};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{MissedTickBehavior, interval};

const TURNS: usize = 5;
const REQUESTS: usize = 1_000;

#[authenticate(Token(keyword = "Bearer"), Basic, state = App)]
async fn hello(#[user] me: Account) -> &'static str {
    greeted(&me)
}

/// One connection, with the request that it sends again and again.
struct Client {
    stream: TcpStream,
    request: Vec<u8>,
}

impl Client {
    async fn connect(address: std::net::SocketAddr, kind: Kind, n: usize) -> Self {
        let stream = TcpStream::connect(address).await.expect("the server");
        stream.set_nodelay(true).expect("an open socket");
        let request: Request<Body> = request(kind, n);
        let credentials = request.headers()[AUTHORIZATION].to_str().expect("text");
        let request = format!("GET /hello HTTP/1.1\r\nHost: localhost\r\nAuthorization: {credentials}\r\n\r\n");
        Self { stream, request: request.into_bytes() }
    }

    async fn ask(&mut self) {
        self.stream.write_all(&self.request).await.expect("the server takes it");
        let mut answer = [0; 1_024];
        let mut length = 0;
        while !answer[..length].ends_with(b"\r\n\r\nhello") {
            let read = self.stream.read(&mut answer[length..]).await.expect("the server answers");
            assert!(read > 0, "{}", String::from_utf8_lossy(&answer[..length]));
            length += read;
        }
    }
}

async fn measure(client: &mut Client, times: &mut Vec<Duration>) {
    let mut ticks = interval(Duration::from_millis(2));
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    for _ in 0..REQUESTS {
        ticks.tick().await;
        let since = Instant::now();
        client.ask().await;
        times.push(since.elapsed());
    }
}

#[tokio::main]
async fn main() {
    let router = Router::new().route("/hello", get(hello)).with_state(app_with_passwords(0).await);
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
    let address = listener.local_addr().expect("its address");
    tokio::spawn(async move { axum::serve(listener, router).await });

    let mut client = Client::connect(address, Kind::Token, 0).await;
    let (mut idle, mut busy) = (Vec::new(), Vec::new());
    measure(&mut client, &mut Vec::new()).await;
    for _ in 0..TURNS {
        measure(&mut client, &mut idle).await;
        let clients = 2 * std::thread::available_parallelism().map_or(1, usize::from);
        let load = (0..clients).map(|n| {
            tokio::spawn(async move {
                let mut client = Client::connect(address, Kind::Basic, n).await;
                loop {
                    client.ask().await;
                }
            })
        });
        let load: Vec<_> = load.collect();
        measure(&mut client, &mut busy).await;
        load.iter().for_each(tokio::task::JoinHandle::abort);
    }
    for (when, times) in [("idle", &mut idle), ("busy with passwords", &mut busy)] {
        times.sort_unstable();
        for percentile in [50, 99] {
            let time = times[times.len() * percentile / 100];
            println!("{when}\t{percentile}\t{:.1}", time.as_secs_f64() * 1e6);
        }
    }
}
