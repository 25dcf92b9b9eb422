use auth_runtime::{AuthError, User, authenticate, permit};
use auth_runtime::permission::{Access, Permission};
use auth_runtime::scheme::Token;
use ui_tests::App;

struct Customer;

impl User for Customer {
    fn id(&self) -> std::borrow::Cow<'_, str> {
        "customer".into()
    }
}

struct IsGold;

impl<S: Sync> Permission<S, Customer> for IsGold {
    async fn has_permission(&self, _: &Access<'_, S, Customer>) -> Result<(), AuthError> {
        Ok(())
    }
}

#[authenticate(Token, state = App)]
#[permit(IsGold)]
async fn gold() -> &'static str {
    "gold"
}

fn main() {
    let _ = axum::Router::<App>::new().route("/", axum::routing::get(gold));
}
