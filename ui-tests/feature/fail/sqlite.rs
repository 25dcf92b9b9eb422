use auth_runtime::{Authentication, authenticate};
use auth_runtime::scheme::Token;
use auth_store::{Account, SqliteStore};

#[authenticate(Token, state = Authentication<SqliteStore>)]
async fn me(#[user] me: Account) -> String {
    me.username
}

fn main() {
    let _ = axum::Router::<Authentication<SqliteStore>>::new().route("/", axum::routing::get(me));
}
