//! Why a request is refused: [`AuthError`].

use std::borrow::Cow;
use std::error::Error;
use std::fmt;
use std::time::Duration;

use http::{Method, StatusCode};

use super::kind::ErrorKind;
use super::words::Words;
use crate::value::quota::Quota;
use crate::wire::challenge::Challenge;

/// Why a request is refused, with the text and the stable code that its caller sees.
///
/// | constructor | status | code | detail |
/// |---|---|---|---|
/// | [`authentication_failed`](Self::authentication_failed) | 401 or 403 | `authentication_failed` | given |
/// | [`not_authenticated`](Self::not_authenticated) | 401 or 403 | `not_authenticated` | Authentication credentials were not provided. |
/// | [`permission_denied`](Self::permission_denied) | 403 | `permission_denied` | You do not have permission to perform this action. |
/// | [`not_found`](Self::not_found) | 404 | `not_found` | Not found. |
/// | [`method_not_allowed`](Self::method_not_allowed) | 405 | `method_not_allowed` | Method "PATCH" not allowed. |
/// | [`throttled`](Self::throttled) | 429 | `throttled` | Request was throttled. |
/// | [`internal`](Self::internal) | 500 | `error` | A server error occurred. |
/// | [`unavailable`](Self::unavailable) | 503 | `unavailable` | Authentication is temporarily unavailable. |
///
/// The first scheme of the chain decides between 401 and 403: see [`Identity::reject`](crate::Identity::reject). A source is
/// logged and never sent.
///
/// A handler can return the error as it is. The answer then depends neither on the chain nor on the settings: it is JSON, and
/// the two kinds that ask for credentials are a 403, since a 401 needs a challenge (RFC 9110 section 15.5.2).
///
/// ```
/// use auth_runtime::AuthError;
///
/// async fn report(month: u32) -> Result<String, AuthError> {
///     if month > 12 {
///         return Err(AuthError::not_found());
///     }
///     Ok(format!("figures of month {month}"))
/// }
/// ```
pub struct AuthError(Refusal);

enum Refusal {
    Fixed(&'static Words),
    Made(Box<Made>),
}

struct Made {
    words: Words,
    wait: Option<Duration>,
    quotas: Vec<(Quota, Option<Duration>)>,
    allow: Option<&'static str>,
    challenge: Option<Challenge>,
    source: Option<Box<dyn Error + Send + Sync>>,
}

impl Made {
    fn of(words: Words) -> Self {
        Self { words, wait: None, quotas: Vec::new(), allow: None, challenge: None, source: None }
    }
}

/// Builds the [`AuthError`] of this kind with these two literals, in the name of a scheme if one is given.
macro_rules! fixed {
    ($kind:ident, $detail:literal, $code:literal $(, $scheme:ty)?) => {{
        // Not a static, so that the scheme can be a parameter.
        $crate::refusal::AuthError::of_fixed(const {
            &$crate::refusal::Words::fixed(
                $crate::refusal::ErrorKind::$kind,
                $detail,
                $code,
                concat!("{\"detail\":\"", $detail, "\",\"code\":\"", $code, "\"}"),
            )
            $(.of_scheme(<$scheme>::NAME))?
        })
    }};
}

/// Builds [`AuthError::authentication_failed`] with a literal, in the name of a scheme.
macro_rules! failed {
    ($scheme:ty, $detail:literal) => {
        $crate::refusal::fixed!(AuthenticationFailed, $detail, "authentication_failed", $scheme)
    };
}

pub(crate) use {failed, fixed};

/// When to try again after a 503 that sets no other time.
const UNAVAILABLE_FOR: Duration = Duration::from_secs(5);

fn whole_seconds(wait: Duration) -> u64 {
    wait.as_secs().saturating_add(u64::from(wait.subsec_nanos() > 0))
}

impl AuthError {
    fn of(kind: ErrorKind, detail: impl Into<Cow<'static, str>>, code: &'static str) -> Self {
        let words = Words { kind, detail: detail.into(), code: code.into(), json: None, scheme: None };
        Self(Refusal::Made(Box::new(Made::of(words))))
    }

    pub(crate) fn of_fixed(words: &'static Words) -> Self {
        Self(Refusal::Fixed(words))
    }

    fn words(&self) -> &Words {
        match &self.0 {
            Refusal::Fixed(words) => words,
            Refusal::Made(made) => &made.words,
        }
    }

    fn made(&self) -> Option<&Made> {
        match &self.0 {
            Refusal::Fixed(_) => None,
            Refusal::Made(made) => Some(made),
        }
    }

    fn made_mut(&mut self) -> &mut Made {
        // In no scheme's name: a scheme that changes the error of another sets its own.
        if let Refusal::Fixed(words) = self.0 {
            self.0 = Refusal::Made(Box::new(Made::of(Words { scheme: None, ..words.clone() })));
        }
        match &mut self.0 {
            Refusal::Made(made) => made,
            Refusal::Fixed(_) => unreachable!("it was just made"),
        }
    }

    /// The credentials are wrong. `detail` explains the fault without repeating them.
    pub fn authentication_failed(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::of(ErrorKind::AuthenticationFailed, detail, "authentication_failed")
    }

    /// The credentials are wrong, with a text that reveals nothing more.
    pub fn incorrect_credentials() -> Self {
        fixed!(AuthenticationFailed, "Incorrect authentication credentials.", "authentication_failed")
    }

    /// There are no credentials, but some are needed.
    pub fn not_authenticated() -> Self {
        fixed!(NotAuthenticated, "Authentication credentials were not provided.", "not_authenticated")
    }

    /// The caller may not do this. [`with_detail`](Self::with_detail) and [`with_code`](Self::with_code) add details.
    pub fn permission_denied() -> Self {
        fixed!(PermissionDenied, "You do not have permission to perform this action.", "permission_denied")
    }

    /// The resource does not exist, or not for this caller.
    pub fn not_found() -> Self {
        Self::other(StatusCode::NOT_FOUND, "Not found.", "not_found")
    }

    /// The resource does not support this method. `allow` is sent as `Allow` (RFC 9110 section 15.5.6): `GET, HEAD`.
    pub fn method_not_allowed(method: &Method, allow: &'static str) -> Self {
        let detail = format!("Method \"{method}\" not allowed.");
        let mut error = Self::of(ErrorKind::Other(StatusCode::METHOD_NOT_ALLOWED), detail, "method_not_allowed");
        error.made_mut().allow = Some(allow);
        error
    }

    /// The caller must wait; `wait` is sent as `Retry-After`, in whole seconds rounded up.
    pub fn throttled(wait: Option<Duration>) -> Self {
        let seconds = wait.map(whole_seconds);
        let detail = match seconds {
            None => "Request was throttled.".to_owned(),
            Some(1) => "Request was throttled. Expected available in 1 second.".to_owned(),
            Some(n) => format!("Request was throttled. Expected available in {n} seconds."),
        };
        let error = Self::of(ErrorKind::Throttled, detail, "throttled");
        error.with_retry_after(wait.unwrap_or_default())
    }

    /// Adds the quotas that are used up, with the time until each is available again.
    pub(crate) fn with_quotas(mut self, quotas: Vec<(Quota, Option<Duration>)>) -> Self {
        self.made_mut().quotas = quotas;
        self
    }

    pub(crate) fn quotas(&self) -> &[(Quota, Option<Duration>)] {
        self.made().map_or(&[], |made| &made.quotas)
    }

    /// A store does not answer: the request is refused, whatever its credentials. As with every 503, the caller may try again
    /// in five seconds, unless [`with_retry_after`](Self::with_retry_after) sets another time.
    pub fn unavailable(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::of(ErrorKind::Unavailable, "Authentication is temporarily unavailable.", "unavailable").because(source)
    }

    /// Something in this server is broken.
    pub fn internal(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::of(ErrorKind::Internal, "A server error occurred.", "error").because(source)
    }

    /// Any other refusal.
    pub fn other(status: StatusCode, detail: impl Into<Cow<'static, str>>, code: &'static str) -> Self {
        Self::of(ErrorKind::Other(status), detail, code)
    }

    /// Replaces the text.
    #[must_use]
    pub fn with_detail(mut self, detail: impl Into<Cow<'static, str>>) -> Self {
        let words = &mut self.made_mut().words;
        (words.detail, words.json) = (detail.into(), None);
        self
    }

    /// Replaces the code.
    #[must_use]
    pub fn with_code(mut self, code: impl Into<Cow<'static, str>>) -> Self {
        let words = &mut self.made_mut().words;
        (words.code, words.json) = (code.into(), None);
        self
    }

    /// Sets the time after which the caller may try again, sent as `Retry-After` in whole seconds, rounded up (RFC 9110 section
    /// 10.2.3).
    ///
    /// ```
    /// use std::time::Duration;
    /// use auth_runtime::AuthError;
    ///
    /// let busy = AuthError::unavailable("the queue is full").with_retry_after(Duration::from_secs(1));
    /// assert_eq!(busy.retry_after(), Some(Duration::from_secs(1)));
    /// ```
    #[must_use]
    pub fn with_retry_after(mut self, wait: Duration) -> Self {
        self.made_mut().wait = Some(Duration::from_secs(whole_seconds(wait))).filter(|wait| !wait.is_zero());
        self
    }

    /// Adds a challenge for this one refusal (RFC 9110 section 11.6.1), such as `error="invalid_token"`. It replaces the
    /// challenge with the same keyword, or is sent beside the others. If the first scheme of the chain has no challenge, none
    /// is sent.
    #[must_use]
    pub fn with_challenge(mut self, challenge: Challenge) -> Self {
        self.made_mut().challenge = Some(challenge);
        self
    }

    pub(crate) fn challenge(&self) -> Option<&Challenge> {
        self.made()?.challenge.as_ref()
    }

    /// Adds the cause, which is logged and never sent.
    #[must_use]
    pub fn because(mut self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.made_mut().source = Some(source.into());
        self
    }

    /// Sets the scheme, unless the error already belongs to another one.
    pub(crate) fn in_scheme(mut self, scheme: &'static str) -> Self {
        match &mut self.0 {
            Refusal::Fixed(words) if words.scheme == Some(scheme) => {}
            // It comes from a scheme that this one wraps.
            Refusal::Fixed(_) => self.made_mut().words.scheme = Some(scheme),
            Refusal::Made(made) => _ = made.words.scheme.get_or_insert(scheme),
        }
        self
    }

    /// Returns the [name](crate::Authenticator::NAME) of the scheme that refused. `None` means that no scheme did, but a
    /// permission.
    pub fn scheme(&self) -> Option<&'static str> {
        self.words().scheme
    }

    /// Returns the kind of refusal.
    pub fn kind(&self) -> ErrorKind {
        self.words().kind
    }

    /// Returns the text that the caller sees.
    pub fn detail(&self) -> &str {
        &self.words().detail
    }

    /// Returns the stable code that the caller sees.
    pub fn code(&self) -> &str {
        &self.words().code
    }

    /// Returns the prebuilt body with the detail and the code, if there is one.
    pub(crate) fn json(&self) -> Option<&'static str> {
        self.words().json
    }

    /// Returns how long the caller must wait, in whole seconds. Always set for a 503 (RFC 9110 section 15.6.4).
    pub fn retry_after(&self) -> Option<Duration> {
        let wait = self.made().and_then(|made| made.wait);
        wait.or_else(|| (self.status() == StatusCode::SERVICE_UNAVAILABLE).then_some(UNAVAILABLE_FOR))
    }

    /// Returns the supported methods, for a 405.
    pub(crate) fn allow(&self) -> Option<&'static str> {
        self.made()?.allow
    }

    /// Returns the status before the chain is asked: 401 for both kinds that the first scheme may turn into 403.
    pub fn status(&self) -> StatusCode {
        match self.kind() {
            ErrorKind::AuthenticationFailed | ErrorKind::NotAuthenticated => StatusCode::UNAUTHORIZED,
            ErrorKind::PermissionDenied => StatusCode::FORBIDDEN,
            ErrorKind::Throttled => StatusCode::TOO_MANY_REQUESTS,
            ErrorKind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            ErrorKind::Internal => StatusCode::INTERNAL_SERVER_ERROR,
            ErrorKind::Other(status) => status,
        }
    }
}

impl fmt::Debug for AuthError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuthError")
            .field("kind", &self.kind())
            .field("detail", &self.detail())
            .field("code", &self.code())
            .field("source", &Error::source(self))
            .finish_non_exhaustive()
    }
}

impl fmt::Display for AuthError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.detail())
    }
}

impl Error for AuthError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.made()?.source.as_deref().map(|source| source as _)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scheme::authenticator::Authenticator as _;
    use crate::scheme::{Bearer, Token};

    fn is_fixed(error: &AuthError) -> bool {
        matches!(error.0, Refusal::Fixed(_))
    }

    #[test]
    fn prebuilt_body_equals_the_rendered_one() {
        for (fixed, made) in [
            (failed!(Token, "Invalid token."), AuthError::authentication_failed("Invalid token.")),
            (AuthError::permission_denied(), AuthError::permission_denied().with_challenge(Challenge::new("Token"))),
        ] {
            assert_eq!((fixed.kind(), fixed.detail(), fixed.code()), (made.kind(), made.detail(), made.code()));
            assert!(is_fixed(&fixed) && !is_fixed(&made));
            let json = serde_json::json!({ "detail": fixed.detail(), "code": fixed.code() });
            assert_eq!(serde_json::from_str::<serde_json::Value>(fixed.json().unwrap()).unwrap(), json);
        }
    }

    #[test]
    fn other_words_have_another_body() {
        assert_eq!(AuthError::not_authenticated().with_detail("Log in.").json(), None);
        assert_eq!(AuthError::not_authenticated().with_code("log_in").json(), None);
        assert!(AuthError::not_authenticated().because("no").json().is_some());
    }

    #[test]
    fn wrapping_scheme_refuses_in_its_own_name() {
        let invalid = || failed!(Token, "Invalid token.");
        assert!(is_fixed(&invalid().in_scheme("Token")));
        assert!(is_fixed(&failed!(Bearer, "Invalid token.").in_scheme("Bearer")));
        assert_eq!(invalid().in_scheme("Token").scheme(), Some("Token"));
        assert_eq!(invalid().in_scheme("Partner").scheme(), Some("Partner"));
        assert_eq!(invalid().with_code("partner").in_scheme("Partner").scheme(), Some("Partner"));
        assert_eq!(AuthError::incorrect_credentials().in_scheme("Partner").scheme(), Some("Partner"));
        let made = AuthError::authentication_failed("no").in_scheme("Partner");
        assert_eq!(made.in_scheme("Token").scheme(), Some("Partner"), "the first one refused");
    }

    #[test]
    fn a_wait_is_rounded_up_and_spelt_out() {
        let of = |wait: Duration| AuthError::throttled(Some(wait));
        assert_eq!(of(Duration::from_millis(400)).detail(), "Request was throttled. Expected available in 1 second.");
        assert_eq!(of(Duration::from_millis(1001)).retry_after(), Some(Duration::from_secs(2)));
        assert_eq!(of(Duration::ZERO).detail(), "Request was throttled. Expected available in 0 seconds.");
        assert_eq!(of(Duration::ZERO).retry_after(), None);
        assert_eq!(AuthError::throttled(None).detail(), "Request was throttled.");
    }
}
