//! The personal tokens of an account.

use auth_runtime::store::NamedUser;
use std::time::Duration;

use auth_runtime::event::EventKind;
use auth_runtime::personal_token::{self, IssuedPersonalToken, WantedToken};
use auth_runtime::store::{CredentialStore, Id};
use auth_runtime::{AuthState, ErrorKind, NewSecret, User};
use axum::extract::{Path, State};
use axum::response::Response;
use http::StatusCode;
use maud::html;
use serde::Deserialize;

use super::change::Button;
use super::token_form::Wanted;
use super::{INVALID, OfAccount, account, done, path_of, show};
use crate::layout::{Page, Section, foreign};
use crate::notice::Notice;
use crate::refusal::Refusal;
use crate::staff::{Staff, StaffForm};
use crate::store::AdminStore;
use crate::time::time;

pub(crate) async fn create_token<S: AuthState>(
    StaffForm { staff, with: (State(state), Path(id)), form }: StaffForm<Wanted, OfAccount<S>>,
) -> Result<Response, Refusal>
where
    S::Backend: AdminStore,
{
    let account = account(&state, &id).await?;
    if !account.is_active() {
        return Err(Refusal::conflict("The account is disabled, and a token of it would be good for nothing."));
    }
    let settings = state.auth_context().settings().personal_tokens();
    let (name, lifetime) = match form.check(settings) {
        Ok(checked) => checked,
        Err(faults) => return show::page(&state, staff, &account, None, INVALID, &form, &faults).await,
    };
    let wanted = WantedToken::new(name).with_lifetime(lifetime);
    let event = staff.event(&state, EventKind::TokenCreated);
    match personal_token::issue(state.auth_context(), &account, wanted, event).await {
        Ok(IssuedPersonalToken { secret, token, .. }) => {
            staff.note("create_token", Some(&account), None);
            Ok(created_page(staff, &account, name, token.expires, &secret))
        }
        Err(error) if error.code() == "token_limit" => Err(Refusal::conflict(
            "The account has as many personal tokens as it may have. Revoke one of them before you create another.",
        )),
        Err(error) if error.kind() == ErrorKind::AuthenticationFailed => {
            Err(Refusal::conflict("The account was changed meanwhile. Look at it again before you make a token."))
        }
        Err(error) => Err(error.into()),
    }
}

/// Renders the answer to the form itself, not after a redirect, so that the page with the secret cannot be opened again.
fn created_page(
    staff: Staff,
    account: &impl NamedUser,
    name: &str,
    expires: Option<Duration>,
    secret: &NewSecret,
) -> Response {
    let body = html! {
        p {
            "For " strong { (foreign(account.username())) } ", named " strong { (foreign(name)) } ". "
            @match expires { Some(expires) => { "It ends on " (time(expires)) "." }, None => "It never ends." }
        }
        div.field {
            label for="secret" { "Token" }
            textarea.secret #secret readonly rows="2" spellcheck="false" autocomplete="off" autofocus
                aria-describedby="once" { (secret.reveal()) }
        }
        p.warning #once {
            strong { "Copy it now: it is not shown again." }
            " Only a digest of it is kept. Whoever has it acts as this user."
        }
        p { a href=(staff.here.link(&path_of(account, ""))) { "Back to " (foreign(account.username())) } }
    };
    Page { section: Section::Users, title: "Token created", notice: None, body }.answer(StatusCode::OK, staff)
}

/// The id of the requested token.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Chosen {
    #[serde(default)]
    token: String,
}

pub(crate) async fn revoke_token<S: AuthState>(
    StaffForm { staff, with: (State(state), Path(id)), form: Chosen { token } }: StaffForm<Chosen, OfAccount<S>>,
) -> Result<Response, Refusal>
where
    S::Backend: AdminStore,
{
    let account = account(&state, &id).await?;
    let token = Id::from(token.as_str());
    if !state.auth_context().backend().revoke_token(&account, &token).await? {
        return Err(Refusal::gone("There is no such token of this account. It may have ended meanwhile."));
    }
    staff.note("revoke_token", Some(&account), None);
    let event = staff.event(&state, EventKind::TokenRevoked);
    state.auth_context().settings().events().emit(&event.of(&account.id()).token(&token));
    Ok(done(&staff, &account, Notice::TokenRevoked))
}

pub(crate) async fn revoke_tokens<S: AuthState>(
    StaffForm { staff, with: (State(state), Path(id)), form: Button {} }: StaffForm<Button, OfAccount<S>>,
) -> Result<Response, Refusal>
where
    S::Backend: AdminStore,
{
    let account = account(&state, &id).await?;
    state.auth_context().backend().revoke_tokens(&account).await?;
    staff.note("revoke_tokens", Some(&account), None);
    let event = staff.event(&state, EventKind::TokenRevoked);
    state.auth_context().settings().events().emit(&event.of(&account.id()));
    Ok(done(&staff, &account, Notice::TokensRevoked))
}
