//! The API: one line on each handler declares who may call it.

use auth_runtime::permission::{AllowAny, IsAuthenticated, IsStaff};
use auth_runtime::scheme::{Basic, Session, Token};
use auth_runtime::{CsrfForm, Identity, Policy, authenticate};
use auth_store::Account;
use axum::Json;
use axum::extract::State;
use axum::response::Redirect;
use serde::{Deserialize, Serialize};

use crate::state::App;

/// The policy of the endpoints of `auth-endpoints`: who may see and end logins, and create tokens.
#[derive(Debug, Policy)]
#[policy(chain(Token(keyword = "Bearer"), Session, Basic), permit(IsAuthenticated))]
pub(crate) struct Api;

#[derive(Debug, Serialize)]
pub(crate) struct Caller {
    user: Option<String>,
    scheme: Option<&'static str>,
}

impl From<Identity<Account>> for Caller {
    fn from(who: Identity<Account>) -> Self {
        Self { scheme: who.scheme(), user: who.into_user().map(|user| user.username) }
    }
}

/// `Token` comes first, so that a script gets a 401 with `WWW-Authenticate: Bearer`.
#[authenticate(Token(keyword = "Bearer"), Session, Basic)]
#[permit(IsAuthenticated)]
pub(crate) async fn me(#[user] who: Identity<Account>, State(_): State<App>) -> Json<Caller> {
    Json(who.into())
}

/// Allows anonymous callers, but refuses wrong credentials.
#[authenticate(Token(keyword = "Bearer"), Session, Basic)]
#[permit(AllowAny)]
pub(crate) async fn public(#[user] who: Identity<Account>, State(_): State<App>) -> Json<Caller> {
    Json(who.into())
}

/// `Session` comes first, so that a refused caller gets a 403 and browsers do not open their login dialog.
#[authenticate(Session, Token)]
#[permit(IsAuthenticated)]
pub(crate) async fn session_first(#[user] who: Identity<Account>, State(_): State<App>) -> Json<Caller> {
    Json(who.into())
}

#[derive(Debug, Deserialize)]
pub(crate) struct Note {
    text: String,
}

/// Uses an unsafe method: a logged-in browser must prove with a CSRF token that the form is ours.
#[authenticate(Session, Token(keyword = "Bearer"))]
pub(crate) async fn add_note(#[user] me: Account, State(app): State<App>, CsrfForm(note): CsrfForm<Note>) -> Redirect {
    app.add_note(format!("{}: {}", me.username, note.text));
    Redirect::to("/")
}

#[authenticate(Session, Token(keyword = "Bearer"))]
#[permit(IsAuthenticated)]
pub(crate) async fn list_notes(State(app): State<App>) -> Json<Vec<String>> {
    Json(app.notes())
}

#[authenticate(Token(keyword = "Bearer"), Session, Basic)]
#[permit(IsStaff)]
pub(crate) async fn staff(#[user] me: Account, State(_): State<App>) -> String {
    format!("{} is staff\n", me.username)
}
