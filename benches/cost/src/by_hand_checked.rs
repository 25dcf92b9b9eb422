//! By hand with the same checks as this product's schemes: a token's form, repeated headers and cookies, time limits, and a
//! note of the last use. What remains between them is what declaring costs.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use auth_runtime::Digest;
use auth_runtime::store::Id;
use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::header::{AUTHORIZATION, COOKIE};
use axum::http::request::Parts;
use harness::Subject;
use sha2::{Digest as _, Sha256};

use crate::by_hand::{REFUSED, Refusal};
use crate::handlers::{greeted, subject};
use crate::service::checksum;
use crate::{Account, App, Kind};

/// When tokens and logins were last used, for whoever writes that to the store.
static USED: Mutex<Option<HashMap<Id, Duration>>> = Mutex::new(None);

fn note(id: &Id, last_used: Duration, now: Duration) {
    if now.saturating_sub(last_used) > Duration::from_secs(60) {
        let mut used = USED.lock().expect("nobody panics with it");
        used.get_or_insert_default().insert(id.clone(), now);
    }
}

fn now() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

fn has_expired(expires: Option<Duration>, idle_timeout: Option<Duration>, last_used: Duration, now: Duration) -> bool {
    expires.is_some_and(|expires| now >= expires)
        || idle_timeout.is_some_and(|idle| now.saturating_sub(last_used) >= idle)
}

/// The digest of a token, if it is one of ours: its name, 43 random digits, and their checksum in six.
fn digest_of(token: &[u8]) -> Option<Digest> {
    let rest = token.strip_prefix(b"auth_pat_").or_else(|| token.strip_prefix(b"auth_at_"))?;
    let (text, claimed) = token.split_last_chunk::<6>()?;
    if rest.len() != 49 {
        return None;
    }
    let digest = Digest::from(<[u8; 32]>::from(Sha256::digest(text)));
    (*claimed == checksum(&digest)).then_some(digest)
}

struct TokenUser(Account);

impl FromRequestParts<App> for TokenUser {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        let mut values = parts.headers.get_all(AUTHORIZATION).iter();
        let (Some(value), None) = (values.next(), values.next()) else { return Err(REFUSED) };
        let (keyword, token) = value.as_bytes().split_at_checked(7).ok_or(REFUSED)?;
        if !keyword.eq_ignore_ascii_case(b"bearer ") {
            return Err(REFUSED);
        }
        let digest = digest_of(token.trim_ascii()).ok_or(REFUSED)?;
        let record = app.backend().tokens.get(&digest).ok_or(REFUSED)?;
        let (token, now) = (&record.token, now());
        let last_used = token.last_used.unwrap_or(token.created);
        if has_expired(token.expires, token.idle_timeout, last_used, now) || !record.user.is_active {
            return Err(REFUSED);
        }
        note(&token.id, last_used, now);
        Ok(Self(record.user.clone()))
    }
}

struct SessionUser(Account);

impl FromRequestParts<App> for SessionUser {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, StatusCode> {
        let mut found = None;
        for header in parts.headers.get_all(COOKIE) {
            for pair in header.to_str().map_err(|_| StatusCode::FORBIDDEN)?.split(';') {
                let Some((name, value)) = pair.trim().split_once('=') else { continue };
                if name == crate::COOKIE && found.replace(value).is_some_and(|other| other != value) {
                    return Err(StatusCode::FORBIDDEN);
                }
            }
        }
        let digest = Digest::from(<[u8; 32]>::from(Sha256::digest(found.ok_or(StatusCode::FORBIDDEN)?)));
        let record = app.backend().logins.get(&digest).ok_or(StatusCode::FORBIDDEN)?;
        let (login, now) = (&record.login, now());
        if has_expired(login.expires, login.idle_timeout, login.last_used, now) || !record.user.is_active {
            return Err(StatusCode::FORBIDDEN);
        }
        // Other methods need the token of a form or a header.
        if !parts.method.is_safe() {
            return Err(StatusCode::FORBIDDEN);
        }
        note(&login.id, login.last_used, now);
        Ok(Self(record.user.clone()))
    }
}

async fn token(TokenUser(me): TokenUser) -> &'static str {
    greeted(&me)
}

async fn session(SessionUser(me): SessionUser) -> &'static str {
    greeted(&me)
}

pub(crate) fn subjects() -> Vec<Subject> {
    vec![
        subject("token by hand, the same checks", Kind::Token, StatusCode::OK, token),
        subject("token by hand, the same checks", Kind::UnknownToken, StatusCode::UNAUTHORIZED, token),
        subject("session by hand, the same checks", Kind::Session, StatusCode::OK, session),
        subject("session by hand, the same checks", Kind::UnknownSession, StatusCode::FORBIDDEN, session),
    ]
}
