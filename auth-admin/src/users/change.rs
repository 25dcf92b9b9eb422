//! Enabling and disabling an account, and changing whether it is staff.

use crate::store::UserOf;
use auth_runtime::AuthState;
use auth_runtime::store::NamedUser as _;
use axum::extract::{Path, State};
use axum::response::Response;
use serde::Deserialize;

use super::{OfAccount, account, done};
use crate::notice::Notice;
use crate::refusal::Refusal;
use crate::staff::{Staff, StaffForm};
use crate::store::AdminStore;

/// A form with only a button.
#[derive(Debug, Deserialize)]
pub(crate) struct Button {}

pub(crate) async fn disable<S: AuthState>(
    StaffForm { staff, with: (State(state), Path(id)), form: Button {} }: StaffForm<Button, OfAccount<S>>,
) -> Result<Response, Refusal>
where
    S::Backend: AdminStore,
{
    let account = another(&state, &staff, &id).await?;
    found(staff.accounts(&state).set_active(account.username(), false).await?)?;
    staff.note("disable", Some(&account), None);
    Ok(done(&staff, &account, Notice::Disabled))
}

pub(crate) async fn enable<S: AuthState>(
    StaffForm { staff, with: (State(state), Path(id)), form: Button {} }: StaffForm<Button, OfAccount<S>>,
) -> Result<Response, Refusal>
where
    S::Backend: AdminStore,
{
    let account = account(&state, &id).await?;
    found(staff.accounts(&state).set_active(account.username(), true).await?)?;
    staff.note("enable", Some(&account), None);
    Ok(done(&staff, &account, Notice::Enabled))
}

pub(crate) async fn make_staff<S: AuthState>(
    StaffForm { staff, with: (State(state), Path(id)), form: Button {} }: StaffForm<Button, OfAccount<S>>,
) -> Result<Response, Refusal>
where
    S::Backend: AdminStore,
{
    let account = account(&state, &id).await?;
    found(staff.accounts(&state).set_staff(account.username(), true).await?)?;
    staff.note("make_staff", Some(&account), None);
    Ok(done(&staff, &account, Notice::MadeStaff))
}

pub(crate) async fn remove_staff<S: AuthState>(
    StaffForm { staff, with: (State(state), Path(id)), form: Button {} }: StaffForm<Button, OfAccount<S>>,
) -> Result<Response, Refusal>
where
    S::Backend: AdminStore,
{
    let account = another(&state, &staff, &id).await?;
    found(staff.accounts(&state).set_staff(account.username(), false).await?)?;
    staff.note("remove_staff", Some(&account), None);
    Ok(done(&staff, &account, Notice::RemovedStaff))
}

/// Returns the account unless it is the operator's own, so that operators cannot lock themselves out.
async fn another<S: AuthState>(state: &S, staff: &Staff, id: &str) -> Result<UserOf<S>, Refusal>
where
    S::Backend: AdminStore,
{
    let account = account(state, id).await?;
    if staff.is(&account) {
        return Err(Refusal::conflict("This is your own account. Another member of the staff can do this to it."));
    }
    Ok(account)
}

/// Returns a refusal if the account was deleted in the meantime.
fn found(was_there: bool) -> Result<(), Refusal> {
    if was_there { Ok(()) } else { Err(Refusal::gone("The account was deleted meanwhile.")) }
}
