//! The logins of an account.

use auth_runtime::store::NamedUser;
use std::time::Duration;

use auth_runtime::event::EventKind;
use auth_runtime::store::{CredentialStore, Id, LoginEntry};
use auth_runtime::{AuthState, User};
use axum::extract::{Path, State};
use axum::response::Response;
use maud::{Markup, html};
use serde::Deserialize;

use super::change::Button;
use super::{OfAccount, account, done, path_of};
use crate::layout::{Confirm, badge, cell, foreign, row_header, table, wide_cell};
use crate::lifetime;
use crate::notice::Notice;
use crate::refusal::Refusal;
use crate::staff::{Staff, StaffForm};
use crate::store::AdminStore;
use crate::time::time;

/// The id of the requested login.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Chosen {
    #[serde(default)]
    login: String,
}

pub(crate) async fn end_login<S: AuthState>(
    StaffForm { staff, with: (State(state), Path(id)), form: Chosen { login } }: StaffForm<Chosen, OfAccount<S>>,
) -> Result<Response, Refusal>
where
    S::Backend: AdminStore,
{
    let account = account(&state, &id).await?;
    let (backend, login) = (state.auth_context().backend(), Id::from(login.as_str()));
    let entry = backend.logins(&account).await?.into_iter().find(|entry| entry.login.id == login);
    let gone = || Refusal::gone("There is no such login of this account. It may have ended meanwhile.");
    let entry = entry.ok_or_else(gone)?;
    if !backend.revoke_login(&account, &login).await? {
        return Err(gone());
    }
    staff.note("end_login", Some(&account), Some(&entry.login.client));
    let event = staff.event(&state, EventKind::LoginRevoked);
    let events = state.auth_context().settings().events();
    events.emit(&event.of(&account.id()).login(&login).client(&entry.login.client));
    Ok(done(&staff, &account, Notice::LoginEnded))
}

pub(crate) async fn end_logins<S: AuthState>(
    StaffForm { staff, with: (State(state), Path(id)), form: Button {} }: StaffForm<Button, OfAccount<S>>,
) -> Result<Response, Refusal>
where
    S::Backend: AdminStore,
{
    let account = account(&state, &id).await?;
    let except = staff.is(&account).then_some(&staff.login.id);
    state.auth_context().backend().revoke_logins(&account, except).await?;
    staff.note("end_logins", Some(&account), None);
    let event = staff.event(&state, EventKind::LoginRevoked);
    state.auth_context().settings().events().emit(&event.of(&account.id()));
    Ok(done(&staff, &account, Notice::LoginsEnded))
}

/// Renders the logins as a section of the account's page.
pub(super) fn section(staff: &Staff, account: &impl NamedUser, logins: &[LoginEntry], now: Duration) -> Markup {
    let is_own = staff.is(account);
    let action = path_of(account, "/logins/end-all");
    let (summary, text, button) = if is_own {
        (
            "End all other logins …",
            "You stay signed in here, and are signed out everywhere else.",
            "End all other logins",
        )
    } else {
        ("End all logins …", "The user is signed out everywhere. Personal tokens stay.", "End all logins")
    };
    let all = Confirm { summary, about: "", text, button, action: &action, field: None };
    let columns = ["Client", "From", "Created", "Last used", "Ends", "Action"];
    html! {
        section aria-labelledby="logins" {
            h2 #logins { "Logins" }
            @if logins.is_empty() {
                p.empty { "Nobody is signed in with this account." }
            } @else {
                (table("Logins", &columns, logins.iter().map(|entry| row(staff, account, entry, now))))
                (all.markup(staff))
            }
        }
    }
}

fn row(staff: &Staff, account: &impl NamedUser, entry: &LoginEntry, now: Duration) -> Markup {
    let LoginEntry { login, name, address, user_agent, .. } = entry;
    let is_this = staff.is(account) && staff.login.id == login.id;
    let (id, action) = (login.id.to_string(), path_of(account, "/logins/end"));
    let from = address.map(|address| address.to_string()).unwrap_or_default();
    let about = format!("with {} {from} of number {id}", login.client);
    let end = Confirm {
        summary: "End …",
        about: &about,
        text: if is_this {
            "You are signed out here at once."
        } else {
            "This browser or program is signed out at once."
        },
        button: "End this login",
        action: &action,
        field: Some(("login", &id)),
    };
    html! {
        (row_header(html! {
            (foreign(&login.client))
            @if is_this { " " (badge("staff", "this is you")) }
            @if !name.is_empty() { div.small { (foreign(name)) } }
        }))
        (wide_cell("From", html! {
            @match address { Some(address) => bdi { (address) }, None => span.quiet { "unknown address" } }
            div.small { @if user_agent.is_empty() { span.quiet { "unknown program" } } @else { (foreign(user_agent)) } }
        }))
        (cell("Created", time(login.created)))
        (cell("Last used", time(login.last_used)))
        (cell("Ends", html! {
            @match login.expires { Some(expires) => (time(expires)), None => span { "never" } }
            @if entry.has_ended(now) {
                " " (badge("bad", "expired"))
            } @else if let Some(idle) = login.idle_timeout {
                div.small { "or unused for " (lifetime::format(idle)) }
            }
        }))
        (cell("Action", end.markup(staff)))
    }
}
