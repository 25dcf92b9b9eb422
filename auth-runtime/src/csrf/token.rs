//! The token: 32 letters and digits, plain or masked to 64 so that it looks different each time it is shown.

use std::fmt;

use axum::extract::FromRequestParts;
use axum::response::{IntoResponseParts, ResponseParts};
use http::header::{CACHE_CONTROL, HeaderValue, SET_COOKIE};
use http::request::Parts;
use subtle::ConstantTimeEq;

use super::{Failure, Fault, TokenSource};
use crate::response::Rejection;
use crate::settings::Settings;
use crate::state::AuthState;
use crate::store::{LoginStore, StoreError};
use crate::{cookie, login};

const ALPHABET: &[u8; 62] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
const LENGTH: usize = 32;
const COOKIE_AGE: std::time::Duration = std::time::Duration::from_secs(365 * 86_400);

/// An unmasked token.
#[derive(Clone)]
pub(super) struct Secret([u8; LENGTH]);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

impl Secret {
    pub(super) fn of_cookie(text: &str) -> Result<Self, Failure> {
        Self::read(text).map_err(Failure::Cookie)
    }

    pub(super) fn matches(&self, token: &str, source: &TokenSource) -> Result<(), Failure> {
        let fault = match Self::read(token) {
            Ok(token) if bool::from(token.0.ct_eq(&self.0)) => return Ok(()),
            Ok(_) => Fault::Value,
            Err(fault) => fault,
        };
        Err(Failure::Token(source.clone(), fault))
    }

    /// Reads a token, plain or masked.
    fn read(text: &str) -> Result<Self, Fault> {
        let text = text.as_bytes();
        if text.len() != LENGTH && text.len() != 2 * LENGTH {
            return Err(Fault::Length);
        }
        let digit = |byte: &u8| ALPHABET.iter().position(|letter| letter == byte).ok_or(Fault::Characters);
        let digits = text.iter().map(digit).collect::<Result<Vec<_>, _>>()?;
        let mut secret = [0; LENGTH];
        for (at, letter) in secret.iter_mut().enumerate() {
            *letter = match digits.get(LENGTH + at) {
                None => ALPHABET[digits[at]],
                Some(masked) => ALPHABET[(masked + ALPHABET.len() - digits[at]) % ALPHABET.len()],
            };
        }
        Ok(Self(secret))
    }

    fn masked(&self) -> Result<String, getrandom::Error> {
        let mask = random_letters()?;
        let digit = |byte: u8| ALPHABET.iter().position(|&letter| letter == byte).unwrap_or(0);
        let masked =
            mask.bytes().zip(self.0).map(|(mask, letter)| ALPHABET[(digit(mask) + digit(letter)) % ALPHABET.len()]);
        let masked = masked.map(char::from).collect::<String>();
        Ok(mask + &masked)
    }
}

/// A fresh secret for a login record and its cookie.
pub(crate) fn new_secret() -> Result<String, getrandom::Error> {
    random_letters()
}

fn random_letters() -> Result<String, getrandom::Error> {
    let mut text = String::with_capacity(LENGTH);
    let mut bytes = [0; LENGTH];
    while text.len() < LENGTH {
        getrandom::fill(&mut bytes)?;
        // 248 is the largest multiple of 62 that a byte holds: what is above would favour the first letters.
        let letters =
            bytes.iter().filter(|&&byte| byte < 248).map(|&byte| ALPHABET[usize::from(byte) % ALPHABET.len()]);
        text.extend(letters.take(LENGTH - text.len()).map(char::from));
    }
    Ok(text)
}

/// The CSRF token of a page's form or script, masked anew for each page.
///
/// An extractor, and a part of the response: it sets the CSRF cookie where there is none yet, and keeps the page out of
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
    /// What the form field or the header must say: 64 letters and digits.
    pub fn value(&self) -> &str {
        &self.masked
    }

    /// For a request whose login record has the secret `bound`.
    pub(crate) fn of(request: &Parts, settings: &Settings, bound: Option<&str>) -> Result<Self, getrandom::Error> {
        let csrf = settings.csrf();
        let cookie = cookie::value(&request.headers, csrf.cookie_name()).and_then(|text| Secret::read(text).ok());
        let bound = bound.and_then(|text| Secret::read(text).ok());
        let is_set = match (&cookie, &bound) {
            (Some(cookie), Some(bound)) => cookie.0.ct_eq(&bound.0).into(),
            (cookie, _) => cookie.is_some(),
        };
        let is_kept_in_login = *csrf.secret_in_login() && bound.is_some();
        let secret = match bound.or(cookie) {
            Some(secret) => secret,
            None => {
                Secret::read(&random_letters()?).unwrap_or_else(|_| unreachable!("these letters are the alphabet's"))
            }
        };
        let set_cookie = if is_set || is_kept_in_login {
            None
        } else {
            let text: String = secret.0.iter().copied().map(char::from).collect();
            Self::cookie(settings, &text)
        };
        Ok(Self { masked: secret.masked()?, set_cookie })
    }

    pub(crate) fn cookie(settings: &Settings, secret: &str) -> Option<HeaderValue> {
        cookie::set(settings.csrf().cookie_name(), secret, COOKIE_AGE, settings.session().is_secure(), false)
    }
}

impl<S> FromRequestParts<S> for CsrfToken
where
    S: AuthState,
    S::Backend: LoginStore,
{
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Rejection> {
        let authentication = state.authentication();
        let made = async {
            let bound = login::csrf_secret(authentication, &parts.headers).await?;
            Self::of(parts, authentication.settings(), bound.as_deref()).map_err(StoreError::new)
        };
        made.await.map_err(|error| Rejection::without_chain(error.into(), state))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_published_mask_is_undone() {
        let plain = Secret::read("abcdefghijklmnopqrstuvwxyzABCDEF").unwrap();
        for _ in 0..20 {
            let masked = plain.masked().unwrap();
            assert_eq!(masked.len(), 64);
            assert_eq!(Secret::read(&masked).unwrap().0, plain.0);
        }
        let masked = "maskMASKmaskMASKmaskMASKmaskMASKmbunQFYRujCvYN6ZCrKD6Ve7KzSLe3mf";
        assert_eq!(Secret::read(masked).unwrap().0, plain.0);
    }

    #[test]
    fn length_and_letters_are_checked() {
        assert_eq!(Secret::read("").unwrap_err(), Fault::Length);
        assert_eq!(Secret::read(&"a".repeat(33)).unwrap_err(), Fault::Length);
        assert_eq!(Secret::read(&"-".repeat(32)).unwrap_err(), Fault::Characters);
        assert_eq!(Secret::read(&"é".repeat(16)).unwrap_err(), Fault::Characters);
    }
}
