use std::borrow::Cow;
use auth_runtime::{Authenticator, User, authenticate};
use auth_runtime::scheme::Token;
use auth_store::Account;

struct Member(Account);

impl User for Member {
    fn id(&self) -> Cow<'_, str> {
        self.0.id()
    }
}

#[derive(Authenticator)]
#[authenticator(state = ui_tests::App, wraps(Token), map_user = Member, user = Member)]
struct MemberToken;

#[authenticate(MemberToken)]
async fn me(#[user] me: Member) -> String {
    me.0.username
}

fn main() {
    let _ = axum::Router::<ui_tests::App>::new().route("/", axum::routing::get(me));
}
