use auth_runtime::authenticate;
use auth_runtime::permission::{IsStaff, ObjectPermissionsWithView};
use auth_runtime::scheme::Token;

#[authenticate(Token)]
#[permit(IsStaff | ObjectPermissionsWithView(model = "blog.Note"))]
async fn notes() {}

fn main() {
    let _ = axum::Router::<ui_tests::App>::new().route("/", axum::routing::get(notes));
}
