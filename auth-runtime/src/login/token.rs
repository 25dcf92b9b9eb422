//! Logins that present an access token.

use std::time::Duration;

use http::request::Parts;

use super::gate::{logged_in, new_login, refused};
use crate::context::state::AuthContext;
use crate::refusal::AuthError;
use crate::store::{Client, InsertOutcome, Login, LoginStore, NewCredential, StoreError};
use crate::value::secret::NewSecret;
use crate::value::token_format::TokenKind;

/// A new login, with its access token.
#[derive(Debug)]
#[non_exhaustive]
pub struct IssuedToken {
    /// The token. Show it to its owner now; it cannot be shown again.
    pub secret: NewSecret,
    /// The login that it belongs to.
    pub login: Login,
    /// When the token ends, since the Unix epoch. `None` means never.
    pub expires: Option<Duration>,
}

/// Logs `user` in from a program that will present an access token, under the rules of `client`.
///
/// # Errors
///
/// 403 if the rules of the client forbid it, 401 if the account was changed meanwhile, 503 if the store does not answer or the
/// operating system provides no randomness. No login is made then.
pub async fn log_in_for_token<B: LoginStore>(
    context: &AuthContext<B>,
    request: &Parts,
    user: &B::User,
    client: Client,
    name: &str,
) -> Result<IssuedToken, AuthError> {
    let settings = context.settings();
    let secret = settings.token_format().generate(TokenKind::Access).map_err(StoreError::new)?;
    let credential = NewCredential::Token { digest: secret.digest() };
    let login = new_login(context, request, user, credential, client, name)?;
    let (client, expires) = (login.client.name().to_owned(), login.token_expires());
    match context.backend().insert_login(user, login).await? {
        InsertOutcome::Kept(login) => {
            logged_in(context, request, user, &login);
            Ok(IssuedToken { secret, login, expires })
        }
        insertion => Err(refused(context, request, user, &client, &insertion)),
    }
}
