//! Accounts: the list, one account, and what can be done with it.

mod change;
mod list;
mod logins;
mod show;
mod token_form;
mod tokens;

use auth_runtime::AuthState;
use auth_runtime::views::see_other;
use auth_store::{Account, AccountStore, Store};
use axum::extract::{Path, State};
use axum::response::Response;
use http::StatusCode;
use maud::{Markup, html};

use crate::layout::badge;
use crate::notice::Notice;
use crate::refusal::Refusal;
use crate::staff::Staff;

pub(crate) use self::change::{disable, enable, make_staff, remove_staff};
pub(crate) use self::list::{list, start};
pub(crate) use self::logins::{end_login, end_logins};
pub(crate) use self::show::show;
pub(crate) use self::tokens::{create_token, revoke_token, revoke_tokens};

/// What a form on the page of an account needs of its request.
type OfAccount<S> = (State<S>, Path<String>);

/// The account whose number stands in the path.
async fn account<S: AuthState>(state: &S, id: &str) -> Result<Account, Refusal>
where
    S::Backend: Store,
{
    let account = match id.parse::<i64>() {
        Ok(id) => state.authentication().backend().account_by_id(id).await?,
        Err(_) => None,
    };
    account.ok_or_else(|| Refusal::gone("There is no account with this number."))
}

/// Back to the page of an account, with what was done.
fn done(staff: &Staff, account: &Account, notice: Notice) -> Response {
    see_other(&staff.here.link_with(&format!("users/{}", account.id), "done", notice.code()))
}

/// The state of an account, in words.
fn badges(account: &Account) -> Markup {
    html! {
        span.badges {
            @if account.is_active { (badge("good", "active")) } @else { (badge("bad", "disabled")) }
            @if account.is_staff { " " (badge("staff", "staff")) }
        }
    }
}

/// 422 where an answer shows a form again with what is wrong with it.
const INVALID: StatusCode = StatusCode::UNPROCESSABLE_ENTITY;
