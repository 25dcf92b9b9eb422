use auth_store::Account;
use axum::Router;
use axum::routing::get;
use ui_tests::App;

struct AnonRate;
struct Limit;
struct Throttle;
struct UserRate;
struct Rejections;
const THROTTLE: &str = "20/hour";

#[auth_runtime::authenticate(auth_runtime::scheme::Token, state = App)]
#[auth_runtime::throttle(user = "1000/day", anon = THROTTLE, scope(name = "search", rate = THROTTLE))]
async fn search(#[user] _me: Option<Account>) -> &'static str {
    let _ = (Limit, Throttle, UserRate, Rejections);
    "results"
}

fn main() {
    let _ = Router::<App>::new().route("/", get(search));
}
