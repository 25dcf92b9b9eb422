use auth_runtime::{AuthError, User, authenticate, permit};
use auth_runtime::permission::{Access, IsAuthenticated, IsStaff, Permission};
use auth_runtime::scheme::Token;
use axum::Router;
use axum::routing::get;
use ui_tests::App;

struct HasScope {
    scope: &'static str,
}

impl<S: Sync, U: User> Permission<S, U> for HasScope {
    async fn has_permission(&self, _: &Access<'_, S, U>) -> Result<(), AuthError> {
        Err(AuthError::permission_denied().with_detail(self.scope))
    }
}

#[authenticate(Token, state = App)]
#[permit(!IsStaff & (HasScope(scope = "read") | HasScope(scope = "write",)), IsAuthenticated | auth_runtime::permission::IsStaff,)]
async fn read() -> &'static str {
    "read"
}

fn main() {
    let _ = Router::<App>::new().route("/", get(read));
}
