//! Bare axum, and each scheme alone: credentials that are good, bad and absent.

use std::hint::black_box;

use auth_runtime::scheme::{Basic, RemoteUser, Session, Token};
use auth_runtime::{AuthError, Authenticator, authenticate};
use axum::Router;
use axum::handler::Handler;
use axum::http::StatusCode;
use axum::routing::get;
use harness::Subject;

use crate::{Account, App, Axum, Kind, app, app_with_passwords};

pub(crate) const HELLO: &str = "hello";

/// Answers, and does nothing else.
pub async fn bare() -> &'static str {
    HELLO
}

#[authenticate(Token(keyword = "Bearer"), state = App)]
async fn token(#[user] me: Account) -> &'static str {
    greeted(&me)
}

#[authenticate(Session, state = App)]
async fn session(#[user] me: Account) -> &'static str {
    greeted(&me)
}

#[authenticate(Basic, state = App)]
async fn basic(#[user] me: Account) -> &'static str {
    greeted(&me)
}

#[authenticate(RemoteUser(header = "X-Remote-User"), state = App)]
async fn remote_user(#[user] me: Account) -> &'static str {
    greeted(&me)
}

#[authenticate(ApiKey, state = App)]
async fn key(#[user] me: Account) -> &'static str {
    greeted(&me)
}

/// A derived scheme: one header, one look-up.
#[derive(Authenticator)]
#[authenticator(header = "X-Api-Key", verify = find_key, state = App, challenge = "ApiKey realm=\"api\"")]
struct ApiKey;

#[allow(clippy::unused_async)] // as the derive has it
async fn find_key(key: &str, app: &App) -> Result<Option<Account>, AuthError> {
    let number = key.strip_prefix("key-").and_then(|digits| digits.get(57..));
    let Some(number) = number else { return Ok(None) };
    let mut name = *b"user-000";
    name[5..].copy_from_slice(number.as_bytes());
    let name = std::str::from_utf8(&name).unwrap_or_default();
    Ok(app.backend().accounts.get(name).map(|record| record.user.clone()))
}

/// What all handlers answer.
pub fn greeted(me: &Account) -> &'static str {
    black_box(me.id);
    HELLO
}

/// A router with one route.
pub fn router<T: 'static>(handler: impl Handler<T, App>, app: App) -> Router {
    Router::new().route("/hello", get(handler)).with_state(app)
}

/// The name of the subject without authentication for the same request.
pub fn baseline(kind: Kind) -> String {
    format!("bare axum, {}", kind.name())
}

/// A subject on a state without passwords.
pub fn subject<T: 'static>(name: &str, kind: Kind, status: StatusCode, handler: impl Handler<T, App>) -> Subject {
    let make = async move || Axum::new(router(handler.clone(), app()), kind, status);
    Subject::new(format!("{name}, {}", kind.name()), baseline(kind), make)
}

/// Bare axum and what stands alone.
pub(crate) fn subjects() -> Vec<Subject> {
    let (ok, unauthorized, forbidden) = (StatusCode::OK, StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN);
    let kinds = [
        Kind::Nothing,
        Kind::Foreign,
        Kind::Token,
        Kind::UnknownToken,
        Kind::MalformedToken,
        Kind::Session,
        Kind::UnknownSession,
        Kind::ForeignCookie,
        Kind::Basic,
        Kind::WrongPassword,
        Kind::Gateway,
        Kind::Key,
        Kind::UnknownKey,
    ];
    let mut subjects: Vec<Subject> = kinds.map(|kind| subject("bare axum", kind, ok, bare)).into();
    subjects.extend([
        subject("Token", Kind::Token, ok, token),
        subject("Token", Kind::UnknownToken, unauthorized, token),
        subject("Token", Kind::MalformedToken, unauthorized, token),
        subject("Token", Kind::Nothing, unauthorized, token),
        subject("Session", Kind::Session, ok, session),
        subject("Session", Kind::UnknownSession, forbidden, session),
        subject("Session", Kind::Nothing, forbidden, session),
        subject("RemoteUser", Kind::Gateway, ok, remote_user),
        subject("RemoteUser", Kind::Nothing, forbidden, remote_user),
        subject("a derived scheme", Kind::Key, ok, key),
        subject("a derived scheme", Kind::UnknownKey, unauthorized, key),
        subject("a derived scheme", Kind::Nothing, unauthorized, key),
        // The users whose passwords are remembered after the first requests.
        with_passwords("Basic with its cache", Kind::Basic, ok, 1_000, 5),
        with_passwords("Basic without a cache", Kind::Basic, ok, 0, 5).with_requests(2),
        with_passwords("Basic without a cache", Kind::WrongPassword, unauthorized, 0, 5).with_requests(2),
        subject("Basic", Kind::Nothing, unauthorized, basic),
    ]);
    subjects
}

fn with_passwords(name: &str, kind: Kind, status: StatusCode, cache_size: usize, users: usize) -> Subject {
    let make = async move || {
        let app = app_with_passwords(cache_size).await;
        Axum::new(router(basic, app), kind, status).of_users(users)
    };
    Subject::new(format!("{name}, {}", kind.name()), baseline(kind), make)
}
