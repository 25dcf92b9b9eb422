//! Accounts: the list, one account, and the actions on it.

mod change;
mod list;
mod logins;
mod show;
mod token_form;
mod tokens;

use crate::store::UserOf;
use auth_runtime::AuthState;
use auth_runtime::store::{AccountStore, Id, NamedUser};
use auth_runtime::views::see_other;
use axum::extract::{Path, State};
use axum::response::Response;
use http::StatusCode;
use maud::{Markup, html};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::layout::badge;
use crate::notice::Notice;
use crate::refusal::Refusal;
use crate::staff::Staff;
use crate::store::AdminStore;

pub(crate) use self::change::{disable, enable, make_staff, remove_staff};
pub(crate) use self::list::{list, start};
pub(crate) use self::logins::{end_login, end_logins};
pub(crate) use self::show::show;
pub(crate) use self::tokens::{create_token, revoke_token, revoke_tokens};

/// The extractors of a form on the page of an account.
type OfAccount<S> = (State<S>, Path<String>);

/// Finds the account whose id is in the path.
async fn account<S: AuthState>(state: &S, id: &str) -> Result<UserOf<S>, Refusal>
where
    S::Backend: AdminStore,
{
    let account = state.auth_context().backend().account_by_id(&Id::from(id)).await?;
    account.ok_or_else(|| Refusal::gone("There is no account with this id."))
}

/// Returns the path of an account's page, followed by `rest`, below the place where the pages are mounted.
fn path_of(account: &impl NamedUser, rest: &str) -> String {
    format!("users/{}{rest}", utf8_percent_encode(&account.id(), NON_ALPHANUMERIC))
}

/// Redirects to the page of an account, with a notice of what was done.
fn done(staff: &Staff, account: &impl NamedUser, notice: Notice) -> Response {
    see_other(&staff.here.link_with(&path_of(account, ""), "done", notice.code()))
}

/// Renders the state of an account as badges.
fn badges(account: &impl NamedUser) -> Markup {
    html! {
        span.badges {
            @if account.is_active() { (badge("good", "active")) } @else { (badge("bad", "disabled")) }
            @if account.is_staff() { " " (badge("staff", "staff")) }
        }
    }
}

/// The status of an answer that shows a form again with its errors.
const INVALID: StatusCode = StatusCode::UNPROCESSABLE_ENTITY;
