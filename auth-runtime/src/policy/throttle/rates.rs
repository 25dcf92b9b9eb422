//! The built-in throttles: limits per user, per address, per client, or per scope.

use std::fmt::Write as _;

use super::admission::{Admission, Throttle};
use crate::context::state::{AuthContext, AuthState};
use crate::identity::{Access, User};
use crate::refusal::AuthError;
use crate::store::counters::CountOutcome;
use crate::store::{LoginStore, StoreResult};
use crate::value::limit::Limit;
use crate::value::quota::Quota;

/// Limits the requests of a user, or of an address if the caller is anonymous: `#[throttle(user = "1000/day")]`.
///
/// All handlers with the same limit count together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs)]
pub struct UserRate {
    /// The limit.
    pub limit: Limit,
}

/// Limits the requests of an address while the caller is anonymous. Callers whom a scheme identified are not limited:
/// `#[throttle(anon = "20/hour")]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs)]
pub struct AnonRate {
    /// The limit.
    pub limit: Limit,
}

/// Limits the requests of a user, or of an address, to the handlers of one scope: `#[throttle(scope(name = "uploads", rate =
/// "10/minute"))]`.
///
/// State the same rate at all handlers of a scope: each different rate counts by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs)]
pub struct ScopedRate {
    /// The name of the scope.
    pub scope: &'static str,
    /// The limit.
    pub limit: Limit,
}

/// Limits the requests of a user with one [client](crate::store::Client) to [the client's rate](crate::store::Client::rate), or
/// to this limit if the client has none. Callers without a login are not counted: `#[throttle(client = "100/minute")]`.
///
/// A change of the client's rate takes effect within ten seconds and starts a new count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs)]
pub struct ClientRate {
    /// The limit for a client that has no rate.
    pub limit: Limit,
}

impl ScopedRate {
    /// Creates the throttle, for a constant.
    ///
    /// # Panics
    ///
    /// If `rate` is not a limit, or if `name` contains other characters than letters, digits, `-` and `_`.
    #[track_caller]
    pub const fn of(name: &'static str, rate: &str) -> Self {
        Self { scope: scope_name(name), limit: Limit::of(rate) }
    }
}

/// Returns the name of a scope, if it is valid.
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
    /// Returns the rate of the client with this name, if it has one.
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

/// Returns what a request counts for: the user, or the network that it comes from.
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

/// Counts a request of its caller under the kind of throttle `of`.
async fn take<S: AuthState, U: User>(
    access: &Access<'_, S, U>,
    name: &'static str,
    of: &str,
    limit: Limit,
) -> Result<Admission, AuthError> {
    // A key always comes with the same limit: two limits under one key would empty each other's log.
    let Limit { count, window, burst } = limit;
    let (window, burst) = (window.as_nanos(), burst.unwrap_or(0));
    let key = format!("throttle:{of}:{count}/{window}/{burst}:{}", caller(access));
    let settings = access.state.auth_context().settings();
    let taken = settings.counters().take(&key, limit, settings.clock().now()).await?;
    Ok(match taken {
        CountOutcome::Counted => Admission::Granted,
        CountOutcome::Wait(wait) => Admission::Refused {
            // With a count of zero, waiting does not help.
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
