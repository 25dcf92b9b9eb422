use auth_runtime::{Authenticator, User, authenticate};
use auth_runtime::scheme::Token;
use auth_store::Account;
use ui_tests::App;

struct Staff(Account);

impl User for Staff {
    fn id(&self) -> std::borrow::Cow<'_, str> {
        self.0.username.as_str().into()
    }
}

#[derive(Authenticator)]
#[authenticator(wraps(Token), map_user = Staff, user = Staff, state = App)]
struct StaffToken;

#[derive(Authenticator)]
#[authenticator(wraps(Token(keyword = "token")), map_user = Staff, user = Staff, state = App)]
struct OtherToken;

#[authenticate(StaffToken, OtherToken)]
async fn me(#[user] me: Staff) -> String {
    me.id().into_owned()
}

fn main() {
    let _ = axum::Router::<App>::new().route("/", axum::routing::get(me));
}
