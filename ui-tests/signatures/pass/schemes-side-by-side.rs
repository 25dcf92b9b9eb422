use auth_runtime::authenticate;
use auth_runtime::scheme::{Session, Token};
use auth_signatures::hawk::{BewitCredentials, HawkCredentials};
use auth_signatures::http_signature::VerifiedSignature;
use auth_signatures::{CavageSignature, Hawk, HawkBewit, HttpSignature};
use auth_store::Account;
use axum::Router;
use axum::routing::get;
use ui_tests::App;

#[authenticate(Hawk, HawkBewit, HttpSignature, state = App)]
async fn by_hawk(#[user] me: Account, #[auth] hawk: Option<HawkCredentials>) -> String {
    format!("{} {hawk:?}", me.username)
}

#[authenticate(Hawk, HawkBewit, HttpSignature, state = App)]
async fn by_link(#[user] me: Account, #[auth] link: BewitCredentials) -> String {
    format!("{} {link:?}", me.username)
}

#[authenticate(Hawk, HawkBewit, HttpSignature, state = App)]
async fn by_message(#[user] me: Account, #[auth] message: VerifiedSignature, body: String) -> String {
    format!("{} {message:?} {body}", me.username)
}

/// The keyword and the header of the old draft are each its own.
#[authenticate(HttpSignature, CavageSignature, CavageSignature(signature_header = true), Token, Session, state = App)]
async fn whoever(#[user] me: Account) -> String {
    me.username
}

fn main() {
    let signed = get(by_hawk).head(by_link).post(by_message);
    let _ = Router::<App>::new().route("/signed", signed).route("/whoever", get(whoever));
}
