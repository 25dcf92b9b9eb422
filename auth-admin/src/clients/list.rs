//! All clients.

use std::time::Duration;

use auth_runtime::AuthState;
use auth_runtime::store::{AtLimit, Client, ClientStore};
use axum::extract::{Query, State};
use axum::response::Response;
use http::StatusCode;
use maud::{Markup, html};

use crate::layout::{Page, Section, cell, foreign, row_header, table};
use crate::lifetime;
use crate::notice::Done;
use crate::refusal::Refusal;
use crate::staff::Staff;
use crate::store::AdminStore;

pub(crate) async fn list<S: AuthState>(
    staff: Staff,
    State(state): State<S>,
    Query(Done { done }): Query<Done>,
) -> Result<Response, Refusal>
where
    S::Backend: AdminStore,
{
    let clients = state.auth_context().backend().clients().await?;
    let columns = ["Name", "Lifetime", "Access token", "Logins", "Rate", "Origins"];
    let has_default = clients.iter().any(|client| client.name() == Client::DEFAULT_NAME);
    let body = html! {
        p { "A client is an application that users log in with. Its rules hold for the logins that are made with it from now on." }
        @if clients.is_empty() {
            p.empty { "There are no clients." }
        } @else {
            (table("Clients", &columns, clients.iter().map(|client| row(&staff, client))))
        }
        p { a.button href=(staff.here.link("clients/new")) { "New client" } }
        @if !has_default {
            p.aside {
                "Logins that name no client follow the settings of the application. A client with the name "
                code { (Client::DEFAULT_NAME) } " takes their place."
            }
        }
    };
    Ok(Page { section: Section::Clients, title: "Clients", notice: done, body }.answer(StatusCode::OK, staff))
}

fn row(staff: &Staff, client: &Client) -> Markup {
    html! {
        (row_header(html! {
            a href=(staff.here.link_with("clients/edit", "name", client.name())) { (foreign(client.name())) }
        }))
        (cell("Lifetime", html! {
            (limit(*client.absolute_lifetime()))
            @if let Some(idle) = client.idle_lifetime() { div.small { (lifetime::format(*idle)) " unused" } }
        }))
        (cell("Access token", limit(*client.access_lifetime())))
        (cell("Logins", html! {
            @match client.max_logins() {
                None => { "no limit" }
                Some(most) => {
                    (most) " each"
                    div.small { @if *client.at_limit() == AtLimit::EndOldest { "then the oldest ends" } @else { "then refused" } }
                }
            }
            @if *client.single_login() { div.small { "ends all others" } }
        }))
        (cell("Rate", html! { @match client.rate() { Some(rate) => (rate), None => { "no limit" } } }))
        (cell("Origins", html! {
            @if client.allowed_origins().is_empty() {
                "any"
            } @else {
                @for origin in client.allowed_origins() { div.small { (origin) } }
            }
        }))
    }
}

fn limit(lifetime: Option<Duration>) -> Markup {
    html! { @match lifetime { Some(lifetime) => (lifetime::format(lifetime)), None => { "no limit" } } }
}
