use auth_runtime::{AuthState, AuthContext};
use auth_runtime::scheme::Token;

#[derive(Clone)]
struct Own(AuthContext<auth_store::MemoryStore>);

impl AuthState for Own {
    type Backend = auth_store::MemoryStore;
    type DefaultPolicy = Token;

    fn auth_context(&self) -> &AuthContext<auth_store::MemoryStore> {
        &self.0
    }
}

#[auth_runtime::authenticate(state = Own)]
async fn me(#[user] me: auth_store::Account) -> String {
    me.username
}

fn main() {
    let _ = axum::Router::<Own>::new().route("/", axum::routing::get(me));
}
