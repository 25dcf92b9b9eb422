//! The only entry point for checking passwords: [`Attempt`]. It counts every attempt with a name and a password, hashes the
//! password, and sends the event of a failure.

use std::net::IpAddr;
use std::time::Duration;

use http::request::Parts;
use zeroize::Zeroizing;

use crate::context::event::{Event, EventKind};
use crate::context::settings::LoginFailures;
use crate::context::state::AuthContext;
use crate::hashing::Passwords;
use crate::identity::User;
use crate::refusal::AuthError;
use crate::store::counters::{AttemptLimit, AttemptStart};
use crate::store::{PasswordRecord, PasswordStore};
use crate::value::secret::Digest;
use crate::value::username::{Username, throttle_key};

/// Returns the account that `username` and `password` belong to. Every place that logs accounts in calls it.
///
/// An attempt counts by name and network, by name, and by [address](crate::Settings::client_address) from its start until it
/// succeeds, so that concurrent guesses are judged no more often than consecutive ones. If other attempts in flight leave no
/// room for it, it waits a few seconds for them. An abandoned request counts as a failure. A password over
/// [`Passwords::MAX_BYTES`] is wrong without being hashed. A wrong password always costs one hash with today's parameters,
/// whether or not the account exists.
///
/// Sends [`EventKind::LoginFailed`] for a wrong password, and [`EventKind::LoginThrottled`] for an attempt that it refuses
/// without checking the password.
///
/// # Errors
///
/// 429 after [too many failures](crate::Settings::login_failures), with the time until an attempt is possible again;
/// `Retry-After: 1` if too many attempts are in flight. 503 if a store does not answer, and with `Retry-After: 1` if too many
/// passwords [wait to be hashed](crate::settings::PasswordSettings::queue).
pub async fn check_attempt<B: PasswordStore>(
    context: &AuthContext<B>,
    request: &Parts,
    username: &str,
    password: &str,
) -> Result<Option<B::User>, AuthError> {
    let attempt = Attempt { username, password, scheme: None, is_counted: true };
    Ok(attempt.check(context, request).await?.map(|record| record.user))
}

/// A name and a password to check.
pub(crate) struct Attempt<'a> {
    pub(crate) username: &'a str,
    pub(crate) password: &'a str,
    /// The scheme that read them, if one did.
    pub(crate) scheme: Option<&'static str>,
    /// Whether failures count, and too many are refused.
    pub(crate) is_counted: bool,
}

/// The result of an attempt.
enum Tried<U> {
    Right(PasswordRecord<U>),
    /// Wrong, for this reason. Contains the account if one has this name.
    Wrong(Option<U>, &'static str),
}

impl Attempt<'_> {
    /// Does what [`check_attempt`] describes, and returns the account with its current hash.
    pub(crate) async fn check<B: PasswordStore>(
        &self,
        context: &AuthContext<B>,
        request: &Parts,
    ) -> Result<Option<PasswordRecord<B::User>>, AuthError> {
        let settings = context.settings();
        let from = settings.client_address(request);
        let event = |kind, reason| {
            let event = Event::new(kind, settings.clock().now()).scheme(self.scheme).reason(reason);
            event.from_address(from)
        };
        let turns = &context.passwords().turns;
        let mut started = Duration::ZERO;
        let failures = settings.login_failures();
        let (limits, reasons) = if self.is_counted {
            let needs_address = failures.by_name_and_network().is_some() || failures.by_address().is_some();
            let network = if needs_address { settings.counted_network(request) } else { None };
            limits(failures, self.username, network)
        } else {
            Default::default()
        };
        if !limits.is_empty() {
            let start;
            (started, start) = turns.start(settings.counters(), &limits, settings.clock()).await?;
            let refused = match start {
                AttemptStart::Started => None,
                AttemptStart::TooManyFailures { limit, wait } => {
                    Some((reasons.get(limit).copied().unwrap_or("name"), wait))
                }
                AttemptStart::TooManyInFlight => Some(("in_flight", MOMENT)),
                AttemptStart::NoRoom => Some(("no_room", MOMENT)),
            };
            if let Some((reason, wait)) = refused {
                settings.events().emit(&event(EventKind::LoginThrottled, reason));
                return Err(AuthError::throttled(Some(wait)));
            }
        }
        let tried = self.hashed(context).await;
        if !limits.is_empty() {
            // A failing store does not count as a wrong guess.
            let failed = matches!(tried, Ok(Tried::Wrong(..)));
            if let Err(error) = settings.counters().end_attempt(&limits, started, failed).await {
                tracing::warn!(target: "auth::store", %error, "a login attempt still counts as one in flight");
            }
            turns.end();
        }
        match tried? {
            Tried::Right(record) => Ok(Some(record)),
            Tried::Wrong(user, reason) => {
                let (id, event) = (user.as_ref().map(User::id), event(EventKind::LoginFailed, reason));
                settings.events().emit(&Event { user: id.as_deref(), ..event });
                Ok(None)
            }
        }
    }

    async fn hashed<B: PasswordStore>(&self, context: &AuthContext<B>) -> Result<Tried<B::User>, AuthError> {
        let (backend, passwords) = (context.backend(), context.passwords());
        if self.password.len() > Passwords::MAX_BYTES {
            // Same for every name: no account is looked up.
            return Ok(Tried::Wrong(None, "password_too_long"));
        }
        // An invalid name belongs to no account, and some databases reject such a query.
        let record = match Username::parse(self.username) {
            Ok(username) => backend.find_by_username(&username).await?,
            Err(_) => None,
        };
        let stored = record.as_ref().and_then(|record| record.hash.as_deref());
        let right = passwords.verify_password(self.password, stored).await?;
        let Some(mut record) = record else { return Ok(Tried::Wrong(None, "unknown_name")) };
        let Some(stored) = record.hash.as_deref() else { return Ok(Tried::Wrong(Some(record.user), "no_password")) };
        if !right {
            return Ok(Tried::Wrong(Some(record.user), "wrong_password"));
        }
        if !backend.may_log_in(&record.user) {
            return Ok(Tried::Wrong(Some(record.user), "not_allowed"));
        }
        if passwords.is_outdated(stored) {
            let renewed = match passwords.hash(self.password).await {
                Ok(new) => {
                    backend.upgrade_hash(&record.user, stored, &new).await.map(|()| new).map_err(AuthError::from)
                }
                Err(error) => Err(error.into()),
            };
            match renewed {
                Ok(new) => record.hash = Some(new),
                // The password is right even if this fails: the next login tries again.
                Err(error) => {
                    let error = std::error::Error::source(&error).map(tracing::field::display);
                    tracing::warn!(target: "auth::store", error, "the hash of a password could not be renewed");
                }
            }
        }
        Ok(Tried::Right(record))
    }
}

/// How long to wait after a refusal without too many failures.
const MOMENT: Duration = Duration::from_secs(1);

/// Returns the limits of an attempt, and the name of each in an event.
///
/// Without a known address all callers share one network: a name stays limited as strictly as it would be by one caller.
fn limits(failures: &LoginFailures, username: &str, network: Option<IpAddr>) -> (Vec<AttemptLimit>, Vec<&'static str>) {
    let (name, network) = (name_key(username), network.map(|network| network.to_string()));
    let origin = network.as_deref().unwrap_or("unknown");
    let limits = [
        (*failures.by_name_and_network(), Some(format!("login:{name}@{origin}")), "name_and_network"),
        (*failures.by_name(), Some(format!("login:{name}")), "name"),
        (*failures.by_address(), network.as_deref().map(|network| format!("login:{network}")), "address"),
    ];
    let limits = limits.into_iter().filter_map(|(limit, key, reason)| {
        let (limit, key) = limit.zip(key)?;
        Some((AttemptLimit { key, limit }, reason))
    });
    limits.unzip()
}

/// Returns the key that a name counts under: a digest, since people type passwords into the field for the name. All spellings
/// of a name share one key, since a store may find an account by any of them, and each would be another chance.
fn name_key(username: &str) -> String {
    let name = Zeroizing::new(throttle_key(username));
    Digest::of(name.as_bytes()).hex()
}
