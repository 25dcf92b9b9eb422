//! Personal tokens: their limits, [`PersonalTokenSettings`], and the function that makes them, [`issue`].

use crate::context::event::Event;
pub use crate::context::personal_tokens::{Lifetime, LifetimeTooLong, PersonalTokenSettings};
use crate::context::state::AuthContext;
use crate::identity::User;
use crate::refusal::AuthError;
use crate::store::{AccessToken, AtLimit, InsertOutcome, StoreError, TokenStore};
use crate::value::secret::NewSecret;
use crate::value::token_format::TokenKind;

/// The properties of a new token: see [`issue`].
#[derive(Debug, Clone, Copy, Default)]
#[non_exhaustive]
pub struct WantedToken<'a> {
    /// What its owner calls it.
    pub name: &'a str,
    /// How long it is valid.
    pub lifetime: Lifetime,
    /// What happens if the account has reached its limit.
    pub at_limit: AtLimit,
}

impl<'a> WantedToken<'a> {
    /// Creates a request for a token with this name, valid as long as the settings say, and refused at the limit.
    pub fn new(name: &'a str) -> Self {
        Self { name, ..Self::default() }
    }

    /// Replaces the lifetime.
    #[must_use]
    pub fn with_lifetime(self, lifetime: Lifetime) -> Self {
        Self { lifetime, ..self }
    }

    /// Replaces what happens at the limit.
    #[must_use]
    pub fn with_at_limit(self, at_limit: AtLimit) -> Self {
        Self { at_limit, ..self }
    }
}

/// A new token.
#[derive(Debug)]
#[non_exhaustive]
pub struct IssuedPersonalToken {
    /// The token itself. Show it to its owner now; it cannot be shown again.
    pub secret: NewSecret,
    /// The record in the store.
    pub token: AccessToken,
}

/// Makes a personal token of `user` according to [the settings](crate::Settings::personal_tokens), and emits `event` with the
/// account and the token.
///
/// ```
/// use auth_runtime::event::{Event, EventKind};
/// use auth_runtime::personal_token::{self, WantedToken};
/// use auth_runtime::store::TokenStore;
/// use auth_runtime::{AuthError, AuthContext, NewSecret};
///
/// async fn token_for_the_robot<B: TokenStore>(app: &AuthContext<B>, robot: &B::User) -> Result<NewSecret, AuthError> {
///     let event = Event::new(EventKind::TokenCreated, app.settings().clock().now());
///     Ok(personal_token::issue(app, robot, WantedToken::new("robot"), event).await?.secret)
/// }
/// ```
///
/// # Errors
///
/// 400 `token_lifetime` if the lifetime is too long, 403 `token_limit` if the account has reached its limit, 401 if the account
/// was changed or disabled meanwhile, 503 if the store does not answer or the operating system provides no randomness. No token
/// is made then.
pub async fn issue<B: TokenStore>(
    context: &AuthContext<B>,
    user: &B::User,
    wanted: WantedToken<'_>,
    event: Event<'_>,
) -> Result<IssuedPersonalToken, AuthError> {
    let settings = context.settings();
    let WantedToken { name, lifetime, at_limit } = wanted;
    let secret = settings.token_format().generate(TokenKind::Personal).map_err(StoreError::new)?;
    let created = settings.clock().now();
    let mut token = settings.personal_tokens().new_token(secret.digest(), created, lifetime, at_limit)?;
    name.clone_into(&mut token.name);
    match context.backend().insert_token(user, token).await? {
        InsertOutcome::Kept(token) => {
            settings.events().emit(&event.of(&user.id()).token(&token.id));
            Ok(IssuedPersonalToken { secret, token })
        }
        InsertOutcome::LimitReached => Err(AuthError::permission_denied()
            .with_detail("You have reached the maximum number of personal tokens. Revoke one of them first.")
            .with_code("token_limit")),
        InsertOutcome::AccountChanged => Err(AuthError::incorrect_credentials()),
    }
}
