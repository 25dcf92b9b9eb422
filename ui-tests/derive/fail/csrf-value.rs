use auth_runtime::{AuthError, Authenticator, NoUser};

async fn find(_: &str) -> Result<Option<NoUser>, AuthError> {
    Ok(None)
}

#[derive(Authenticator)]
#[authenticator(cookie = "key", verify = find, user = NoUser, csrf = off)]
struct Key;

#[auth_runtime::authenticate(Key)]
#[permit(auth_runtime::permission::AllowAny)]
async fn me() -> &'static str {
    "welcome"
}

fn main() {
    let _ = axum::Router::<ui_tests::App>::new().route("/", axum::routing::get(me));
}
