use auth_runtime::{Identity, Policy, PolicyUser, authenticate};
use auth_runtime::scheme::{Basic, Session, Token};
use auth_store::Account;
use axum::Router;
use axum::routing::get;
use ui_tests::App;

trait Greeting: Send + Sync + 'static {
    const TEXT: &'static str;
}

struct Hello;

impl Greeting for Hello {
    const TEXT: &'static str = "hello";
}

#[authenticate(Token, Session)]
async fn greet<G, const N: usize>(#[user] me: Option<Account>) -> String
where
    G: Greeting,
{
    me.map(|me| me.username).unwrap_or_else(|| G::TEXT.repeat(N))
}

#[authenticate(policy = P)]
async fn who<P: Policy<App>>(#[user] me: Identity<PolicyUser<App, P>>) -> String {
    format!("{:?}", me.scheme())
}

#[derive(Policy)]
#[policy(chain(Basic))]
struct Api;

fn main() {
    let _ = Router::<App>::new().route("/", get(greet::<Hello, 2>)).route("/who", get(who::<Api>));
}
