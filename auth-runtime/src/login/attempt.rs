//! A name and a password that somebody tries: throttled, and told of when they do not fit.

use http::request::Parts;
use zeroize::Zeroizing;

use crate::address;
use crate::error::AuthError;
use crate::event::{Event, EventKind};
use crate::password::check_password;
use crate::secret::Digest;
use crate::state::Authentication;
use crate::store::PasswordStore;
use crate::throttle::{Limit, Taken};

/// The account that `username` and `password` belong to, for every place where one logs in.
///
/// An attempt counts as a failure, by name and by [address](crate::Settings::client_address), from its start until it
/// succeeds: guesses that run at once are no more than guesses one after the other. Who gives up waiting has failed.
///
/// # Errors
///
/// 429 when there were [too many failures](crate::Settings::login_failures), and 503 when a store does not answer.
pub async fn check_attempt<B: PasswordStore>(
    authentication: &Authentication<B>,
    request: &Parts,
    username: &str,
    password: &str,
) -> Result<Option<B::User>, AuthError> {
    let settings = authentication.settings();
    let now = settings.clock().now();
    let from = settings.client_address().of(request);
    let event = |kind| settings.events().emit(&Event::new(kind, now).from_address(from));

    let limits = settings.login_failures();
    // The name is digested: what people type into its field may be a password. Without regard to case, since a store may find
    // an account by any spelling of its name, and each would be another chance.
    let name = Zeroizing::new(username.trim().to_lowercase());
    let by_account = limits.by_account().map(|limit| (limit, format!("login:{}", Digest::of(name.as_bytes()).hex())));
    let by_address = limits.by_address().zip(from.map(|from| format!("login:{}", address::network(from))));
    let counted: Vec<(Limit, String)> = by_account.into_iter().chain(by_address).collect();

    for (index, (limit, key)) in counted.iter().enumerate() {
        let refused = match settings.counters().take(key, *limit, now).await {
            Ok(Taken::Counted) => continue,
            Ok(Taken::Wait(wait)) => {
                event(EventKind::LoginThrottled);
                AuthError::throttled(Some(wait))
            }
            Err(error) => error.into(),
        };
        give_back(authentication, &counted[..index], now).await;
        return Err(refused);
    }
    let user = match check_password(authentication, username, password).await {
        Ok(user) => user,
        Err(error) => {
            // Nobody guessed wrong.
            give_back(authentication, &counted, now).await;
            return Err(error.into());
        }
    };
    if user.is_some() {
        give_back(authentication, &counted, now).await;
    } else {
        event(EventKind::LoginFailed);
    }
    Ok(user)
}

async fn give_back<B: PasswordStore>(
    authentication: &Authentication<B>,
    counted: &[(Limit, String)],
    at: std::time::Duration,
) {
    for (_, key) in counted {
        if let Err(error) = authentication.settings().counters().give_back(key, at).await {
            tracing::warn!(target: "auth::store", %error, "a login that succeeded counts as a failure");
        }
    }
}
