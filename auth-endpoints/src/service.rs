//! The operations behind the endpoints, independent of their paths and bodies.

use std::time::Duration;

use auth_runtime::event::{Event, EventKind};
use auth_runtime::login::{self, IssuedToken};
use auth_runtime::personal_token::{self, IssuedPersonalToken, Lifetime, WantedToken};
use auth_runtime::store::{AccessToken, Client, CredentialStore, Id, LoginStore, NewAccessToken, StoreError};
use auth_runtime::{AuthError, AuthState, Digest, NewSecret, TokenKind, User as _};
use axum::http::StatusCode;
use axum::http::request::Parts;

use crate::caller::{Application, Caller, Callers, User, of};

/// Sends an event about a change that the caller made to their own logins or tokens.
pub(crate) fn tell<S: Application, P: Callers<S>>(
    state: &S,
    request: &Parts,
    caller: &Caller<S, P>,
    kind: EventKind,
    login: Option<&Id>,
    token: Option<&Id>,
) {
    let settings = of(state).settings();
    let id = caller.user.id();
    let mut event = Event::new(kind, settings.clock().now()).of(&id).scheme(caller.scheme());
    event.login = login;
    event.token = token;
    settings.events().emit(&event.from_address(settings.client_address(request)));
}

/// Checks a name and a password, and logs in with the client of this name.
pub(crate) async fn log_in<S: Application>(
    state: &S,
    request: &Parts,
    username: &str,
    password: &str,
    client: Client,
    name: &str,
) -> Result<Option<(User<S>, IssuedToken)>, AuthError> {
    let user = login::check_attempt(of(state), request, username, password).await?;
    // An inactive account is refused at its next request, even if the backend lets it log in.
    let Some(user) = user.filter(User::<S>::is_active) else { return Ok(None) };
    let issued = login::log_in_for_token(of(state), request, &user, client, name).await?;
    Ok(Some((user, issued)))
}

/// Replaces `old` with a new access token.
pub(crate) async fn renew<S: Application, P: Callers<S>>(
    state: &S,
    request: &Parts,
    caller: &Caller<S, P>,
    old: &Id,
    client: &str,
) -> Result<Option<(NewSecret, AccessToken)>, AuthError> {
    let (secret, digest) = generate(state, TokenKind::Access)?;
    let created = of(state).settings().clock().now();
    let expires = access_end(state, client, created).await?;
    let new = NewAccessToken { digest, created, expires };
    let Some(token) = of(state).backend().renew_token(&caller.user, old, new).await? else { return Ok(None) };
    tell(state, request, caller, EventKind::TokenRenewed, token.login.as_ref(), Some(&token.id));
    Ok(Some((secret, token)))
}

/// Returns when an access token of this client ends if it is created or extended now. A client that does not exist has the
/// rules of the default client.
pub(crate) async fn access_end<S: Application>(
    state: &S,
    client: &str,
    now: Duration,
) -> Result<Option<Duration>, AuthError> {
    let client = match of(state).backend().find_client(client).await? {
        Some(client) => client,
        None => login::client(of(state), None).await?,
    };
    Ok(client.access_lifetime().map(|lifetime| now.saturating_add(lifetime)))
}

/// Ends one login of the account. Returns whether it existed.
pub(crate) async fn end_login<S: Application, P: Callers<S>>(
    state: &S,
    request: &Parts,
    caller: &Caller<S, P>,
    id: &Id,
    kind: EventKind,
) -> Result<bool, AuthError> {
    let ended = of(state).backend().revoke_login(&caller.user, id).await?;
    if ended {
        tell(state, request, caller, kind, Some(id), None);
    }
    Ok(ended)
}

/// Ends the account's logins except `except`.
pub(crate) async fn end_logins<S: Application, P: Callers<S>>(
    state: &S,
    request: &Parts,
    caller: &Caller<S, P>,
    except: Option<&Id>,
) -> Result<(), AuthError> {
    if of(state).backend().revoke_logins(&caller.user, except).await? > 0 {
        tell(state, request, caller, EventKind::LoginRevoked, None, None);
    }
    Ok(())
}

/// Creates a personal token.
pub(crate) async fn create_token<S: Application, P: Callers<S>>(
    state: &S,
    request: &Parts,
    caller: &Caller<S, P>,
    name: &str,
    lifetime: Lifetime,
) -> Result<IssuedPersonalToken, AuthError> {
    let settings = of(state).settings();
    let event = Event::new(EventKind::TokenCreated, settings.clock().now()).scheme(caller.scheme());
    let event = event.from_address(settings.client_address(request));
    let wanted = WantedToken::new(name).with_lifetime(lifetime);
    personal_token::issue(of(state), &caller.user, wanted, event).await
}

/// Ends a personal token. Returns whether it existed.
pub(crate) async fn revoke_token<S: Application, P: Callers<S>>(
    state: &S,
    request: &Parts,
    caller: &Caller<S, P>,
    id: &Id,
) -> Result<bool, AuthError> {
    let revoked = of(state).backend().revoke_token(&caller.user, id).await?;
    if revoked {
        tell(state, request, caller, EventKind::TokenRevoked, None, Some(id));
    }
    Ok(revoked)
}

/// Ends the account's personal tokens.
#[cfg(any(feature = "durin", feature = "knox"))]
pub(crate) async fn revoke_tokens<S: Application, P: Callers<S>>(
    state: &S,
    request: &Parts,
    caller: &Caller<S, P>,
) -> Result<(), AuthError> {
    if of(state).backend().revoke_tokens(&caller.user).await? > 0 {
        tell(state, request, caller, EventKind::TokenRevoked, None, None);
    }
    Ok(())
}

fn generate<S: AuthState>(state: &S, kind: TokenKind) -> Result<(NewSecret, Digest), AuthError> {
    let secret = of(state).settings().token_format().generate(kind).map_err(StoreError::new)?;
    let digest = secret.digest();
    Ok((secret, digest))
}

/// Checks a name that its owner chose: it must be displayable in a list.
pub(crate) fn checked_name(name: &str) -> Result<&str, AuthError> {
    let name = name.trim();
    if name.chars().count() > 100 || name.chars().any(char::is_control) {
        let detail = "A name has at most 100 characters, and no control characters.";
        return Err(AuthError::other(StatusCode::BAD_REQUEST, detail, "invalid"));
    }
    Ok(name)
}

/// Returns an error if the caller has nothing with this id.
pub(crate) fn found(is_there: bool) -> Result<(), AuthError> {
    if is_there { Ok(()) } else { Err(AuthError::not_found()) }
}
