//! [`CsrfToken`]: the token of a page.

use std::fmt;

use axum::extract::FromRequestParts;
use axum::response::{IntoResponseParts, ResponseParts};
use http::header::{CACHE_CONTROL, HeaderValue, SET_COOKIE};
use http::request::Parts;

use super::bound::csrf_secret;
use crate::context::settings::Settings;
use crate::context::state::AuthState;
use crate::cross_site::Secret;
use crate::refusal::Rejection;
use crate::store::{LoginStore, StoreError};
use crate::wire::cookie;

/// How long a browser keeps the CSRF cookie.
const COOKIE_AGE: std::time::Duration = std::time::Duration::from_secs(365 * 86_400);

/// The CSRF token of a page's form or script, masked differently for each page.
///
/// It is an extractor and a part of the response: it sets the CSRF cookie if there is none yet, and keeps the page out of
/// caches.
///
/// ```
/// use auth_runtime::{CsrfToken, csrf};
/// use axum::response::Html;
///
/// async fn page(token: CsrfToken) -> (CsrfToken, Html<String>) {
///     let field = format!(r#"<input type="hidden" name="{}" value="{}">"#, csrf::FORM_FIELD, token.value());
///     (token, Html(format!(r#"<form method="post" action="/notes">{field}<button>Send</button></form>"#)))
/// }
/// ```
#[derive(Clone)]
pub struct CsrfToken {
    masked: String,
    set_cookie: Option<HeaderValue>,
}

impl fmt::Debug for CsrfToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CsrfToken(..)")
    }
}

impl CsrfToken {
    /// Returns the value for the form field or the header: 64 letters and digits.
    pub fn value(&self) -> &str {
        &self.masked
    }

    /// Returns the token for a request whose login record has the secret `bound`.
    pub(crate) fn of(request: &Parts, settings: &Settings, bound: Option<&str>) -> Result<Self, getrandom::Error> {
        let cookie =
            cookie::value(&request.headers, settings.csrf_cookie_name()).and_then(|text| Secret::read(text).ok());
        let bound = bound.and_then(|text| Secret::read(text).ok());
        let is_set = match (&cookie, &bound) {
            (Some(cookie), Some(bound)) => cookie.ct_eq(bound).into(),
            (cookie, _) => cookie.is_some(),
        };
        let is_kept_in_login = *settings.csrf().secret_in_login() && bound.is_some();
        let secret = match bound.or(cookie) {
            Some(secret) => secret,
            None => Secret::random()?,
        };
        let set_cookie = if is_set || is_kept_in_login { None } else { Self::cookie(settings, &secret.to_text()) };
        Ok(Self { masked: secret.masked()?, set_cookie })
    }

    pub(crate) fn cookie(settings: &Settings, secret: &str) -> Option<HeaderValue> {
        cookie::set(settings.csrf_cookie_name(), secret, COOKIE_AGE, settings.session().is_secure(), false)
    }
}

impl<S> FromRequestParts<S> for CsrfToken
where
    S: AuthState,
    S::Backend: LoginStore,
{
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Rejection> {
        let context = state.auth_context();
        let made = async {
            let bound = csrf_secret(context, &parts.headers).await?;
            Self::of(parts, context.settings(), bound.as_deref()).map_err(StoreError::new)
        };
        made.await.map_err(|error| Rejection::without_chain(error.into(), parts, state))
    }
}

impl IntoResponseParts for CsrfToken {
    type Error = std::convert::Infallible;

    fn into_response_parts(self, mut response: ResponseParts) -> Result<ResponseParts, Self::Error> {
        let headers = response.headers_mut();
        headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
        if let Some(cookie) = self.set_cookie {
            headers.append(SET_COOKIE, cookie);
        }
        Ok(response)
    }
}
