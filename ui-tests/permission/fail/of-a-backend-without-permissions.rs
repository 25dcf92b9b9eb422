use auth_runtime::authenticate;
use auth_runtime::permission::ModelPermissions;
use auth_runtime::http::request::Parts;
use auth_runtime::{Authenticator, Outcome, Scheme, SchemeResult};
use auth_store::Account;
use ui_tests::Storeless;

#[derive(Authenticator)]
struct Badge;

impl Scheme<Storeless> for Badge {
    type User = Account;

    async fn authenticate(&self, _: &Parts, _: &Storeless) -> SchemeResult<Account> {
        Ok(Outcome::Skipped)
    }
}

#[authenticate(Badge, state = Storeless)]
#[permit(ModelPermissions(model = "blog.note"))]
async fn notes() {}

fn main() {
    let _ = axum::Router::<Storeless>::new().route("/", axum::routing::get(notes));
}
