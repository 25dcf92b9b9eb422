//! One account.

use auth_runtime::store::{CredentialStore, NamedUser};
use auth_runtime::{AuthState, User as _};
use axum::extract::{Path, Query, State};
use axum::response::Response;
use http::StatusCode;
use maud::{Markup, html};

use super::token_form::{self, Faults, Wanted};
use super::{account, badges, logins, path_of};
use crate::layout::{Confirm, Page, Section, csrf_field, foreign};
use crate::notice::{Done, Notice};
use crate::refusal::Refusal;
use crate::staff::Staff;
use crate::store::{AdminStore, UserOf};

pub(crate) async fn show<S: AuthState>(
    staff: Staff,
    State(state): State<S>,
    Path(id): Path<String>,
    Query(Done { done }): Query<Done>,
) -> Result<Response, Refusal>
where
    S::Backend: AdminStore,
{
    let account = account(&state, &id).await?;
    page(&state, staff, &account, done, StatusCode::OK, &Wanted::default(), &Faults::default()).await
}

/// Renders the page of an account, with the typed values of its token form.
pub(super) async fn page<S: AuthState>(
    state: &S,
    staff: Staff,
    account: &UserOf<S>,
    notice: Option<Notice>,
    status: StatusCode,
    typed: &Wanted,
    faults: &Faults,
) -> Result<Response, Refusal>
where
    S::Backend: AdminStore,
{
    let context = state.auth_context();
    let (backend, now) = (context.backend(), context.settings().clock().now());
    let (own_logins, own_tokens) = (backend.logins(account).await?, backend.tokens(account).await?);
    let body = html! {
        p.state { (badges(account)) " " span.quiet { "Id " (foreign(&account.id())) } }
        (actions(&staff, account))
        (logins::section(&staff, account, &own_logins, now))
        (token_form::section(&staff, account, &own_tokens, now, context.settings().personal_tokens(), typed, faults))
        p.aside { "A password is set on the command line: " code { "auth users --help" } }
    };
    Ok(Page { section: Section::Users, title: account.username(), notice, body }.answer(status, staff))
}

fn actions(staff: &Staff, account: &impl NamedUser) -> Markup {
    if staff.is(account) {
        return html! {
            p.aside { "This is your own account. Another member of the staff can disable it or take it out of the staff." }
        };
    }
    let path = |action: &str| path_of(account, &format!("/{action}"));
    let (disable, make_staff, remove_staff) = (path("disable"), path("make-staff"), path("remove-staff"));
    let disable = Confirm {
        summary: "Disable …",
        about: "the account",
        text: "The user can no longer sign in. All logins and tokens end, and do not come back when the account is enabled.",
        button: "Disable this account",
        action: &disable,
        field: None,
    };
    let make_staff = Confirm {
        summary: "Make staff …",
        about: "",
        text: "The user gets into these pages, and into whatever else the application keeps for its staff.",
        button: "Make this user staff",
        action: &make_staff,
        field: None,
    };
    let remove_staff = Confirm {
        summary: "Remove from staff …",
        about: "",
        text: "The user no longer gets into these pages, and stays signed in elsewhere.",
        button: "Remove this user from staff",
        action: &remove_staff,
        field: None,
    };
    html! {
        div.actions {
            @if account.is_active() {
                (disable.markup(staff))
            } @else {
                form method="post" action=(staff.here.link(&path("enable"))) {
                    (csrf_field(&staff.token)) button { "Enable this account" }
                }
            }
            @if account.is_staff() { (remove_staff.markup(staff)) } @else { (make_staff.markup(staff)) }
        }
    }
}
