//! What an authenticated request costs beside its query alone, with a million tokens in a SQLite file.
//!
//! `cd benches && cargo run --release --bin authenticated_request`. The file is made once, under the target folder.

use std::fs;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use auth_runtime::permission::IsAuthenticated;
use auth_runtime::scheme::Token;
use auth_runtime::{AuthContext, Digest, TokenFormat, TokenKind, authenticate};
use auth_runtime::store::{AccountStore, NewAccount};
use auth_store::{Account, ReadCache, SqliteStore};
use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::Request;
use axum::routing::get;
use clap::Parser;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool, SqlitePoolOptions};
use sqlx::{Row, query};
use tower::ServiceExt;

/// Measures an authenticated request beside its query alone.
#[derive(Parser)]
struct Options {
    /// How many tokens the database has.
    #[arg(long, default_value_t = 1_000_000)]
    tokens: usize,
    /// How often everything is measured, by turns.
    #[arg(long, default_value_t = 41)]
    rounds: usize,
    /// How many requests one measurement is the mean of.
    #[arg(long, default_value_t = 1_000)]
    requests: usize,
}

type App = AuthContext<SqliteStore>;

#[authenticate(Token(keyword = "Bearer"))]
#[permit(IsAuthenticated)]
async fn me(#[user] me: Account, State(_): State<App>) -> String {
    me.username
}

async fn bare() -> String {
    "user-000".to_owned()
}

/// The same query, as one writes it by hand: one statement that is prepared once a connection, and all its columns read.
async fn by_hand(pool: &SqlitePool, token: &str) -> String {
    let row = query(
        "SELECT account.id, username, is_active, is_staff, account.epoch, token.id, login_id, client, created, last_used, \
         idle_timeout, expires FROM auth_token token JOIN auth_account account ON account.id = account_id \
         AND account.epoch = token.epoch WHERE digest = $1",
    )
    .bind(Digest::of(token.as_bytes()).as_bytes().as_slice())
    .fetch_one(pool)
    .await
    .expect("the token is there");
    let read = || -> Result<_, sqlx::Error> {
        let account: (i64, bool, bool, i64) = (row.try_get(0)?, row.try_get(2)?, row.try_get(3)?, row.try_get(4)?);
        let token: (i64, Option<i64>, String) = (row.try_get(5)?, row.try_get(6)?, row.try_get(7)?);
        let times: (i64, Option<i64>, Option<i64>, Option<i64>) =
            (row.try_get(8)?, row.try_get(9)?, row.try_get(10)?, row.try_get(11)?);
        black_box((account, token, times));
        row.try_get(1)
    };
    read().expect("the columns are of these types")
}

/// A database with so many tokens, and a thousand of them in clear.
async fn furnished(folder: &Path, tokens: usize) -> (PathBuf, Vec<String>) {
    let (database, sample) = (folder.join(format!("{tokens}.sqlite")), folder.join(format!("{tokens}.txt")));
    if let Ok(sample) = fs::read_to_string(&sample) {
        return (database, sample.lines().map(str::to_owned).collect());
    }
    println!("Making {} ..", database.display());
    fs::create_dir_all(folder).expect("a folder");
    drop(fs::remove_file(&database));
    let store = SqliteStore::open(&database).await.expect("a database");
    for n in 0..1_000 {
        let account = NewAccount::new(format!("user-{n:03}"));
        store.create_account(&account).await.expect("a store").expect("a new name");
    }
    store.close().await;
    let pool = SqlitePool::connect_with(SqliteConnectOptions::new().filename(&database)).await.expect("the database");
    let (format, mut known) = (TokenFormat::default(), Vec::new());
    let mut transaction = pool.begin().await.expect("a transaction");
    for n in 0..tokens {
        let token = format.generate(TokenKind::Personal).expect("randomness");
        query(
            "INSERT INTO auth_token (account_id, epoch, client, digest, name, created) VALUES ($1, 0, '', $2, '', 0)",
        )
        .bind(i64::try_from(n % 1_000 + 1).expect("a small number"))
        .bind(token.digest().as_bytes().as_slice())
        .execute(&mut *transaction)
        .await
        .expect("a token");
        if n % (tokens / 1_000).max(1) == 0 {
            known.push(token.reveal().to_owned());
        }
    }
    transaction.commit().await.expect("a commit");
    pool.close().await;
    fs::write(&sample, known.join("\n")).expect("a file");
    (database, known)
}

fn router(app: App) -> Router {
    Router::new().route("/me", get(me)).route("/bare", get(bare)).with_state(app)
}

/// The mean time of a request.
async fn ask(router: &Router, path: &str, tokens: &[String]) -> Duration {
    let request = |token: &String| {
        Request::get(path).header("authorization", format!("Bearer {token}")).body(Body::empty()).expect("a request")
    };
    let requests: Vec<_> = tokens.iter().map(request).collect();
    let since = Instant::now();
    for request in requests {
        let response = router.clone().oneshot(request).await.expect("a router never fails");
        assert!(response.status().is_success(), "{}", response.status());
    }
    since.elapsed() / u32::try_from(tokens.len()).expect("a small number")
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let options = Options::parse();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target").join("databases");
    let (database, known) = furnished(&folder, options.tokens).await;

    let store = SqliteStore::open(&database).await.expect("the database");
    let cached = store.clone().with_cache(ReadCache::new(10_000, Duration::from_secs(3_600)));
    let (plain, cached) = (router(AuthContext::new(store.clone())), router(AuthContext::new(cached)));
    let connect = SqliteConnectOptions::new().filename(&database);
    let pool = SqlitePoolOptions::new().max_connections(8).min_connections(1).idle_timeout(None).max_lifetime(None);
    let pool = pool.connect_with(connect).await.expect("the database");

    let names = ["the query by hand", "authenticated request", "with the read cache", "request without any"];
    let mut times: [Vec<Duration>; 4] = Default::default();
    for round in 0..=options.rounds {
        let tokens: Vec<String> =
            (0..options.requests).map(|n| known[(n * 7_919 + round * 104_729) % known.len()].clone()).collect();
        let since = Instant::now();
        for token in &tokens {
            black_box(by_hand(&pool, token).await);
        }
        let by_hand = since.elapsed() / u32::try_from(tokens.len()).expect("a small number");
        let measured = [
            by_hand,
            ask(&plain, "/me", &tokens).await,
            ask(&cached, "/me", &tokens).await,
            ask(&plain, "/bare", &tokens).await,
        ];
        // The first round warms everything.
        if round > 0 {
            for (times, time) in times.iter_mut().zip(measured) {
                times.push(time);
            }
        }
    }
    let ratios: Vec<f64> =
        times[0].iter().zip(&times[1]).map(|(hand, ours)| ours.as_secs_f64() / hand.as_secs_f64()).collect();
    println!(
        "{} tokens, {} rounds of {} requests; microseconds a request",
        options.tokens, options.rounds, options.requests
    );
    println!("{:24} {:>8} {:>8} {:>8}", "", "median", "least", "most");
    for (name, times) in names.iter().zip(&mut times) {
        times.sort_unstable();
        let micros = |time: &Duration| time.as_secs_f64() * 1e6;
        let (least, median, most) = (&times[0], &times[times.len() / 2], &times[times.len() - 1]);
        println!("{name:24} {:8.2} {:8.2} {:8.2}", micros(median), micros(least), micros(most));
    }
    let mut ratios = ratios;
    ratios.sort_unstable_by(f64::total_cmp);
    println!("authenticated request / query by hand, of each round: median {:.3}", ratios[ratios.len() / 2]);
}
