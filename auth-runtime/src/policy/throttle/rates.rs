//! The built-in throttles: so many requests of a user, of an address, with a client, or in a scope.

use std::fmt::Write as _;

use super::admission::{Admission, Throttle};
use crate::context::state::{AuthContext, AuthState};
use crate::identity::{Access, User};
use crate::refusal::AuthError;
use crate::store::counters::CountOutcome;
use crate::store::{LoginStore, StoreResult};
use crate::value::limit::Limit;
use crate::value::quota::Quota;

/// So many requests of one user; of one address where the caller is anonymous: `#[throttle(user = "1000/day")]`.
///
/// All handlers that say the same count together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs)]
pub struct UserRate {
    /// How many.
    pub limit: Limit,
}

/// So many requests of one address while the caller is anonymous; as many as they like of those that a scheme identified:
/// `#[throttle(anon = "20/hour")]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs)]
pub struct AnonRate {
    /// How many.
    pub limit: Limit,
}

/// So many requests of one user, or one address, to the handlers of one scope:
/// `#[throttle(scope(name = "uploads", rate = "10/minute"))]`.
///
/// The handlers of a scope state one rate: each other one counts by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs)]
pub struct ScopedRate {
    /// What the handlers of the scope have in common.
    pub scope: &'static str,
    /// How many.
    pub limit: Limit,
}

/// So many requests of one user with one [client](crate::store::Client): as many as [its rate](crate::store::Client::rate)
/// says, or this many where it says none. Callers without a login are not counted: `#[throttle(client = "100/minute")]`.
///
/// A change of the client's rate holds within ten seconds, and begins to count anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs)]
pub struct ClientRate {
    /// How many, with a client that says nothing.
    pub limit: Limit,
}

impl ScopedRate {
    /// For a constant.
    ///
    /// # Panics
    ///
    /// When `rate` is no limit, or `name` has other characters than letters, digits, `-` and `_`.
    #[track_caller]
    pub const fn of(name: &'static str, rate: &str) -> Self {
        Self { scope: scope_name(name), limit: Limit::of(rate) }
    }
}

/// The name of a scope, if it is one.
#[track_caller]
pub(crate) const fn scope_name(name: &'static str) -> &'static str {
    assert!(is_name(name), "a scope is named by letters, digits, `-` and `_`, such as `uploads`");
    name
}

const fn is_name(name: &str) -> bool {
    let mut rest = name.as_bytes();
    while let [byte, more @ ..] = rest {
        if !(byte.is_ascii_alphanumeric() || *byte == b'-' || *byte == b'_') {
            return false;
        }
        rest = more;
    }
    !name.is_empty()
}

impl<B: LoginStore> AuthContext<B> {
    /// The rate of a client of this name, if it has one.
    async fn client_rate(&self, client: &str) -> StoreResult<Option<Limit>> {
        let now = self.settings().clock().now();
        if let Some(rate) = self.client_rates().remembered(client, now) {
            return Ok(rate);
        }
        let default = self.settings().client();
        let rate = match self.backend().find_client(client).await? {
            Some(client) => *client.rate(),
            None if client == default.name() => *default.rate(),
            None => None,
        };
        self.client_rates().remember(client, now, rate);
        Ok(rate)
    }
}

/// Whom a request counts for: the user, or the network it comes from.
fn caller<S: AuthState, U: User>(access: &Access<'_, S, U>) -> String {
    let mut key = String::with_capacity(48);
    match access.identity.user().filter(|_| access.identity.is_authenticated()) {
        Some(user) => {
            key.push_str("user:");
            key.push_str(&user.id());
        }
        None => {
            key.push_str("address:");
            let settings = access.state.auth_context().settings();
            // Callers without a known address count together.
            let _ = match settings.counted_network(access.request) {
                Some(network) => write!(key, "{network}"),
                None => write!(key, "unknown"),
            };
        }
    }
    key
}

/// Counts a request of its caller under what the throttle is `of`.
async fn take<S: AuthState, U: User>(
    access: &Access<'_, S, U>,
    name: &'static str,
    of: &str,
    limit: Limit,
) -> Result<Admission, AuthError> {
    // A key always comes with the same limit: two limits that counted under one key would empty each other's log.
    let Limit { count, window, burst } = limit;
    let (window, burst) = (window.as_nanos(), burst.unwrap_or(0));
    let key = format!("throttle:{of}:{count}/{window}/{burst}:{}", caller(access));
    let settings = access.state.auth_context().settings();
    let taken = settings.counters().take(&key, limit, settings.clock().now()).await?;
    Ok(match taken {
        CountOutcome::Counted => Admission::Granted,
        CountOutcome::Wait(wait) => Admission::Refused {
            // What may never happen is not a matter of time.
            wait: (limit.count > 0).then_some(wait),
            quota: Some(Quota { name, limit }),
        },
    })
}

impl<S: AuthState, U: User> Throttle<S, U> for UserRate {
    async fn admit(&self, access: &Access<'_, S, U>) -> Result<Admission, AuthError> {
        take(access, "user", "user", self.limit).await
    }
}

impl<S: AuthState, U: User> Throttle<S, U> for AnonRate {
    async fn admit(&self, access: &Access<'_, S, U>) -> Result<Admission, AuthError> {
        if access.identity.is_authenticated() {
            return Ok(Admission::Granted);
        }
        take(access, "anon", "anon", self.limit).await
    }
}

impl<S: AuthState, U: User> Throttle<S, U> for ScopedRate {
    async fn admit(&self, access: &Access<'_, S, U>) -> Result<Admission, AuthError> {
        take(access, self.scope, &format!("scope:{}", self.scope), self.limit).await
    }
}

impl<S: AuthState, U: User> Throttle<S, U> for ClientRate
where
    S::Backend: LoginStore,
{
    async fn admit(&self, access: &Access<'_, S, U>) -> Result<Admission, AuthError> {
        let Some(client) = access.client.filter(|client| !client.is_empty()) else { return Ok(Admission::Granted) };
        let rate = access.state.auth_context().client_rate(client).await?;
        take(access, "client", &format!("client:{client}"), rate.unwrap_or(self.limit)).await
    }
}
