use auth_runtime::audit::{Routes, any};
use ui_tests::App;

fn main() {
    let _ = Routes::<App>::new().route("/", any(async || "all"));
}
