use auth_runtime::throttle;

#[throttle(user = "1000/day")]
async fn search() -> &'static str {
    "results"
}

fn main() {
    let _ = axum::Router::<ui_tests::App>::new().route("/", axum::routing::get(search));
}
