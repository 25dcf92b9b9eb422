use auth_runtime::{AuthError, Authenticator, User, authenticate};
use axum::Router;
use axum::routing::get;

struct Caller;

impl User for Caller {
    fn id(&self) -> std::borrow::Cow<'_, str> {
        "caller".into()
    }
}

async fn caller(key: &str) -> Result<Option<Caller>, AuthError> {
    Ok((key == "key").then_some(Caller))
}

#[derive(Authenticator)]
#[authenticator(header = "X-Api-Key", verify = caller, user = Caller)]
struct ApiKey;

#[authenticate(ApiKey)]
async fn me(#[user] me: Caller) -> String {
    me.id().into_owned()
}

fn main() {
    let _: Router = Router::new().route("/", get(me));
}
