use auth_runtime::{AuthError, User, authenticate, permit};
use auth_runtime::permission::{Access, Permission};
use auth_runtime::scheme::Token;

struct Between {
    from: u32,
    to: u32,
}

impl<S: Sync, U: User> Permission<S, U> for Between {
    async fn has_permission(&self, _: &Access<'_, S, U>) -> Result<(), AuthError> {
        if self.from < self.to { Ok(()) } else { Err(AuthError::permission_denied()) }
    }
}

#[authenticate(Token)]
#[permit(Between(from = 5))]
async fn read() -> &'static str {
    "read"
}

fn main() {
    let _ = axum::Router::<ui_tests::App>::new().route("/", axum::routing::get(read));
}
