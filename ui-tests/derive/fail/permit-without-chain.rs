use auth_runtime::Authenticator;
use auth_runtime::permission::IsStaff;

#[derive(Authenticator)]
#[authenticator(permit(IsStaff), challenges = all)]
struct ApiKey;

#[auth_runtime::authenticate(ApiKey)]
async fn me(#[user] me: auth_store::Account) -> String {
    me.username
}

fn main() {
    let _ = axum::Router::<ui_tests::App>::new().route("/", axum::routing::get(me));
}
