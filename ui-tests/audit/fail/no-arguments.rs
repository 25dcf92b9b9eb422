use auth_runtime::audit::{Routes, get};
use ui_tests::App;

async fn logo() -> &'static str {
    "logo"
}

fn main() {
    let _ = Routes::<App>::new().route("/logo", get(logo));
}
