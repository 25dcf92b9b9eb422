use auth_runtime::audit::{Routes, get};
use axum::extract::State;
use ui_tests::App;

async fn report(State(_app): State<App>) -> &'static str {
    "figures"
}

fn main() {
    let _ = Routes::<App>::new().route("/report", get(report));
}
