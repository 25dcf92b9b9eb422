use auth_runtime::authenticate;
use auth_runtime::scheme::Token;
use auth_store::Account;
use auth_runtime::permission::IsStaff;

#[authenticate(Token)]
#[permit(IsStaff)]
async fn me(#[cfg_attr(all(), user)] me: Account) -> String {
    me.username
}

fn main() {
    let _ = axum::Router::<ui_tests::App>::new().route("/", axum::routing::get(me));
}
