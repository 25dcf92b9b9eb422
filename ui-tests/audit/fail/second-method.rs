use auth_runtime::audit::{Routes, get};
use auth_runtime::authenticate;
use auth_runtime::scheme::Token;
use auth_store::Account;
use axum::Json;
use ui_tests::App;

#[authenticate(Token)]
async fn name(#[user] me: Account) -> String {
    me.username
}

async fn rename(Json(_name): Json<String>) {}

fn main() {
    let _ = Routes::<App>::new().route("/name", get(name).put(rename));
}
