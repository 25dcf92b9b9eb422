//! Creating and editing a client.

use auth_runtime::AuthState;
use auth_runtime::store::{Client, ClientStore, LoginStore};
use axum::extract::{Query, State};
use axum::response::Response;
use http::StatusCode;
use maud::html;

use super::fields::{Faults, Fields, markup};
use super::{Named, OfClient, client, done};
use crate::layout::{Page, Section, csrf_field};
use crate::notice::Notice;
use crate::refusal::Refusal;
use crate::staff::{Staff, StaffForm};
use crate::store::AdminStore;

const INVALID: StatusCode = StatusCode::UNPROCESSABLE_ENTITY;

pub(crate) async fn new<S: AuthState>(staff: Staff, State(state): State<S>) -> Response
where
    S::Backend: AdminStore,
{
    // A new client starts with the rules of the default client.
    let fields = Fields::from(state.auth_context().settings().client()).without_name();
    new_page(staff, StatusCode::OK, &fields, &Faults::default())
}

pub(crate) async fn create<S: AuthState>(
    StaffForm { staff, with: State(state), form }: StaffForm<Fields, State<S>>,
) -> Result<Response, Refusal>
where
    S::Backend: AdminStore,
{
    let backend = state.auth_context().backend();
    let name = form.name.trim();
    let client = match form.check(name) {
        Ok(client) => client,
        Err(faults) => return Ok(new_page(staff, INVALID, &form, &faults)),
    };
    if backend.find_client(name).await?.is_some() {
        let mut faults = Faults::default();
        faults.add("name", "There is a client with this name already.");
        return Ok(new_page(staff, INVALID, &form, &faults));
    }
    backend.put_client(&client).await?;
    staff.note("create_client", None, Some(name));
    Ok(done(&staff, Notice::ClientMade))
}

pub(crate) async fn edit<S: AuthState>(
    staff: Staff,
    State(state): State<S>,
    Query(Named { name }): Query<Named>,
) -> Result<Response, Refusal>
where
    S::Backend: AdminStore,
{
    let client = client(&state, &name).await?;
    Ok(edit_page(staff, StatusCode::OK, &client, &Fields::from(&client), &Faults::default()))
}

pub(crate) async fn save<S: AuthState>(
    StaffForm { staff, with: (State(state), Query(Named { name })), form }: StaffForm<Fields, OfClient<S>>,
) -> Result<Response, Refusal>
where
    S::Backend: AdminStore,
{
    let old = client(&state, &name).await?;
    match form.check(old.name()) {
        Ok(client) => {
            state.auth_context().backend().put_client(&client).await?;
            staff.note("save_client", None, Some(client.name()));
            Ok(done(&staff, Notice::ClientSaved))
        }
        Err(faults) => Ok(edit_page(staff, INVALID, &old, &form, &faults)),
    }
}

fn new_page(staff: Staff, status: StatusCode, fields: &Fields, faults: &Faults) -> Response {
    let body = html! {
        form.card method="post" action=(staff.here.link("clients/new")) {
            (csrf_field(&staff.token))
            (markup(fields, faults, true))
            div.actions { button.primary { "Create client" } a href=(staff.here.link("clients")) { "Cancel" } }
        }
    };
    Page { section: Section::Clients, title: "New client", notice: None, body }.answer(status, staff)
}

fn edit_page(staff: Staff, status: StatusCode, client: &Client, fields: &Fields, faults: &Faults) -> Response {
    let name = client.name();
    let body = html! {
        p { "These rules hold for the logins that are made from now on." }
        form.card method="post" action=(staff.here.link_with("clients/edit", "name", name)) {
            (csrf_field(&staff.token))
            (markup(fields, faults, false))
            div.actions { button.primary { "Save client" } a href=(staff.here.link("clients")) { "Cancel" } }
        }
        p { a.delete href=(staff.here.link_with("clients/delete", "name", name)) { "Delete this client …" } }
    };
    let title = format!("Client {name}");
    Page { section: Section::Clients, title: &title, notice: None, body }.answer(status, staff)
}
