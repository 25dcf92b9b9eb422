use auth_runtime::{AuthError, User, authenticate};
use auth_runtime::permission::Access;
use auth_runtime::scheme::{Session, Token};
use auth_runtime::throttle::{Admission, Throttle};
use auth_store::Account;
use axum::Router;
use axum::routing::get;
use ui_tests::App;

const SLOW: &str = "10/5minute";

struct Hours {
    from: u8,
    to: u8,
}

impl<S: Sync, U: User> Throttle<S, U> for Hours {
    async fn admit(&self, _: &Access<'_, S, U>) -> Result<Admission, AuthError> {
        Ok(if self.from < self.to { Admission::Granted } else { Admission::Refused { wait: None, quota: None } })
    }
}

#[authenticate(Token, Session, state = App)]
#[throttle(
    user = "1000/day",
    anon = SLOW,
    client = concat!("100", "/minute burst 20"),
    scope(rate = "10/minute", name = "uploads"),
    scope(name = "all_of-them", rate = SLOW,),
    Hours(from = 8, to = 9 + 9),
    auth_runtime::throttle::AnonRate(limit = auth_runtime::throttle::Limit::of(SLOW)),
)]
async fn search(#[user] _me: Option<Account>) -> &'static str {
    "results"
}

fn main() {
    let _ = Router::<App>::new().route("/", get(search));
}
