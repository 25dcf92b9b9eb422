use std::borrow::Cow;

use auth_runtime::{AuthError, User, authenticate};
use auth_runtime::permission::Access;
use auth_runtime::scheme::Token;
use auth_runtime::throttle::{Admission, Throttle};
use auth_store::Account;
use ui_tests::App;

struct Customer;

impl User for Customer {
    fn id(&self) -> Cow<'_, str> {
        "customer".into()
    }
}

struct PerPlan;

impl<S: Sync> Throttle<S, Customer> for PerPlan {
    async fn admit(&self, _: &Access<'_, S, Customer>) -> Result<Admission, AuthError> {
        Ok(Admission::Granted)
    }
}

#[authenticate(Token, state = App)]
#[throttle(PerPlan)]
async fn search(#[user] _me: Option<Account>) -> &'static str {
    "results"
}

fn main() {
    let _ = axum::Router::<App>::new().route("/", axum::routing::get(search));
}
