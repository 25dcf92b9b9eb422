mod auth {
    pub use auth_runtime::*;
}

use auth::permission::IsAuthenticated;
use auth::scheme::{Session, Token};
use auth::{CsrfForm, Policy, authenticate};
use auth_store::Account;
use ui_tests::App;

#[derive(Policy)]
#[policy(chain(Token, Session), permit(IsAuthenticated), crate = crate::auth)]
struct Api;

#[authenticate(policy = Api, crate = crate::auth, state = App)]
async fn me(#[user] me: Account) -> String {
    me.username
}

#[authenticate(Token(keyword = "Bearer"), crate = ::auth_runtime)]
async fn note(#[user] me: Account, CsrfForm(note): CsrfForm<String>) -> String {
    me.username + &note
}

fn main() {
    let _ = axum::Router::<App>::new().route("/", axum::routing::get(me).post(note));
}
