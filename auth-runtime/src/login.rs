//! Logging a browser in and out: what [`Session`](crate::scheme::Session) later finds.

use std::future::Future;

use axum::response::{IntoResponseParts, ResponseParts};
use http::HeaderMap;
use http::header::{CACHE_CONTROL, HeaderValue, SET_COOKIE};

use crate::secret::{Digest, NewSecret};
use crate::settings::Settings;
use crate::state::Authentication;
use crate::store::{Login, LoginStore, NewLogin, StoreError, StoreResult};
use crate::{cookie, csrf};

/// Cookies to be sent with the response, which no cache may keep.
#[derive(Clone)]
#[must_use = "the browser is not logged in or out before it gets these cookies"]
pub struct LoginCookies(Vec<HeaderValue>);

impl std::fmt::Debug for LoginCookies {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LoginCookies(..)")
    }
}

impl IntoResponseParts for LoginCookies {
    type Error = std::convert::Infallible;

    fn into_response_parts(self, mut response: ResponseParts) -> Result<ResponseParts, Self::Error> {
        let headers = response.headers_mut();
        for cookie in self.0 {
            headers.append(SET_COOKIE, cookie);
        }
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        Ok(response)
    }
}

/// Logs `user` in: a new login with a new CSRF secret. The login that the request came with, if any, ends, so that a
/// cookie that was planted before is worth nothing afterwards.
///
/// Check the CSRF token of the request first; the bundled [`login_pages`](crate::views::login_pages) do.
///
/// # Errors
///
/// When the store does not answer or the operating system gives no randomness. Nobody is logged in then.
pub async fn log_in<B: LoginStore>(
    authentication: &Authentication<B>,
    request: &HeaderMap,
    user: &B::User,
) -> StoreResult<(Login, LoginCookies)> {
    let (login, cookies, _) = insert(authentication, request, user).await?;
    Ok((login, cookies))
}

/// Logs `user` in, unless `holds` says afterwards that what it rests on is no longer so.
///
/// A change of password ends the logins that are there. One that was checked with the old password and is kept after that
/// would stay, so it is asked again once the login can be found.
pub(crate) async fn log_in_while<B: LoginStore>(
    authentication: &Authentication<B>,
    request: &HeaderMap,
    user: &B::User,
    holds: impl Future<Output = StoreResult<bool>>,
) -> StoreResult<Option<LoginCookies>> {
    let (_, cookies, digest) = insert(authentication, request, user).await?;
    match holds.await {
        Ok(true) => Ok(Some(cookies)),
        refused => {
            authentication.backend().end_login(&digest).await?;
            refused.map(|_| None)
        }
    }
}

async fn insert<B: LoginStore>(
    authentication: &Authentication<B>,
    request: &HeaderMap,
    user: &B::User,
) -> StoreResult<(Login, LoginCookies, Digest)> {
    let settings = authentication.settings();
    end_current(authentication, request).await?;
    let secret = NewSecret::generate_long().map_err(StoreError::new)?;
    let csrf_secret = csrf::new_secret().map_err(StoreError::new)?;
    let digest = secret.digest();
    let login = NewLogin { digest, created: settings.clock().now(), csrf_secret: Some(csrf_secret.clone()) };
    let login = authentication.backend().insert_login(user, login).await?;
    let session = settings.session();
    let age = *session.absolute_timeout();
    let cookies = [
        cookie::set(session.cookie_name(), secret.reveal(), age, session.is_secure(), true),
        csrf::CsrfToken::cookie(settings, &csrf_secret),
    ];
    Ok((login, LoginCookies(cookies.into_iter().flatten().collect()), digest))
}

/// Ends the login that the request came with, and takes its cookies away.
///
/// # Errors
///
/// When the store does not answer: the login may still be good then.
pub async fn log_out<B: LoginStore>(
    authentication: &Authentication<B>,
    request: &HeaderMap,
) -> StoreResult<LoginCookies> {
    let settings = authentication.settings();
    end_current(authentication, request).await?;
    let secure = settings.session().is_secure();
    let gone = std::time::Duration::ZERO;
    let cookies = [
        cookie::set(settings.session().cookie_name(), "", gone, secure, true),
        cookie::set(settings.csrf().cookie_name(), "", gone, secure, false),
    ];
    Ok(LoginCookies(cookies.into_iter().flatten().collect()))
}

async fn end_current<B: LoginStore>(authentication: &Authentication<B>, request: &HeaderMap) -> StoreResult<()> {
    if let Some(digest) = cookie_digest(request, authentication.settings()) {
        authentication.backend().end_login(&digest).await?;
    }
    Ok(())
}

/// The digest of the login cookie.
pub(crate) fn cookie_digest(request: &HeaderMap, settings: &Settings) -> Option<Digest> {
    cookie::value(request, settings.session().cookie_name()).map(|cookie| Digest::of(cookie.as_bytes()))
}

/// The CSRF secret of the login that the request came with.
pub(crate) async fn csrf_secret<B: LoginStore>(
    authentication: &Authentication<B>,
    request: &HeaderMap,
) -> StoreResult<Option<String>> {
    let Some(digest) = cookie_digest(request, authentication.settings()) else { return Ok(None) };
    Ok(authentication.backend().find_login(&digest).await?.and_then(|record| record.csrf_secret))
}
