use auth_runtime::{AuthError, Authenticator, User, authenticate};
use auth_runtime::scheme::Token;
use auth_store::Account;
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

#[authenticate(Token, ApiKey, state = App)]
async fn me(#[user] me: Account) -> String {
    me.username
}

fn main() {
    let _ = axum::Router::<App>::new().route("/", axum::routing::get(me));
}
