use auth_runtime::{authenticate, permit};
use auth_runtime::permission::IsStaff;
use auth_runtime::scheme::{Session, Token};
use auth_runtime::store::{AccessToken, Login};
use auth_store::Account;
use axum::Router;
use axum::routing::get;
use ui_tests::App;

#[authenticate(Token)]
async fn auth(#[user] user: Account, #[auth] auth: AccessToken) -> String {
    user.username + &auth.id.to_string()
}

#[authenticate(Token, Session)]
#[permit(IsStaff)]
async fn chain() -> &'static str {
    "chain"
}

#[authenticate(Session)]
async fn select(#[user] runtime: Account, #[auth] policy: Option<Login>) -> String {
    format!("{} {}", runtime.username, policy.is_some())
}

#[authenticate(Session)]
async fn permit(#[user] name: Account) -> String {
    name.username
}

fn main() {
    let _ = Router::<App>::new().route("/", get(auth).post(chain)).route("/select", get(select).post(permit));
}
