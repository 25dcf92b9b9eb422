use auth_runtime::http::request::Parts;
use auth_runtime::permission::ObjectPermissions;
use auth_runtime::{Identity, Rejection};
use auth_store::Account;
use ui_tests::App;

const NOTES: ObjectPermissions = ObjectPermissions { model: "blog.note" }.declare();

struct Note;

async fn change(who: Identity<Account>, app: App, request: Parts, note: Note) -> Result<(), Rejection> {
    who.access(&request, &app).check_object(&NOTES, &note).await
}

fn main() {}
