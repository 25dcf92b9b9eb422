use auth_runtime::authenticate;
use auth_runtime::scheme::Token;
use auth_store::Account;
use std::sync::Arc;

use auth_runtime::{AuthState, AuthContext, Policy};
use auth_runtime::permission::{HasPermission, IsAuthenticated};
use auth_runtime::scheme::{Basic, Session};
use auth_store::MemoryStore;
use axum::Router;
use axum::extract::State;
use axum::routing::get;
use ui_tests::App;

#[authenticate(Token, Session, Basic)]
#[permit(HasPermission(codename = "shop.view_order"))]
#[throttle(user = "10/minute", client = "5/minute")]
async fn me(#[user] me: Account, State(_): State<Arc<App>>) -> String {
    me.username
}

#[derive(Policy)]
#[policy(chain(Token), permit(IsAuthenticated), throttle(client = "5/minute"), state = Own)]
struct Defaults;

struct Own(AuthContext<MemoryStore>);

impl Clone for Own {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl AuthState for Own {
    type Backend = MemoryStore;
    type DefaultPolicy = Defaults;

    fn auth_context(&self) -> &AuthContext<MemoryStore> {
        &self.0
    }
}

#[authenticate(state = Arc<Own>)]
async fn bare(#[user] me: Account) -> String {
    me.username
}

#[authenticate(Session)]
async fn chain(#[user] me: Account, State(_): State<Arc<Own>>) -> String {
    me.username
}

fn main() {
    let _ = Router::<Arc<App>>::new().route("/", get(me));
    let _ = Router::<Arc<Own>>::new().route("/", get(bare).post(chain));
}
