use auth_runtime::{AuthError, User, authenticate};
use auth_runtime::permission::Access;
use auth_runtime::scheme::Token;
use auth_runtime::throttle::{Admission, Throttle};
use auth_store::Account;

struct Hours {
    from: u8,
    to: u8,
}

impl<S: Sync, U: User> Throttle<S, U> for Hours {
    async fn admit(&self, _: &Access<'_, S, U>) -> Result<Admission, AuthError> {
        Ok(if self.from < self.to { Admission::Granted } else { Admission::Refused { wait: None, quota: None } })
    }
}

#[authenticate(Token)]
#[throttle(Hours(from = 8, to = "18"))]
async fn search(#[user] _me: Option<Account>) -> &'static str {
    "results"
}

fn main() {
    let _ = axum::Router::<ui_tests::App>::new().route("/", axum::routing::get(search));
}
