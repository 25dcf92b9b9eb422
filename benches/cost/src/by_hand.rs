//! The same as one writes it on axum: an extractor that reads the header, digests what it finds, looks it up in the same
//! map, and checks that neither it nor its account is out of use.

use std::time::{SystemTime, UNIX_EPOCH};

use auth_runtime::Digest;
use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::header::{AUTHORIZATION, COOKIE, HeaderName, WWW_AUTHENTICATE};
use axum::http::request::Parts;
use harness::Subject;
use sha2::{Digest as _, Sha256};

use crate::handlers::{HELLO, greeted, subject};
use crate::{Account, App, Kind, Store};

struct TokenUser(Account);

pub(crate) type Refusal = (StatusCode, [(HeaderName, &'static str); 1], &'static str);

pub(crate) const REFUSED: Refusal = (StatusCode::UNAUTHORIZED, [(WWW_AUTHENTICATE, "Bearer")], "Invalid token.");

impl FromRequestParts<App> for TokenUser {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        let header = parts.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        let (keyword, token) = header.and_then(|header| header.split_once(' ')).ok_or(REFUSED)?;
        if !keyword.eq_ignore_ascii_case("Bearer") {
            return Err(REFUSED);
        }
        find(app.backend(), token.trim()).map(Self).ok_or(REFUSED)
    }
}

/// The account of a token that is good.
pub fn find(store: &Store, token: &str) -> Option<Account> {
    // The last six digits are a checksum.
    let (text, _) = token.as_bytes().split_last_chunk::<6>()?;
    let digest = Digest::from(<[u8; 32]>::from(Sha256::digest(text)));
    let record = store.tokens.get(&digest)?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    if record.token.expires.is_some_and(|expires| now >= expires) || !record.user.is_active {
        return None;
    }
    Some(record.user.clone())
}

struct SessionUser(Account);

impl FromRequestParts<App> for SessionUser {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, StatusCode> {
        let header = parts.headers.get(COOKIE).and_then(|value| value.to_str().ok()).ok_or(StatusCode::FORBIDDEN)?;
        let mut pairs = header.split(';').filter_map(|pair| pair.trim().split_once('='));
        let (_, cookie) = pairs.find(|(name, _)| *name == crate::COOKIE).ok_or(StatusCode::FORBIDDEN)?;
        let digest = Digest::from(<[u8; 32]>::from(Sha256::digest(cookie)));
        let record = app.backend().logins.get(&digest).ok_or(StatusCode::FORBIDDEN)?;
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        if record.login.expires.is_some_and(|expires| now >= expires) || !record.user.is_active {
            return Err(StatusCode::FORBIDDEN);
        }
        Ok(Self(record.user.clone()))
    }
}

/// What any extractor costs.
struct Nothing;

impl FromRequestParts<App> for Nothing {
    type Rejection = StatusCode;

    async fn from_request_parts(_: &mut Parts, _: &App) -> Result<Self, StatusCode> {
        Ok(Self)
    }
}

async fn nothing(_: Nothing) -> &'static str {
    HELLO
}

async fn token(TokenUser(me): TokenUser) -> &'static str {
    greeted(&me)
}

async fn session(SessionUser(me): SessionUser) -> &'static str {
    greeted(&me)
}

pub(crate) fn subjects() -> Vec<Subject> {
    let (ok, unauthorized, forbidden) = (StatusCode::OK, StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN);
    vec![
        subject("an extractor that does nothing", Kind::Nothing, ok, nothing),
        subject("token by hand", Kind::Token, ok, token),
        subject("token by hand", Kind::UnknownToken, unauthorized, token),
        subject("token by hand", Kind::Nothing, unauthorized, token),
        subject("session by hand", Kind::Session, ok, session),
        subject("session by hand", Kind::UnknownSession, forbidden, session),
    ]
}
