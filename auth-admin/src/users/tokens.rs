//! The personal tokens of an account.

use std::time::Duration;

use auth_runtime::event::EventKind;
use auth_runtime::personal_token::{self, IssuedPersonalToken, Lifetime, PersonalTokenSettings, WantedToken};
use auth_runtime::store::{Id, ManageStore, TokenEntry};
use auth_runtime::{AuthState, ErrorKind, NewSecret, User};
use auth_store::{Account, Store};
use axum::extract::{Path, State};
use axum::response::Response;
use http::StatusCode;
use maud::{Markup, html};
use serde::Deserialize;

use super::change::Button;
use super::{INVALID, OfAccount, account, done, show};
use crate::layout::{Confirm, Page, Section, badge, cell, csrf_field, foreign, row_header, table};
use crate::notice::Notice;
use crate::refusal::Refusal;
use crate::staff::{Staff, StaffForm};
use crate::time::time;

const DAY: u64 = 86_400;

/// How many letters the name of a token has at most.
const LONGEST_NAME: usize = 100;

/// A lifetime that can be chosen.
#[derive(Debug, Clone, Copy)]
struct Choice {
    /// As the form sends it.
    value: &'static str,
    /// As people read it.
    text: &'static str,
    lifetime: Lifetime,
}

/// The lifetimes that the settings allow.
fn choices(settings: &PersonalTokenSettings) -> Vec<Choice> {
    let days = |value, text, days| Choice { value, text, lifetime: Lifetime::Of(Duration::from_secs(days * DAY)) };
    let endless = Choice { value: "never", text: "without end", lifetime: Lifetime::Endless };
    let all = [
        days("7", "7 days", 7),
        days("30", "30 days", 30),
        days("90", "90 days", 90),
        days("365", "365 days", 365),
        endless,
    ];
    let max = *settings.max_lifetime();
    let allowed = |choice: &Choice| match (choice.lifetime, max) {
        (Lifetime::Of(length), Some(max)) => length <= max,
        (Lifetime::Endless, Some(_)) => false,
        _ => true,
    };
    let mut choices: Vec<_> = all.into_iter().filter(allowed).collect();
    if choices.is_empty() {
        choices.push(Choice {
            value: "default",
            text: "as long as tokens may be good for",
            lifetime: Lifetime::Default,
        });
    }
    choices
}

/// A token to be made, as it was typed.
#[derive(Debug, Deserialize)]
pub(crate) struct Wanted {
    #[serde(default)]
    name: String,
    #[serde(default)]
    expires: String,
}

impl Default for Wanted {
    fn default() -> Self {
        Self { name: String::new(), expires: "30".to_owned() }
    }
}

/// What is wrong with each field.
#[derive(Debug, Default)]
pub(super) struct Faults {
    name: Option<&'static str>,
    expires: Option<&'static str>,
}

impl Wanted {
    /// The name and the lifetime.
    fn check(&self, settings: &PersonalTokenSettings) -> Result<(&str, Lifetime), Faults> {
        let name = self.name.trim();
        let fault = match name.chars().count() {
            0 => Some("Say what the token is for."),
            length if length > LONGEST_NAME => Some("Write a hundred letters at most."),
            _ if name.contains('\0') => Some("The name has a letter that no store takes."),
            _ => None,
        };
        let chosen = choices(settings).into_iter().find(|choice| choice.value == self.expires);
        let lifetime = chosen.map(|choice| choice.lifetime);
        match (fault, lifetime) {
            (None, Some(lifetime)) => Ok((name, lifetime)),
            (name, lifetime) => Err(Faults { name, expires: lifetime.is_none().then_some("Choose one of these.") }),
        }
    }
}

pub(crate) async fn create_token<S: AuthState>(
    StaffForm { staff, with: (State(state), Path(id)), form }: StaffForm<Wanted, OfAccount<S>>,
) -> Result<Response, Refusal>
where
    S::Backend: Store,
{
    let account = account(&state, &id).await?;
    if !account.is_active {
        return Err(Refusal::conflict("The account is disabled, and a token of it would be good for nothing."));
    }
    let settings = state.authentication().settings().personal_tokens();
    let (name, lifetime) = match form.check(settings) {
        Ok(checked) => checked,
        Err(faults) => return show::page(&state, staff, &account, None, INVALID, &form, &faults).await,
    };
    let wanted = WantedToken::new(name).with_lifetime(lifetime);
    let event = staff.event(&state, EventKind::TokenCreated);
    match personal_token::issue(state.authentication(), &account, wanted, event).await {
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

/// The answer to the form itself: what shows the secret has no address that could be opened again.
fn created_page(
    staff: Staff,
    account: &Account,
    name: &str,
    expires: Option<Duration>,
    secret: &NewSecret,
) -> Response {
    let body = html! {
        p {
            "For " strong { (foreign(&account.username)) } ", named " strong { (foreign(name)) } ". "
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
        p { a href=(staff.here.link(&format!("users/{}", account.id))) { "Back to " (foreign(&account.username)) } }
    };
    Page { section: Section::Users, title: "Token created", notice: None, body }.answer(StatusCode::OK, staff)
}

/// Which token is meant.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Chosen {
    #[serde(default)]
    token: String,
}

pub(crate) async fn revoke_token<S: AuthState>(
    StaffForm { staff, with: (State(state), Path(id)), form: Chosen { token } }: StaffForm<Chosen, OfAccount<S>>,
) -> Result<Response, Refusal>
where
    S::Backend: Store,
{
    let account = account(&state, &id).await?;
    let token = Id::from(token.as_str());
    if !state.authentication().backend().revoke_token(&account, &token).await? {
        return Err(Refusal::gone("There is no such token of this account. It may have ended meanwhile."));
    }
    staff.note("revoke_token", Some(&account), None);
    let event = staff.event(&state, EventKind::TokenRevoked);
    state.authentication().settings().events().emit(&event.of(&account.id()).token(&token));
    Ok(done(&staff, &account, Notice::TokenRevoked))
}

pub(crate) async fn revoke_tokens<S: AuthState>(
    StaffForm { staff, with: (State(state), Path(id)), form: Button {} }: StaffForm<Button, OfAccount<S>>,
) -> Result<Response, Refusal>
where
    S::Backend: Store,
{
    let account = account(&state, &id).await?;
    state.authentication().backend().revoke_tokens(&account).await?;
    staff.note("revoke_tokens", Some(&account), None);
    let event = staff.event(&state, EventKind::TokenRevoked);
    state.authentication().settings().events().emit(&event.of(&account.id()));
    Ok(done(&staff, &account, Notice::TokensRevoked))
}

/// The tokens as a part of the account's page.
pub(super) fn section(
    staff: &Staff,
    account: &Account,
    tokens: &[TokenEntry],
    now: Duration,
    settings: &PersonalTokenSettings,
    typed: &Wanted,
    faults: &Faults,
) -> Markup {
    let action = format!("users/{}/tokens/revoke-all", account.id);
    let all = Confirm {
        summary: "Revoke all tokens …",
        about: "",
        text: "Every program that uses one of these tokens is refused at once. This cannot be undone.",
        button: "Revoke all tokens",
        action: &action,
        field: None,
    };
    let columns = ["Name", "Created", "Last used", "Ends", "Action"];
    html! {
        section aria-labelledby="tokens" {
            h2 #tokens { "Personal tokens" }
            @if tokens.is_empty() {
                p.empty { "This account has no personal tokens." }
            } @else {
                (table("Personal tokens", &columns, tokens.iter().map(|entry| row(staff, account, entry, now))))
                (all.markup(staff))
            }
            @if account.is_active { (create_form(staff, account, settings, typed, faults)) }
        }
    }
}

fn row(staff: &Staff, account: &Account, entry: &TokenEntry, now: Duration) -> Markup {
    let TokenEntry { token, name } = entry;
    let (id, action) = (token.id.to_string(), format!("users/{}/tokens/revoke", account.id));
    let about = format!("{name}, number {id}");
    let revoke = Confirm {
        summary: "Revoke …",
        about: &about,
        text: "A program that uses this token is refused at once. This cannot be undone.",
        button: "Revoke this token",
        action: &action,
        field: Some(("token", &id)),
    };
    html! {
        (row_header(if name.is_empty() { html! { span.quiet { "without a name" } } } else { foreign(name) }))
        (cell("Created", time(token.created)))
        (cell("Last used", match token.last_used { Some(used) => time(used), None => html! { "not known" } }))
        (cell("Ends", html! {
            @match token.expires { Some(expires) => (time(expires)), None => span { "never" } }
            @if token.has_expired(now) { " " (badge("bad", "expired")) }
        }))
        (cell("Action", revoke.markup(staff)))
    }
}

fn create_form(
    staff: &Staff,
    account: &Account,
    settings: &PersonalTokenSettings,
    typed: &Wanted,
    faults: &Faults,
) -> Markup {
    let choices = choices(settings);
    // What was typed, or else the longest lifetime that there is.
    let chosen =
        choices.iter().find(|choice| choice.value == typed.expires).or(choices.last()).map(|choice| choice.value);
    html! {
        form.card method="post" action=(staff.here.link(&format!("users/{}/tokens", account.id))) {
            h3 { "Create a token" }
            (csrf_field(&staff.token))
            div.field {
                label for="token-name" { "Name" }
                p.hint #token-name-hint { "What the token is for, such as the program that will use it." }
                @if let Some(fault) = faults.name { p.error #token-name-fault { (fault) } }
                input #token-name name="name" value=(typed.name) maxlength=(LONGEST_NAME) required autocomplete="off"
                    aria-describedby=(if faults.name.is_some() { "token-name-hint token-name-fault" } else { "token-name-hint" })
                    aria-invalid=[faults.name.map(|_| "true")] autofocus[faults.name.is_some()];
            }
            fieldset aria-describedby=[faults.expires.map(|_| "token-expires-fault")] {
                legend { "Lifetime" }
                @if let Some(fault) = faults.expires { p.error #token-expires-fault { (fault) } }
                div.choices {
                    @for Choice { value, text, .. } in &choices {
                        label { input type="radio" name="expires" value=(value) checked[chosen == Some(*value)]; " " (text) }
                    }
                }
            }
            button.primary { "Create token" }
        }
    }
}
