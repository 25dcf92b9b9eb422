use auth_runtime::authenticate;
use auth_runtime::scheme::Token;
use auth_store::Account;
use auth_runtime::AuthContext;
use auth_store::MemoryStore;
use axum::extract::{FromRef, State};

#[derive(Clone)]
struct Shop {
    context: AuthContext<MemoryStore>,
}

impl FromRef<Shop> for AuthContext<MemoryStore> {
    fn from_ref(shop: &Shop) -> Self {
        shop.context.clone()
    }
}

#[authenticate(Token)]
async fn me(#[user] me: Account, State(_): State<Shop>) -> String {
    me.username
}

fn main() {
    let _ = axum::Router::<Shop>::new().route("/", axum::routing::get(me));
}
