use auth_runtime::authenticate;
use auth_runtime::permission::ModelPermissions;
use auth_runtime::scheme::Token;

#[authenticate(Token)]
#[permit(ModelPermissions(model = "note"))]
async fn notes() {}

fn main() {
    let _ = axum::Router::<ui_tests::App>::new().route("/", axum::routing::get(notes));
}
