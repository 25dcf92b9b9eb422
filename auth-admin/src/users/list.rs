//! The list of accounts, in pages.

use auth_runtime::store::{AccountStore, NamedUser as _};
use auth_runtime::views::see_other;
use auth_runtime::{AuthState, User as _};
use axum::extract::{Query, State};
use axum::response::Response;
use http::StatusCode;
use maud::{Markup, html};
use serde::Deserialize;

use super::badges;

use super::path_of;
use crate::here::query;
use crate::layout::{Page, Section, cell, foreign, row_header, table};
use crate::refusal::Refusal;
use crate::staff::Staff;
use crate::store::AdminStore;

/// The number of accounts on a page.
const PAGE: usize = 50;

#[derive(Default, Deserialize)]
pub(crate) struct Wanted {
    #[serde(default)]
    search: String,
    /// The name after which the page starts.
    #[serde(default)]
    after: String,
}

/// Redirects from the start page to the list of accounts.
pub(crate) async fn start(staff: Staff) -> Response {
    see_other(&staff.here.link("users"))
}

pub(crate) async fn list<S: AuthState>(
    staff: Staff,
    State(state): State<S>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Refusal>
where
    S::Backend: AdminStore,
{
    let Wanted { search, after } = &wanted;
    // Requests one more than is shown, to find out whether there is a next page.
    let limit = u32::try_from(PAGE + 1).unwrap_or(u32::MAX);
    let mut found = state.auth_context().backend().accounts(search, after, limit).await?;
    let has_more = found.len() > PAGE;
    found.truncate(PAGE);
    let next = found.last().filter(|_| has_more).map(|last| page_link(&staff, search, last.username()));
    let first = (!after.is_empty()).then(|| page_link(&staff, search, ""));

    let rows = found.iter().map(|account| {
        html! {
            (row_header(html! {
                a href=(staff.here.link(&path_of(account, ""))) { (foreign(account.username())) }
            }))
            (cell("Id", html! { (foreign(&account.id())) }))
            (cell("State", badges(account)))
        }
    });
    let body = html! {
        (search_form(&staff, search))
        @if found.is_empty() {
            p.empty { "No account " @if search.is_empty() { "here." } @else { "has this in its name." } }
        } @else {
            (table("Users", &["Name", "Id", "State"], rows))
        }
        @if first.is_some() || next.is_some() {
            nav.pages aria-label="Pages" {
                @if let Some(first) = first { a href=(first) { "First page" } }
                @if let Some(next) = next { a href=(next) rel="next" { "Next page" } }
            }
        }
        p.aside { "Accounts are made, and their passwords set, on the command line: " code { "auth users --help" } }
    };
    let title = if search.is_empty() { "Users".to_owned() } else { format!("Users with “{search}”") };
    Ok(Page { section: Section::Users, title: &title, notice: None, body }.answer(StatusCode::OK, staff))
}

fn page_link(staff: &Staff, search: &str, after: &str) -> String {
    let parameters = [("search", search), ("after", after)];
    let given: Vec<_> = parameters.into_iter().filter(|(_, value)| !value.is_empty()).collect();
    match given.as_slice() {
        [] => staff.here.link("users"),
        given => staff.here.link(&format!("users?{}", query(given))),
    }
}

fn search_form(staff: &Staff, search: &str) -> Markup {
    html! {
        search {
            form.search action=(staff.here.link("users")) {
                label for="search" { "Name contains" }
                input #search type="search" name="search" value=(search) autocapitalize="none" spellcheck="false";
                button { "Search" }
                @if !search.is_empty() { a href=(staff.here.link("users")) { "Show all" } }
            }
        }
    }
}
