use std::borrow::Cow;

use auth_runtime::http::request::Parts;
use auth_runtime::permission::{
    HasPermission, IsStaff, ModelPermissions, ModelPermissionsOrAnonReadOnly, ModelPermissionsWithView, Object,
    ObjectPermissions, ObjectPermissionsWithView,
};
use auth_runtime::scheme::{Session, Token};
use auth_runtime::{AuthState, Identity, Policy, Rejection, authenticate};
use auth_store::Account;
use axum::extract::State;
use axum::routing::any;
use ui_tests::App;

const MODEL: &str = "blog.note";
const NOTES: ObjectPermissionsWithView = ObjectPermissionsWithView { model: MODEL }.declare();

struct Note;

impl Object for Note {
    fn key(&self) -> Cow<'_, str> {
        "1".into()
    }
}

#[authenticate(Token)]
#[permit(ModelPermissions(model = "blog.note"), HasPermission(codename = "blog.publish_note"))]
async fn publish() {}

#[authenticate(Token, Session)]
#[permit(ModelPermissionsOrAnonReadOnly(model = MODEL) & !IsStaff | ModelPermissionsWithView(model = MODEL))]
async fn notes() {}

#[authenticate(Token)]
#[permit(ObjectPermissionsWithView(model = MODEL))]
async fn change(#[user] who: Identity<Account>, State(app): State<App>, request: Parts) -> Result<(), Rejection> {
    who.access(&request, &app).check_object(&NOTES, &Note).await
}

#[derive(Policy)]
#[policy(chain(Token), permit(ObjectPermissions(model = "blog.note")))]
struct Notes;

#[authenticate(policy = Notes)]
async fn named(#[user] _who: Account) {}

fn router<S: AuthState>() -> axum::Router<App> {
    axum::Router::new()
        .route("/publish", any(publish))
        .route("/notes", any(notes))
        .route("/notes/{id}", any(change))
        .route("/named", any(named))
}

fn main() {
    let _ = router::<App>();
}
