//! [`Client`]: the application that a login is made with, and its rules.

use std::fmt;
use std::time::Duration;

use crate::value::limit::Limit;
use crate::value::setting::setting;
use crate::wire::origin::{Origin, TrustedOrigin};

/// An application that users log in with, such as a web front end or a phone app, and how long and how often they may.
///
/// `None` means unlimited. A client is not a secret and proves nothing: it only selects the rules of a login. A login keeps the
/// rules that its client had when the login was made. To end earlier logins, revoke them.
///
/// ```
/// use std::time::Duration;
/// use auth_runtime::store::{AtLimit, Client};
///
/// let phone = Client::new("phone")?
///     .with_idle_lifetime(Some(Duration::from_secs(30 * 86_400)))
///     .with_max_logins(Some(3))
///     .with_at_limit(AtLimit::EndOldest);
/// assert_eq!(phone.name(), "phone");
/// # Ok::<(), auth_runtime::store::InvalidClientName>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Client {
    name: String,
    idle_lifetime: Option<Duration>,
    absolute_lifetime: Option<Duration>,
    access_lifetime: Option<Duration>,
    max_logins: Option<u32>,
    at_limit: AtLimit,
    single_login: bool,
    rate: Option<Limit>,
    allowed_origins: Vec<TrustedOrigin>,
}

/// What happens when an account has as many logins as its client allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum AtLimit {
    /// The new login is refused.
    #[default]
    Refuse,
    /// The oldest one ends.
    EndOldest,
}

impl AtLimit {
    /// Returns how many of the oldest logins must end to make room for one more, when `live` of at most `max` exist. `None`
    /// means that the new login is refused.
    ///
    /// ```
    /// use auth_runtime::store::AtLimit;
    ///
    /// assert_eq!(AtLimit::Refuse.make_room(2, 3), Some(0));
    /// assert_eq!(AtLimit::Refuse.make_room(3, 3), None);
    /// assert_eq!(AtLimit::EndOldest.make_room(5, 3), Some(3));
    /// assert_eq!(AtLimit::EndOldest.make_room(0, 0), None, "nothing that could end makes room");
    /// ```
    pub fn make_room(self, live: usize, max: u32) -> Option<usize> {
        let max = usize::try_from(max).unwrap_or(usize::MAX);
        let excess = live.saturating_add(1).saturating_sub(max);
        match self {
            _ if excess == 0 => Some(0),
            Self::EndOldest if max > 0 => Some(excess),
            Self::EndOldest | Self::Refuse => None,
        }
    }
}

/// The text is not a valid client name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct InvalidClientName;

impl fmt::Display for InvalidClientName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "a client's name is 1 to 64 letters, digits, `-`, `_` and `.`, and begins with a letter or a digit, such as \
             `web` or `phone-2`",
        )
    }
}

impl std::error::Error for InvalidClientName {}

impl Default for Client {
    /// Returns the client `default`: two weeks idle, ninety days at most.
    fn default() -> Self {
        Self {
            name: Self::DEFAULT_NAME.to_owned(),
            idle_lifetime: Some(Duration::from_secs(14 * 86_400)),
            absolute_lifetime: Some(Duration::from_secs(90 * 86_400)),
            access_lifetime: None,
            max_logins: None,
            at_limit: AtLimit::default(),
            single_login: false,
            rate: None,
            allowed_origins: Vec::new(),
        }
    }
}

impl Client {
    /// The client that is used when a request names none.
    pub const DEFAULT_NAME: &str = "default";

    /// Creates a client with the rules of the default client.
    ///
    /// # Errors
    ///
    /// If the name is not 1 to 64 letters, digits, `-`, `_` and `.`, the first one a letter or a digit.
    pub fn new(name: impl Into<String>) -> Result<Self, InvalidClientName> {
        let name = name.into();
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
        // A name can be a path segment: `.` and `..` are excluded.
        let begins = name.bytes().next().is_some_and(|first| first.is_ascii_alphanumeric());
        if !begins || name.len() > 64 || !name.bytes().all(fits) {
            return Err(InvalidClientName);
        }
        Ok(Self { name, ..Self::default() })
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    setting!(/** How long a login may go unused. */ idle_lifetime, with_idle_lifetime, Option<Duration>);
    setting!(/** How long a login may last at most. */ absolute_lifetime, with_absolute_lifetime, Option<Duration>);
    setting!(
        /** How long an access token is valid before it must be renewed. Never longer than its login. */
        access_lifetime, with_access_lifetime, Option<Duration>
    );
    setting!(/** How many logins an account may have with this client. */ max_logins, with_max_logins, Option<u32>);
    setting!(/** What happens when that number is reached. */ at_limit, with_at_limit, AtLimit);
    setting!(
        /** Whether a login ends every other login of the account, with any client. */
        single_login, with_single_login, bool
    );
    setting!(
        /** How many requests an account may make with this client, for throttles that count by client. */
        rate, with_rate, Option<Limit>
    );
    setting!(
        /** The origins that a browser may log in from. Empty means all. Other programs send no origin. */
        allowed_origins, with_allowed_origins, Vec<TrustedOrigin>
    );

    /// Returns whether a login from a page of `origin` is allowed.
    pub fn allows_origin(&self, origin: &Origin) -> bool {
        self.allowed_origins.is_empty() || self.allowed_origins.iter().any(|allowed| allowed.matches(origin))
    }
}
