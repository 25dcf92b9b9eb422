use auth_runtime::{AuthState, Policy, authenticate, handlers};
use auth_runtime::permission::AllowAny;
use auth_runtime::permit;
use auth_runtime::scheme::{Basic, Session, Token};
use auth_runtime::{AuthContext, StateDefault};
use auth_store::{Account, MemoryStore};
use axum::Router;
use axum::routing::get;

#[derive(Policy)]
#[policy(chain(Token, Session), throttle(user = "1000/day", client = "5/second"))]
struct Api;

#[derive(Clone)]
struct App {
    context: AuthContext<MemoryStore>,
}

impl AuthState for App {
    type Backend = MemoryStore;
    type DefaultPolicy = Api;

    fn auth_context(&self) -> &AuthContext<MemoryStore> {
        &self.context
    }
}

#[authenticate(Basic, Token)]
#[throttle(user = "1000/day", client = "5/second")]
async fn chain(#[user] _me: Option<Account>) {}

#[authenticate(policy = Api)]
#[throttle(anon = "20/hour", client = "5/second")]
async fn named(#[user] _me: Option<Account>) {}

#[authenticate]
#[throttle(anon = "20/hour", client = "5/second")]
async fn default(#[user] _me: Option<Account>) {}

#[authenticate(none)]
#[permit(AllowAny)]
#[throttle(anon = "20/hour")]
async fn open() {}

#[authenticate(policy = P)]
#[throttle(user = "20/hour")]
async fn generic<P: Policy<App, User = Account>>(#[user] _me: Option<Account>) {}

struct Notes;

#[handlers]
impl Notes {
    #[authenticate(Token)]
    #[throttle(scope(name = "notes", rate = "20/hour"))]
    async fn list(#[user] _me: Option<Account>) {}
}

fn main() {
    let _ = Router::<App>::new()
        .route("/chain", get(chain))
        .route("/named", get(named))
        .route("/default", get(default))
        .route("/open", get(open))
        .route("/generic", get(generic::<StateDefault>))
        .route("/notes", get(Notes::list));
}
