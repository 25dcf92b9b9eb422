//! Throttles of a case: its classes by the public throttles, on the case's clock and counters (R94 to R100).

use std::collections::BTreeMap;
use std::time::Duration;

use auth_runtime::permission::Access;
use auth_runtime::throttle::{Admission, AnonRate, CountOutcome, Limit, Rejections, ScopedRate, Throttle, UserRate};
use auth_runtime::{AuthError, AuthState};

use crate::backend::CaseUser;
use crate::case::ThrottleSetup;
use crate::state::CaseState;

/// One throttle of a view.
#[derive(Debug, Clone, Copy)]
pub(crate) enum CaseThrottle {
    User(UserRate),
    Anon(AnonRate),
    Scoped(ScopedRate),
    /// One of an application's own.
    DenyAfter {
        allow: u32,
        wait: Option<Duration>,
    },
}

type Rates = BTreeMap<String, Option<String>>;

/// What the runner says where a rate cannot be written in a handler: it does not compile.
pub(crate) const CANNOT_BE_DECLARED: &str = "cannot be declared";

impl CaseThrottle {
    /// `None` where nothing is limited.
    pub(crate) fn parse(setup: &ThrottleSetup, scope: Option<&str>, rates: &Rates) -> Result<Option<Self>, String> {
        let rates = setup.rates.as_ref().unwrap_or(rates);
        let limit_of = |scope: &str| match setup.rate.as_ref().or_else(|| rates.get(scope)?.as_ref()) {
            Some(rate) => Limit::parse(rate).map(Some).map_err(|_| format!("the rate `{rate}` {CANNOT_BE_DECLARED}")),
            // Nothing is limited where no rates are, or where the rate is said to be none.
            None if rates.is_empty() || rates.contains_key(scope) => Ok(None),
            None => Err(format!("the scope `{scope}` without a rate {CANNOT_BE_DECLARED}")),
        };
        let named = setup.scope.as_deref().unwrap_or(&setup.class);
        match setup.class.as_str() {
            // A scope of its own is another name to count by.
            "user" if named != "user" => Ok(Self::scoped(named, limit_of(named)?)),
            "user" => Ok(limit_of(named)?.map(|limit| Self::User(UserRate { limit }))),
            "anon" => Ok(limit_of(named)?.map(|limit| Self::Anon(AnonRate { limit }))),
            "scoped" => match scope {
                Some(scope) => Ok(Self::scoped(scope, limit_of(scope)?)),
                None => Ok(None),
            },
            "deny_after" => {
                let wait = setup.wait.map(Duration::try_from_secs_f64).transpose();
                let wait = wait.map_err(|error| error.to_string())?;
                let allow = u32::try_from(setup.allow.unwrap_or(0)).map_err(|error| error.to_string())?;
                Ok(Some(Self::DenyAfter { allow, wait }))
            }
            other => Err(format!("the throttle class {other}")),
        }
    }

    fn scoped(scope: &str, limit: Option<Limit>) -> Option<Self> {
        // A scope is a word of the program's text.
        let scope = scope.to_owned().leak();
        limit.map(|limit| Self::Scoped(ScopedRate { scope, limit }))
    }

    async fn admit(&self, access: &Access<'_, CaseState, CaseUser>) -> Result<Admission, AuthError> {
        match self {
            Self::User(rate) => rate.admit(access).await,
            Self::Anon(rate) => rate.admit(access).await,
            Self::Scoped(rate) => rate.admit(access).await,
            Self::DenyAfter { allow, wait } => {
                let settings = access.state.auth_context().settings();
                let limit = Limit::new(*allow, Duration::MAX);
                let taken = settings.counters().take("deny_after", limit, settings.clock().now()).await?;
                Ok(match taken {
                    CountOutcome::Counted => Admission::Granted,
                    CountOutcome::Wait(_) => Admission::Refused { wait: *wait, quota: None },
                })
            }
        }
    }
}

/// A throttle as `Lists` have it; `None` where a handler states it in another way or not at all.
pub(crate) fn stated(setup: &ThrottleSetup, scope: Option<&str>, rates: &Rates) -> Option<String> {
    let by = match setup.class.as_str() {
        "scoped" => scope?,
        "user" | "anon" => setup.scope.as_deref().unwrap_or(&setup.class),
        _ => return None,
    };
    let rates = setup.rates.as_ref().unwrap_or(rates);
    Some(format!("{by} {}", setup.rate.as_ref().or_else(|| rates.get(by)?.as_ref())?))
}

/// Asks all of them, as what `#[throttle(..)]` writes does.
pub(crate) async fn ask(throttles: &[CaseThrottle], access: &Access<'_, CaseState, CaseUser>) -> Result<(), AuthError> {
    let mut refusals = Rejections::default();
    for throttle in throttles {
        refusals.add(throttle.admit(access).await?);
    }
    refusals.finish()
}
