use auth_runtime::{AuthError, User, authenticate, permit};
use auth_runtime::permission::{Access, Permission};
use auth_runtime::scheme::Token;
use axum::Router;
use axum::routing::get;
use ui_tests::App;

struct In<const N: u8>;

impl<S: Sync, U: User, const N: u8> Permission<S, U> for In<N> {
    async fn has_permission(&self, _: &Access<'_, S, U>) -> Result<(), AuthError> {
        Ok(())
    }
}

#[authenticate(Token)]
#[permit(In::<5>)]
async fn read() -> &'static str {
    "read"
}

fn main() {
    let _ = Router::<App>::new().route("/", get(read));
}
