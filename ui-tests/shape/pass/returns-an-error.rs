use auth_runtime::authenticate;
use auth_runtime::scheme::Token;
use auth_store::Account;
use auth_runtime::{AuthError, Identity, Rejection};
use axum::Router;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use ui_tests::App;

enum Fault {
    Gone,
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        match self {
            Self::Gone => axum::http::StatusCode::GONE.into_response(),
        }
    }
}

#[authenticate(Token)]
async fn of_its_own(#[user] _: Account) -> Result<String, Fault> {
    Err(Fault::Gone)
}

#[authenticate(Token)]
async fn of_ours(#[user] _: Account) -> Result<String, AuthError> {
    Err(AuthError::not_found())
}

#[authenticate(Token)]
async fn of_its_chain(#[user] who: Identity<Account>) -> Result<String, Rejection> {
    Err(who.reject(AuthError::not_authenticated()))
}

fn main() {
    let _ = Router::<App>::new().route("/", get(of_its_own).post(of_ours).put(of_its_chain));
}
