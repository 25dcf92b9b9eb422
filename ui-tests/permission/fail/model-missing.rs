use auth_runtime::authenticate;
use auth_runtime::permission::ModelPermissionsOrAnonReadOnly;
use auth_runtime::scheme::Token;

#[authenticate(Token)]
#[permit(ModelPermissionsOrAnonReadOnly)]
async fn notes() {}

fn main() {
    let _ = axum::Router::<ui_tests::App>::new().route("/", axum::routing::get(notes));
}
