use auth::permission::IsStaff;
use auth::scheme::Token;

extern crate auth_runtime as auth;

#[auth::authenticate(Token, crate = ::context)]
#[auth::permit(IsStaff)]
async fn staff() -> &'static str {
    "staff"
}

fn main() {
    let _ = axum::Router::<ui_tests::App>::new().route("/", axum::routing::get(staff));
}
