//! Throttles as the cases about the order of checks need them: a sliding log on the case's clock (R94 to R100).

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use auth_runtime::axum::extract::ConnectInfo;
use auth_runtime::http::request::Parts;
use auth_runtime::{AuthError, Identity, User};

use crate::backend::CaseUser;
use crate::case::ThrottleSetup;

/// One throttle of a view.
#[derive(Debug, Clone)]
pub(crate) enum Throttle {
    /// So many requests in a period, for each key.
    Rate { class: Class, scope: String, rate: Rate },
    /// So many requests in all, then a fixed wait.
    DenyAfter { allow: usize, wait: Option<Duration> },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Class {
    User,
    Anon,
    Scoped,
}

/// A negative limit refuses everything and knows no wait.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rate {
    limit: i64,
    period: Duration,
}

type Rates = BTreeMap<String, Option<String>>;

impl Throttle {
    /// `None` where nothing is limited.
    pub(crate) fn parse(setup: &ThrottleSetup, scope: Option<&str>, rates: &Rates) -> Result<Option<Self>, String> {
        let class = match setup.class.as_str() {
            "user" => Class::User,
            "anon" => Class::Anon,
            "scoped" => Class::Scoped,
            "deny_after" => {
                let wait =
                    setup.wait.map(Duration::try_from_secs_f64).transpose().map_err(|error| error.to_string())?;
                return Ok(Some(Self::DenyAfter { allow: setup.allow.unwrap_or(0), wait }));
            }
            other => return Err(format!("the throttle class {other}")),
        };
        let scope = match class {
            Class::Scoped => match scope {
                Some(scope) => scope.to_owned(),
                None => return Ok(None),
            },
            _ => setup.scope.clone().unwrap_or_else(|| setup.class.clone()),
        };
        let named = || setup.rates.as_ref().unwrap_or(rates).get(&scope).cloned().flatten();
        let Some(text) = setup.rate.clone().or_else(named) else { return Ok(None) };
        Ok(Some(Self::Rate { class, scope, rate: Rate::parse(&text)? }))
    }
}

impl Rate {
    fn parse(text: &str) -> Result<Self, String> {
        let fault = || format!("the rate `{text}`");
        let (limit, period) = text.split_once('/').ok_or_else(fault)?;
        let seconds = match period.chars().next() {
            Some('s') => 1,
            Some('m') => 60,
            Some('h') => 3_600,
            Some('d') => 86_400,
            _ => return Err(fault()),
        };
        let limit = limit.trim().replace('_', "").parse().map_err(|_| fault())?;
        Ok(Self { limit, period: Duration::from_secs(seconds) })
    }

    /// Records the request at `now`, or says how long to wait.
    fn take(self, history: &mut Vec<Duration>, now: Duration) -> Result<(), Option<Duration>> {
        history.retain(|&then| then + self.period > now);
        let used = i64::try_from(history.len()).unwrap_or(i64::MAX);
        if used < self.limit {
            history.push(now);
            return Ok(());
        }
        let ends = history.first().map_or(now, |&oldest| oldest) + self.period;
        let remaining = ends.saturating_sub(now);
        let available = u32::try_from(self.limit - used + 1).unwrap_or(0);
        Err(remaining.checked_div(available))
    }
}

/// When which key made its requests.
pub(crate) type Log = HashMap<String, Vec<Duration>>;

/// Asks all throttles, and lets the longest wait win.
pub(crate) fn ask(
    throttles: &[Throttle],
    log: &mut Log,
    now: Duration,
    ident: &str,
    authenticated: bool,
) -> Result<(), AuthError> {
    let mut refused = false;
    let mut longest = None;
    for throttle in throttles {
        let decision = match throttle {
            Throttle::Rate { class: Class::Anon, .. } if authenticated => Ok(()),
            Throttle::Rate { scope, rate, .. } => {
                rate.take(log.entry(format!("throttle_{scope}_{ident}")).or_default(), now)
            }
            Throttle::DenyAfter { allow, wait } => {
                let history = log.entry("deny_after".to_owned()).or_default();
                if history.len() < *allow {
                    history.push(now);
                    Ok(())
                } else {
                    Err(*wait)
                }
            }
        };
        if let Err(wait) = decision {
            refused = true;
            longest = longest.max(wait);
        }
    }
    if refused { Err(AuthError::throttled(longest)) } else { Ok(()) }
}

/// Whose requests are counted together: an account's, or those of an address.
pub(crate) fn ident(request: &Parts, identity: &Identity<CaseUser>, proxies: Option<usize>) -> String {
    if let Some(user) = identity.user().filter(|user| !user.is_anonymous()) {
        return user.id().into_owned();
    }
    let peer = request.extensions.get::<ConnectInfo<std::net::SocketAddr>>();
    let peer = peer.map(|ConnectInfo(peer)| peer.ip().to_string()).unwrap_or_default();
    let forwarded = request.headers.get("x-forwarded-for").and_then(|value| value.to_str().ok());
    match (proxies, forwarded) {
        (Some(0), _) | (_, None) => peer,
        (Some(count), Some(list)) => {
            let hops: Vec<_> = list.split(',').collect();
            hops[hops.len() - count.min(hops.len())].trim().to_owned()
        }
        (None, Some(list)) => {
            let list: String = list.split_whitespace().collect();
            if list.is_empty() { peer } else { list }
        }
    }
}
