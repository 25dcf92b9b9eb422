use auth_runtime::Authenticator;

#[derive(Authenticator)]
struct ApiKey<T> {
    #[authenticator(default = None)]
    keys: Option<T>,
}

#[auth_runtime::authenticate(ApiKey)]
async fn me(#[user] me: auth_store::Account) -> String {
    me.username
}

fn main() {
    let _ = axum::Router::<ui_tests::App>::new().route("/", axum::routing::get(me));
}
