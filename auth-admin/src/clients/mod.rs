//! Clients: the list, and how one is made, edited and deleted.
//!
//! Their names stand in queries and not in paths: `..` is a client's name, and a browser takes it out of a path.

mod delete;
mod edit;
mod fields;
mod list;

use auth_runtime::AuthState;
use auth_runtime::store::{Client, LoginStore};
use auth_runtime::views::see_other;
use axum::extract::{Query, State};
use axum::response::Response;
use serde::Deserialize;

use crate::notice::Notice;
use crate::refusal::Refusal;
use crate::staff::Staff;
use crate::store::AdminStore;

pub(crate) use self::delete::{confirm_delete, delete};
pub(crate) use self::edit::{create, edit, new, save};
pub(crate) use self::list::list;

/// What a form on the page of a client needs of its request.
type OfClient<S> = (State<S>, Query<Named>);

/// Which client is meant.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Named {
    #[serde(default)]
    name: String,
}

async fn client<S: AuthState>(state: &S, name: &str) -> Result<Client, Refusal>
where
    S::Backend: AdminStore,
{
    // A name that cannot be one is not looked up: a store may not take all of its letters.
    let client = match Client::new(name) {
        Ok(_) => state.auth_context().backend().find_client(name).await?,
        Err(_) => None,
    };
    client.ok_or_else(|| Refusal::gone("There is no client with this name."))
}

/// Back to the list, with what was done.
fn done(staff: &Staff, notice: Notice) -> Response {
    see_other(&staff.here.link_with("clients", "done", notice.code()))
}
