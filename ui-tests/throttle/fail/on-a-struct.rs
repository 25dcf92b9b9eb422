use auth_runtime::throttle;

#[throttle(user = "1000/day")]
struct Search;

fn main() {
    let _ = axum::Router::<ui_tests::App>::new().route("/", axum::routing::get(async || "open"));
}
