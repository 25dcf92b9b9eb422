use auth_runtime::authenticate;
use auth_runtime::permission::HasPermission;
use auth_runtime::scheme::Token;

#[authenticate(Token)]
#[permit(HasPermission(codename = "blog.publish note"))]
async fn publish() {}

fn main() {
    let _ = axum::Router::<ui_tests::App>::new().route("/", axum::routing::get(publish));
}
