use auth_runtime::{AuthContext, authenticate};
use auth_runtime::scheme::Token;
use auth_store::{Account, SqliteStore};

#[authenticate(Token, state = AuthContext<SqliteStore>)]
async fn me(#[user] me: Account) -> String {
    me.username
}

fn main() {
    let _ = axum::Router::<AuthContext<SqliteStore>>::new().route("/", axum::routing::get(me));
}
