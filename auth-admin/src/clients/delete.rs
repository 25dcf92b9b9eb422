//! Deleting a client, after a page that explains the consequences.

use auth_runtime::AuthState;
use auth_runtime::event::EventKind;
use auth_runtime::store::{Client, ClientStore};
use axum::extract::{Query, State};
use axum::response::Response;
use http::StatusCode;
use maud::html;
use serde::Deserialize;

use super::{Named, OfClient, client, done};
use crate::layout::{Page, Section, csrf_field};
use crate::notice::Notice;
use crate::refusal::Refusal;
use crate::staff::{Staff, StaffForm};
use crate::store::AdminStore;

/// An empty form: sending it is the confirmation.
#[derive(Debug, Deserialize)]
pub(crate) struct Confirmed {}

pub(crate) async fn confirm_delete<S: AuthState>(
    staff: Staff,
    State(state): State<S>,
    Query(Named { name }): Query<Named>,
) -> Result<Response, Refusal>
where
    S::Backend: AdminStore,
{
    let client = client(&state, &name).await?;
    let name = client.name();
    let body = html! {
        p { "All logins that were made with this client end at once, whoever made them. This cannot be undone." }
        @if staff.login.client == name {
            p.warning { "Your own login here was made with it: you will be signed out." }
        }
        @if name == Client::DEFAULT_NAME {
            p { "Logins that name no client follow the settings of the application from then on." }
        }
        form.actions method="post" action=(staff.here.link_with("clients/delete", "name", name)) {
            (csrf_field(&staff.token))
            button.danger { "Delete client and end its logins" }
            a href=(staff.here.link_with("clients/edit", "name", name)) { "Cancel" }
        }
    };
    let title = format!("Delete client {name}?");
    Ok(Page { section: Section::Clients, title: &title, notice: None, body }.answer(StatusCode::OK, staff))
}

pub(crate) async fn delete<S: AuthState>(
    StaffForm { staff, with: (State(state), Query(Named { name })), form: Confirmed {} }: StaffForm<
        Confirmed,
        OfClient<S>,
    >,
) -> Result<Response, Refusal>
where
    S::Backend: AdminStore,
{
    let client = client(&state, &name).await?;
    if !state.auth_context().backend().delete_client(client.name()).await? {
        return Err(Refusal::gone("There is no client with this name."));
    }
    staff.note("delete_client", None, Some(client.name()));
    let event = staff.event(&state, EventKind::LoginRevoked);
    state.auth_context().settings().events().emit(&event.client(client.name()));
    Ok(done(&staff, Notice::ClientDeleted))
}
