use auth_runtime::{Authenticator, User};
use auth_runtime::scheme::Token;
use auth_store::Account;

#[derive(Authenticator)]
#[authenticator(wraps(Token), map_user = Member, user = Member, state = ui_tests::App)]
struct StaffToken;

struct Member(Account);

impl User for Member {
    fn id(&self) -> std::borrow::Cow<'_, str> {
        self.0.id()
    }
}

#[auth_runtime::authenticate(StaffToken)]
async fn me(#[user] me: Member) -> String {
    me.0.username
}

fn main() {
    let _ = axum::Router::<ui_tests::App>::new().route("/", axum::routing::get(me));
}
