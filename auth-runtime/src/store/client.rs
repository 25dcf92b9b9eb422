//! [`Client`]: what a login is made for, and the rules that hold for it.

use std::fmt;
use std::time::Duration;

use crate::value::limit::Limit;
use crate::value::setting::setting;
use crate::wire::origin::{Origin, TrustedOrigin};

/// An application that users log in with, such as a web front end or a phone app, and how long and how often they may.
///
/// What is `None` is without limit. A client is no secret and proves nothing: it says which rules a login keeps. The rules
/// are those of the moment in which a login is made; to end the logins that were made before, revoke them.
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
    /// Makes room for one more where there are `live` of at most `max`: how many of the oldest end, `None` if it is refused.
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

/// Text that is no name of a client.
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
    /// The client of those who name none: `default`, two weeks idle, ninety days at most.
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
    /// The name of the client of those who name none.
    pub const DEFAULT_NAME: &str = "default";

    /// A client with the rules of the default one.
    ///
    /// # Errors
    ///
    /// When the name is not 1 to 64 letters, digits, `-`, `_` and `.`, the first one a letter or a digit.
    pub fn new(name: impl Into<String>) -> Result<Self, InvalidClientName> {
        let name = name.into();
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
        // No path has a `.` or `..` in it that is a name.
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
    setting!(/** How long a login is good for at most. */ absolute_lifetime, with_absolute_lifetime, Option<Duration>);
    setting!(
        /** How long an access token is good for before it must be renewed; never longer than its login. */
        access_lifetime, with_access_lifetime, Option<Duration>
    );
    setting!(/** How many logins an account may have with this client. */ max_logins, with_max_logins, Option<u32>);
    setting!(/** What happens at that number. */ at_limit, with_at_limit, AtLimit);
    setting!(
        /** Whether a login ends every other login of the account, of whatever client. */
        single_login, with_single_login, bool
    );
    setting!(
        /** How many requests an account may make with this client, for a throttle that asks. */
        rate, with_rate, Option<Limit>
    );
    setting!(
        /** From which origins a browser may log in. Empty is from everywhere; a caller that is no browser sends none. */
        allowed_origins, with_allowed_origins, Vec<TrustedOrigin>
    );

    /// Whether a login from a page of `origin` is allowed.
    pub fn allows_origin(&self, origin: &Origin) -> bool {
        self.allowed_origins.is_empty() || self.allowed_origins.iter().any(|allowed| allowed.matches(origin))
    }
}
