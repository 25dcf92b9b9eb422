//! Clients: listing, creating, editing and deleting them.
//!
//! Client names are in queries and not in paths: `..` is a valid client name, and a browser would remove it from a path.

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

/// The extractors of a form on the page of a client.
type OfClient<S> = (State<S>, Query<Named>);

/// The name of the requested client.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Named {
    #[serde(default)]
    name: String,
}

async fn client<S: AuthState>(state: &S, name: &str) -> Result<Client, Refusal>
where
    S::Backend: AdminStore,
{
    // A name that is not valid is not looked up: a store may not accept all of its characters.
    let client = match Client::new(name) {
        Ok(_) => state.auth_context().backend().find_client(name).await?,
        Err(_) => None,
    };
    client.ok_or_else(|| Refusal::gone("There is no client with this name."))
}

/// Redirects to the list, with a notice of what was done.
fn done(staff: &Staff, notice: Notice) -> Response {
    see_other(&staff.here.link_with("clients", "done", notice.code()))
}
