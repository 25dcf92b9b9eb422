//! The pages for browsers.

use auth_runtime::scheme::Session;
use auth_runtime::{CsrfToken, authenticate, csrf};
use auth_store::Account;
use axum::extract::State;
use axum::response::{Html, IntoResponse, Redirect, Response};

use crate::state::App;

/// Shows the signed-in page, or the login page to anonymous callers.
#[authenticate(Session)]
pub(crate) async fn home(#[user] me: Option<Account>, token: CsrfToken, State(app): State<App>) -> Response {
    let Some(me) = me else { return Redirect::to("/auth/login/?next=/").into_response() };
    let field = format!(r#"<input type="hidden" name="{}" value="{}">"#, csrf::FORM_FIELD, token.value());
    let notes = app.notes().iter().map(|note| format!("<li>{}</li>", escape(note))).collect::<Vec<_>>().concat();
    let page = format!(
        r#"<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Quickstart</title></head><body>
<h1>Signed in as <span id="user">{user}</span></h1>
<form id="note" method="post" action="/notes">{field}<label for="text">Note:</label>
<input id="text" name="text" required> <button>Add</button></form>
<ul id="notes">{notes}</ul>
<form id="logout" method="post" action="/auth/logout/">{field}<button>Log out</button></form>
</body></html>
"#,
        user = escape(&me.username),
    );
    // Other sites must not show this page in a frame and trick users into pressing its buttons.
    (token, [("content-security-policy", "frame-ancestors 'none'")], Html(page)).into_response()
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
