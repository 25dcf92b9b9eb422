use auth_runtime::scheme::Token;
use auth_runtime::{AuthState, Policy, StateDefault, guard};
use axum::Router;
use ui_tests::App;

#[derive(Policy)]
#[policy(chain(Token))]
struct Open;

#[derive(Clone)]
struct Local(App);

impl AuthState for Local {
    type Backend = auth_store::MemoryStore;
    type DefaultPolicy = Open;

    fn auth_context(&self) -> &auth_runtime::AuthContext<auth_store::MemoryStore> {
        self.0.auth_context()
    }
}

fn internal(router: Router<Local>, app: &Local) -> Router<Local> {
    guard::<StateDefault, Local>(router, app)
}

fn main() {}
