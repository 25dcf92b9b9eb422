use auth_runtime::{Authenticator, NoUser, User};

fn map<U: User>(_: U) -> NoUser {
    unreachable!()
}

#[derive(Authenticator)]
#[authenticator(wraps(auth_runtime::scheme::Session), map_user = map, user = NoUser, csrf = false)]
struct Wrapped;

#[auth_runtime::authenticate(Wrapped)]
#[permit(auth_runtime::permission::AllowAny)]
async fn me() -> &'static str {
    "welcome"
}

fn main() {
    let _ = axum::Router::<ui_tests::App>::new().route("/", axum::routing::get(me));
}
