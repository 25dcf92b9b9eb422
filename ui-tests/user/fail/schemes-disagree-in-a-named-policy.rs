use auth_runtime::{AuthError, Authenticator, Policy, User};
use auth_runtime::scheme::Token;
use ui_tests::App;

struct Caller;

impl User for Caller {
    fn id(&self) -> std::borrow::Cow<'_, str> {
        "caller".into()
    }
}

async fn caller(_: &str) -> Result<Option<Caller>, AuthError> {
    Ok(None)
}

#[derive(Authenticator)]
#[authenticator(header = "X-Api-Key", verify = caller, user = Caller)]
struct ApiKey;

#[derive(Policy)]
#[policy(chain(Token, ApiKey), state = App)]
struct Api;

#[auth_runtime::authenticate(ApiKey)]
async fn me(#[user] me: auth_store::Account) -> String {
    me.username
}

fn main() {
    let _ = axum::Router::<App>::new().route("/", axum::routing::get(me));
}
