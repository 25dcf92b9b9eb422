//! The personal tokens on the page of an account, and the form that creates one.

use auth_runtime::store::NamedUser;
use std::time::Duration;

use auth_runtime::personal_token::{Lifetime, PersonalTokenSettings};
use auth_runtime::store::TokenEntry;
use maud::{Markup, html};
use serde::Deserialize;

use super::path_of;
use crate::layout::{Confirm, badge, cell, csrf_field, foreign, row_header, table};
use crate::staff::Staff;
use crate::time::time;

const DAY: u64 = 86_400;

/// The maximum number of characters in the name of a token.
const LONGEST_NAME: usize = 100;

/// A lifetime that can be selected.
#[derive(Debug, Clone, Copy)]
struct Choice {
    /// The value that the form sends.
    value: &'static str,
    /// The text that people read.
    text: &'static str,
    lifetime: Lifetime,
}

/// Returns the lifetimes that the settings allow.
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

/// The form for a new token, as it was typed.
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

/// The errors of each field.
#[derive(Debug, Default)]
pub(super) struct Faults {
    name: Option<&'static str>,
    expires: Option<&'static str>,
}

impl Wanted {
    /// Returns the name and the lifetime.
    pub(super) fn check(&self, settings: &PersonalTokenSettings) -> Result<(&str, Lifetime), Faults> {
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

/// Renders the tokens as a section of the account's page.
pub(super) fn section(
    staff: &Staff,
    account: &impl NamedUser,
    tokens: &[TokenEntry],
    now: Duration,
    settings: &PersonalTokenSettings,
    typed: &Wanted,
    faults: &Faults,
) -> Markup {
    let action = path_of(account, "/tokens/revoke-all");
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
            @if account.is_active() { (create_form(staff, account, settings, typed, faults)) }
        }
    }
}

fn row(staff: &Staff, account: &impl NamedUser, entry: &TokenEntry, now: Duration) -> Markup {
    let TokenEntry { token, name } = entry;
    let (id, action) = (token.id.to_string(), path_of(account, "/tokens/revoke"));
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
    account: &impl NamedUser,
    settings: &PersonalTokenSettings,
    typed: &Wanted,
    faults: &Faults,
) -> Markup {
    let choices = choices(settings);
    // The typed value, or else the longest lifetime.
    let chosen =
        choices.iter().find(|choice| choice.value == typed.expires).or(choices.last()).map(|choice| choice.value);
    html! {
        form.card method="post" action=(staff.here.link(&path_of(account, "/tokens"))) {
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
