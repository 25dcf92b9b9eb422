use auth_runtime::{authenticate, permit};
use auth_runtime::permission::IsAuthenticated;
use auth_runtime::scheme::{Session, Token};
use auth_store::Account;
use axum::Router;
use axum::routing::get;
use ui_tests::App;

fn main() {
    #[authenticate(Token(keyword = "Bearer"), Session)]
    #[permit(IsAuthenticated)]
    async fn me(#[user] me: Account) -> String {
        me.username
    }

    let _ = Router::<App>::new().route("/", get(me));
}
