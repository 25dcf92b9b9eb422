//! Tokens: which are looked up at all, and how long they are good for.

use std::time::Duration;

use auth_runtime::personal_token::PersonalTokenSettings;
use auth_runtime::scheme::{Session, Token};
use auth_runtime::store::{AccountStore, Client, CredentialStore, Keep, NewAccount, NewToken, TokenStore};
use auth_runtime::views::obtain_token;
use auth_runtime::{AllowAnonymous, AuthContext, Digest, TokenFormat, TokenKind, authenticate, login};
use auth_store::{Account, ReadCache, SqliteStore};
use axum::Router;
use axum::routing::get as on_get;
use tests::{App, account, app, app_with, get, give_login, request, request_with, send, settings};

use crate::support::refusal;

#[authenticate(Token, Session)]
async fn me(#[user] me: Account) -> String {
    me.username
}

fn router(app: &App) -> Router {
    Router::new()
        .route("/me", on_get(me))
        .route("/obtain", obtain_token::<App, AllowAnonymous>())
        .with_state(app.clone())
}

/// Whose token it is, or status and code.
async fn who(router: &Router, token: &str) -> String {
    let answer = get(router, "/me", &[("authorization", &format!("Token {token}"))]).await;
    if answer.status == 200 { answer.body } else { format!("{:?} {}", refusal(&answer), answer.detail()) }
}

async fn obtain(router: &Router) -> String {
    let json = [("content-type", "application/json")];
    let answer = send(router, request_with("POST", "/obtain", &json, r#"{"username": "ada", "password": "pw"}"#)).await;
    answer.json()["token"].as_str().unwrap().to_owned()
}

/// An access token of ada's, by the rules of this client.
async fn log_in(app: &App, client: &Client) -> String {
    let (request, _) = request("POST", "/", &[]).into_parts();
    let ada = account(app, "ada").await;
    let issued = login::log_in_for_token(app, &request, &ada, client.clone(), "").await.unwrap();
    issued.secret.reveal().to_owned()
}

const INVALID: &str = r#"(401, "authentication_failed") Invalid token."#;
const ASKED: &str = r#"(503, "unavailable") Authentication is temporarily unavailable."#;

#[tokio::test]
async fn what_cannot_be_a_token_of_this_application_is_refused_without_the_store() {
    for accepts_foreign in [false, true] {
        let format = TokenFormat::default().with_foreign(accepts_foreign);
        let app = app_with(settings().with_token_format(format)).await;
        let router = router(&app);
        let known = obtain(&router).await;
        assert!(known.starts_with("auth_pat_"), "{known}");
        assert_eq!(who(&router, &known).await, "ada");
        let unknown = app.settings().token_format().generate(TokenKind::Access).unwrap();
        let last = if known.ends_with('0') { "1" } else { "0" };
        let mistyped = format!("{}{last}", &known[..known.len() - 1]);
        let cut = &known[..known.len() - 1];
        let other_kind = known.replacen("_pat_", "_at_", 1);

        app.backend().set_down(true);
        for (token, wanted) in [
            (known.as_str(), ASKED),
            (unknown.reveal(), ASKED),
            (&mistyped, INVALID),
            (cut, INVALID),
            (&format!("{known}0"), INVALID),
            (&other_kind, INVALID),
            ("auth_pat_junk", INVALID),
            ("auth_", INVALID),
            ("auth_ada-token", INVALID),
            ("ada-token", if accepts_foreign { ASKED } else { INVALID }),
            ("9944b09199c62bcf9418ad846dd0e4bbdfc6ee4b", if accepts_foreign { ASKED } else { INVALID }),
            (&known.to_uppercase(), if accepts_foreign { ASKED } else { INVALID }),
        ] {
            assert_eq!(who(&router, token).await, wanted, "foreign {accepts_foreign}: {token}");
        }
        app.backend().set_down(false);
        assert_eq!(who(&router, unknown.reveal()).await, INVALID);
        assert_eq!(who(&router, "ada-token").await, if accepts_foreign { "ada" } else { INVALID });
    }
}

#[tokio::test]
async fn tokens_begin_with_the_name_of_the_application() {
    let format = TokenFormat::new("shop").unwrap();
    let app = app_with(settings().with_token_format(format)).await;
    let router = router(&app);
    let token = obtain(&router).await;
    assert!(token.starts_with("shop_pat_"), "{token}");
    assert_eq!(who(&router, &token).await, "ada");
    let access = log_in(&app, &Client::default()).await;
    assert!(access.starts_with("shop_at_"), "{access}");
    assert_eq!(who(&router, &access).await, "ada");
    let former = TokenFormat::default().generate(TokenKind::Personal).unwrap();
    let created = app.settings().clock().now();
    let kept = app.backend().insert_token(&account(&app, "ada").await, NewToken::new(former.digest(), created)).await;
    kept.unwrap().kept().unwrap();
    assert_eq!(who(&router, former.reveal()).await, INVALID, "one of another name is foreign");
}

#[tokio::test]
async fn an_imported_token_is_known_by_the_digest_that_it_came_with() {
    // FIPS 180-2, appendix C.1: SHA-512 of `abc`.
    let digest = Digest::of_sha512_hex(
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a\
         2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
    );
    for (accepts_foreign, wanted) in [(true, "ada"), (false, INVALID)] {
        let app = app_with(settings().with_token_format(TokenFormat::default().with_foreign(accepts_foreign))).await;
        let token = NewToken::new(digest.unwrap(), app.settings().clock().now());
        app.backend().insert_token(&account(&app, "ada").await, token).await.unwrap().kept().unwrap();
        assert_eq!(who(&router(&app), "abc").await, wanted, "foreign {accepts_foreign}");
    }
}

fn client(idle: Option<u64>) -> Client {
    Client::new("phone").unwrap().with_idle_lifetime(idle.map(Duration::from_secs)).with_absolute_lifetime(None)
}

#[tokio::test]
async fn a_token_with_an_idle_timeout_dies_unused() {
    let app = app().await;
    let router = router(&app);
    let token = log_in(&app, &client(Some(60))).await;
    app.settings().clock().advance(Duration::from_millis(59_999));
    assert_eq!(who(&router, &token).await, "ada");
    app.settings().clock().advance(Duration::from_millis(60_000));
    assert_eq!(who(&router, &token).await, INVALID, "answered like one that nobody knows");
}

#[tokio::test]
async fn a_token_with_an_idle_timeout_lives_as_long_as_it_is_used() {
    for is_flushed in [false, true] {
        for idle in [1, 30, 60, 600, 86_400] {
            let app = app().await;
            let router = router(&app);
            let token = log_in(&app, &client(Some(idle))).await;
            for used in 0..20 {
                app.settings().clock().advance(Duration::from_secs(idle) / 2);
                assert_eq!(who(&router, &token).await, "ada", "idle {idle}, use {used}, flushed {is_flushed}");
                if is_flushed {
                    app.flush_tokens().await.unwrap();
                }
            }
            app.settings().clock().advance(Duration::from_secs(idle));
            assert_eq!(who(&router, &token).await, INVALID, "idle {idle}, flushed {is_flushed}");
        }
    }
}

#[tokio::test]
async fn a_use_is_known_to_other_processes_once_the_store_was_told() {
    let app = app().await;
    let other = AuthContext::with_settings(app.backend().clone(), app.settings().clone());
    let (here, there) = (router(&app), router(&other));
    let token = log_in(&app, &client(Some(600))).await;
    app.settings().clock().advance(Duration::from_secs(400));
    assert_eq!(who(&here, &token).await, "ada");
    app.settings().clock().advance(Duration::from_secs(400));
    assert_eq!(who(&there, &token).await, INVALID);
    app.flush_tokens().await.unwrap();
    assert_eq!(who(&there, &token).await, "ada");
}

#[authenticate(Token, state = AuthContext<SqliteStore>)]
async fn cached(#[user] me: Account) -> String {
    me.username
}

#[tokio::test]
async fn a_use_counts_though_the_store_answers_from_its_cache() {
    let settings = settings();
    let cache = ReadCache::new(100, Duration::from_secs(5)).with_clock(settings.clock().clone());
    let store = SqliteStore::in_memory().await.unwrap().with_cache(cache);
    let app = AuthContext::with_settings(store, settings);
    let ada = app.backend().create_account(&NewAccount::new("ada")).await.unwrap().unwrap();
    let (parts, ()) = auth_runtime::http::Request::new(()).into_parts();
    let issued = login::log_in_for_token(&app, &parts, &ada, client(Some(60)), "").await.unwrap();
    let router = Router::new().route("/me", on_get(cached)).with_state(app.clone());
    app.settings().clock().advance(Duration::from_secs(58));
    assert_eq!(who(&router, issued.secret.reveal()).await, "ada");
    app.flush_tokens().await.unwrap();
    app.settings().clock().advance(Duration::from_secs(3));
    assert_eq!(who(&router, issued.secret.reveal()).await, "ada");
}

#[tokio::test]
async fn the_use_of_a_token_is_a_use_of_its_login() {
    let app = app().await;
    let router = router(&app);
    let token = log_in(&app, &client(Some(600))).await;
    let ada = account(&app, "ada").await;
    let start = app.settings().clock().now();
    app.settings().clock().advance(Duration::from_secs(400));
    assert_eq!(who(&router, &token).await, "ada");
    app.flush_tokens().await.unwrap();
    let logins = app.backend().logins(&ada).await.unwrap();
    let phone = logins.iter().find(|entry| entry.login.client == "phone").unwrap();
    assert_eq!(phone.login.last_used, start + Duration::from_secs(400));
}

fn lifetime(lifetime: Option<Duration>) -> PersonalTokenSettings {
    PersonalTokenSettings::default().with_lifetime(lifetime).with_max_lifetime(None)
}

#[tokio::test]
async fn a_token_of_the_endpoint_ends_after_ninety_days() {
    let app = app().await;
    let router = router(&app);
    let token = obtain(&router).await;
    app.settings().clock().advance(Duration::from_secs(90 * 86_400 - 1));
    assert_eq!(who(&router, &token).await, "ada");
    app.settings().clock().advance(Duration::from_secs(1));
    assert_eq!(who(&router, &token).await, INVALID);
}

#[tokio::test]
async fn the_endpoint_ends_the_oldest_of_a_hundred_tokens() {
    let app = app().await;
    let router = router(&app);
    let oldest = obtain(&router).await;
    app.settings().clock().advance(Duration::from_secs(1));
    let before = app.backend().tokens(&account(&app, "ada").await).await.unwrap().len();
    for _ in before..100 {
        obtain(&router).await;
    }
    app.settings().clock().advance(Duration::from_secs(1));
    assert_eq!(who(&router, &oldest).await, "ada");
    // The account of the tests has a token that is older than all of these.
    let newest = [obtain(&router).await, obtain(&router).await];
    assert_eq!(who(&router, &oldest).await, INVALID);
    assert_eq!(who(&router, &newest[1]).await, "ada");
    assert_eq!(app.backend().tokens(&account(&app, "ada").await).await.unwrap().len(), 100);
}

#[tokio::test]
async fn a_token_of_the_endpoint_ends_with_its_lifetime_however_much_it_is_used() {
    let app = app_with(settings().with_personal_tokens(lifetime(Some(Duration::from_secs(600))))).await;
    let router = router(&app);
    let token = obtain(&router).await;
    for _ in 0..9 {
        app.settings().clock().advance(Duration::from_secs(60));
        assert_eq!(who(&router, &token).await, "ada");
    }
    app.settings().clock().advance(Duration::from_secs(60));
    assert_eq!(who(&router, &token).await, INVALID);
}

#[tokio::test]
async fn a_token_without_lifetimes_is_good_for_ever() {
    let app = app_with(settings().with_personal_tokens(lifetime(None))).await;
    let router = router(&app);
    let tokens = [obtain(&router).await, log_in(&app, &client(None)).await];
    app.settings().clock().advance(Duration::from_secs(500 * 365 * 86_400));
    for token in tokens {
        assert_eq!(who(&router, &token).await, "ada");
    }
}

#[tokio::test]
async fn a_new_password_ends_what_is_not_to_be_kept() {
    for (keeps_login, keeps_tokens) in [(false, false), (true, false), (false, true), (true, true)] {
        let app = app().await;
        let router = router(&app);
        let ada = account(&app, "ada").await;
        let kept = log_in(&app, &client(None)).await;
        let id = app.backend().logins(&ada).await.unwrap().into_iter().find(|entry| entry.login.client == "phone");
        let id = id.unwrap().login.id;
        let other = log_in(&app, &Client::default()).await;
        give_login(&app, &ada, "other-login").await;

        let hash = app.passwords().hash("new").await.unwrap();
        let keep = Keep { login: keeps_login.then_some(&id), personal_tokens: keeps_tokens };
        assert!(app.backend().set_password_hash("ada", Some(&hash), keep).await.unwrap());
        let good = |is_good| if is_good { "ada" } else { INVALID };
        let what = format!("login {keeps_login}, tokens {keeps_tokens}");
        assert_eq!(who(&router, &kept).await, good(keeps_login), "{what}");
        assert_eq!(who(&router, "ada-token").await, good(keeps_tokens), "{what}");
        assert_eq!(who(&router, &other).await, INVALID, "{what}");
        assert_eq!(get(&router, "/me", &[("cookie", "sessionid=other-login")]).await.status, 401, "{what}");
        assert_eq!(who(&router, "boss-token").await, "boss", "{what}");
    }
}
