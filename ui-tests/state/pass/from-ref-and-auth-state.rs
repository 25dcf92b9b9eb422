use auth_runtime::authenticate;
use auth_runtime::scheme::Token;
use auth_store::Account;
use auth_runtime::{AuthState, AuthContext, NoDefaultPolicy};
use auth_store::MemoryStore;
use axum::Router;
use axum::extract::{FromRef, State};
use axum::routing::get;

#[derive(Clone)]
struct Shop {
    context: AuthContext<MemoryStore>,
}

impl FromRef<Shop> for AuthContext<MemoryStore> {
    fn from_ref(shop: &Shop) -> Self {
        shop.context.clone()
    }
}

impl AuthState for Shop {
    type Backend = MemoryStore;
    type DefaultPolicy = NoDefaultPolicy;

    fn auth_context(&self) -> &AuthContext<MemoryStore> {
        &self.context
    }
}

#[authenticate(Token)]
async fn me(#[user] me: Account, State(_): State<Shop>) -> String {
    me.username
}

#[authenticate(Token)]
async fn part(#[user] me: Account, State(_): State<AuthContext<MemoryStore>>) -> String {
    me.username
}

fn main() {
    let _ = Router::<Shop>::new().route("/", get(me).post(part));
}
