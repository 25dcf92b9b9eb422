use auth_runtime::{AuthError, Authenticator};

struct Customer;

async fn partner(_: &str) -> Result<Option<Customer>, AuthError> {
    Ok(None)
}

#[derive(Authenticator)]
#[authenticator(header = "X-Api-Key", verify = partner, user = Customer)]
struct ApiKey;

#[auth_runtime::authenticate(ApiKey)]
async fn me(#[user] me: auth_store::Account) -> String {
    me.username
}

fn main() {
    let _ = axum::Router::<ui_tests::App>::new().route("/", axum::routing::get(me));
}
