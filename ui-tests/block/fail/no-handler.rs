use auth_runtime::handlers;

struct Notes;

#[handlers]
impl Notes {
    async fn list() -> &'static str {
        "notes"
    }
}

fn main() {
    let _ = axum::Router::<ui_tests::App>::new().route("/", axum::routing::get(Notes::list));
}
