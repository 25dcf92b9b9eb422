use auth_runtime::throttle;

struct Notes;

impl Notes {
    #[throttle(user = "1000/day")]
    async fn list() -> &'static str {
        "notes"
    }
}

fn main() {
    let _ = axum::Router::<ui_tests::App>::new().route("/", axum::routing::get(Notes::list));
}
