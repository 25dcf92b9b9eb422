//! The limits of personal tokens: [`PersonalTokenSettings`].

use std::fmt;
use std::time::Duration;

use http::StatusCode;

use crate::refusal::AuthError;
use crate::store::{AtLimit, NewToken, TokenLimit};
use crate::value::secret::Digest;
use crate::value::setting::setting;

/// How long personal tokens are valid, and how many an account may have.
///
/// Applies to every new token, made at the token endpoint, at the endpoints of `auth-endpoints` or in the admin pages. Imported
/// tokens keep their original end.
///
/// ```
/// use std::time::Duration;
/// use auth_runtime::Settings;
/// use auth_runtime::personal_token::PersonalTokenSettings;
///
/// let day = Duration::from_secs(86_400);
/// let settings = Settings::default()
///     .with_personal_tokens(PersonalTokenSettings::default().with_lifetime(Some(7 * day)).with_max_lifetime(Some(30 * day)));
/// # let _ = settings;
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonalTokenSettings {
    lifetime: Option<Duration>,
    max_lifetime: Option<Duration>,
    max_per_account: Option<u32>,
}

impl Default for PersonalTokenSettings {
    /// Returns 90 days as the default lifetime, 366 days at most, and 100 tokens per account.
    fn default() -> Self {
        Self {
            lifetime: Some(Duration::from_secs(90 * 86_400)),
            max_lifetime: Some(Duration::from_secs(366 * 86_400)),
            max_per_account: Some(100),
        }
    }
}

impl PersonalTokenSettings {
    setting!(
        /** The default lifetime of a token. `None` means the maximum. */
        lifetime, with_lifetime, Option<Duration>
    );
    setting!(
        /** The maximum lifetime of a token. `None` means unlimited. */
        max_lifetime, with_max_lifetime, Option<Duration>
    );
    setting!(
        /** How many live tokens an account may have. `None` means unlimited. */
        max_per_account, with_max_per_account, Option<u32>
    );

    /// Creates a token that respects these limits, for [`TokenStore::insert_token`](crate::store::TokenStore::insert_token).
    ///
    /// # Errors
    ///
    /// If `lifetime` is longer than allowed.
    pub fn new_token(
        &self,
        digest: Digest,
        created: Duration,
        lifetime: Lifetime,
        at_limit: AtLimit,
    ) -> Result<NewToken, LifetimeTooLong> {
        let lifetime = match (lifetime, self.max_lifetime) {
            (Lifetime::Default, max) => self.lifetime.into_iter().chain(max).min(),
            (Lifetime::Of(length), Some(max)) if length > max => return Err(LifetimeTooLong { max }),
            (Lifetime::Of(length), _) => Some(length),
            (Lifetime::Endless, Some(max)) => return Err(LifetimeTooLong { max }),
            (Lifetime::Endless, None) => None,
        };
        let mut token = NewToken::new(digest, created);
        token.expires = lifetime.map(|lifetime| created.saturating_add(lifetime));
        token.limit = self.max_per_account.map(|max| TokenLimit::new(max, at_limit));
        Ok(token)
    }
}

/// How long a token should be valid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Lifetime {
    /// As long as [the settings](PersonalTokenSettings::lifetime) say.
    #[default]
    Default,
    /// This long.
    Of(Duration),
    /// Until it is revoked. Only possible if [`PersonalTokenSettings::max_lifetime`] is `None`.
    Endless,
}

/// The lifetime is longer than [allowed](PersonalTokenSettings::max_lifetime).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct LifetimeTooLong {
    /// The longest lifetime that is allowed.
    pub max: Duration,
}

impl fmt::Display for LifetimeTooLong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "A token is good for at most {} seconds.", self.max.as_secs())
    }
}

impl std::error::Error for LifetimeTooLong {}

impl From<LifetimeTooLong> for AuthError {
    fn from(error: LifetimeTooLong) -> Self {
        Self::other(StatusCode::BAD_REQUEST, error.to_string(), "token_lifetime")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: Duration = Duration::from_secs(86_400);

    fn ends(settings: &PersonalTokenSettings, lifetime: Lifetime) -> Result<Option<Duration>, LifetimeTooLong> {
        let token = settings.new_token(Digest::of(b"token"), DAY, lifetime, AtLimit::Refuse)?;
        Ok(token.expires.map(|end| end.saturating_sub(DAY)))
    }

    #[test]
    fn the_default_lifetime_keeps_the_maximum() {
        let settings = PersonalTokenSettings::default();
        assert_eq!(ends(&settings, Lifetime::Default), Ok(Some(90 * DAY)));
        let short = settings.clone().with_max_lifetime(Some(DAY));
        assert_eq!(ends(&short, Lifetime::Default), Ok(Some(DAY)));
        let longest = settings.clone().with_lifetime(None);
        assert_eq!(ends(&longest, Lifetime::Default), Ok(Some(366 * DAY)));
        assert_eq!(ends(&longest.with_max_lifetime(None), Lifetime::Default), Ok(None));
    }

    #[test]
    fn a_lifetime_over_the_maximum_is_refused() {
        let settings = PersonalTokenSettings::default();
        assert_eq!(ends(&settings, Lifetime::Of(366 * DAY)), Ok(Some(366 * DAY)));
        let refused = Err(LifetimeTooLong { max: 366 * DAY });
        assert_eq!(ends(&settings, Lifetime::Of(367 * DAY)), refused);
        assert_eq!(ends(&settings, Lifetime::Endless), refused);
        let unlimited = settings.with_max_lifetime(None);
        assert_eq!(ends(&unlimited, Lifetime::Of(367 * DAY)), Ok(Some(367 * DAY)));
        assert_eq!(ends(&unlimited, Lifetime::Endless), Ok(None));
    }
}
