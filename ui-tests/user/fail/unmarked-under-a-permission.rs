use auth_runtime::authenticate;
use auth_runtime::scheme::Token;
use auth_store::Account;
use auth_runtime::permission::IsStaff;
use ui_tests::App;

#[authenticate(Token, state = App)]
#[permit(IsStaff)]
async fn me(me: Account) -> String {
    me.username
}

fn main() {
    let _ = axum::Router::<App>::new().route("/", axum::routing::get(me));
}
