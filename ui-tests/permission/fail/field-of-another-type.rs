use auth_runtime::{AuthError, User, authenticate, permit};
use auth_runtime::permission::{Access, Permission};
use auth_runtime::scheme::Token;

struct HasScope {
    scope: &'static str,
}

impl<S: Sync, U: User> Permission<S, U> for HasScope {
    async fn has_permission(&self, _: &Access<'_, S, U>) -> Result<(), AuthError> {
        Err(AuthError::permission_denied().with_detail(self.scope))
    }
}

#[authenticate(Token)]
#[permit(HasScope(scope = 5))]
async fn read() -> &'static str {
    "read"
}

fn main() {
    let _ = axum::Router::<ui_tests::App>::new().route("/", axum::routing::get(read));
}
