//! Chains of one to eight schemes that find nothing: what a scheme costs that is passed over.

use auth_runtime::permission::AllowAny;
use auth_runtime::scheme::{Basic, RemoteUser, Session, Token};
use auth_runtime::{AuthError, Authenticator, authenticate};
use axum::http::StatusCode;
use harness::Subject;

use crate::handlers::{HELLO, subject};
use crate::{Account, App, Kind};

macro_rules! chain {
    ($name:ident: $($scheme:tt)*) => {
        #[authenticate($($scheme)*, state = App)]
        #[permit(AllowAny)]
        async fn $name() -> &'static str {
            HELLO
        }
    };
}

/// A derived scheme for a header.
macro_rules! key {
    ($name:ident: $header:tt) => {
        #[derive(Authenticator)]
        #[authenticator(header = $header, verify = nobody, state = App)]
        struct $name;
    };
}

key!(KeyA: "X-Key-A");
key!(KeyB: "X-Key-B");
key!(KeyC: "X-Key-C");
key!(KeyD: "X-Key-D");

#[allow(clippy::unused_async)] // as the derive has it
async fn nobody(_: &str, _: &App) -> Result<Option<Account>, AuthError> {
    Ok(None)
}

chain!(one: Token);
chain!(two: Token, Session);
chain!(three: Token, Session, Basic);
chain!(four: Token, Session, Basic, RemoteUser(header = "X-Remote-User"));
chain!(five: Token, Session, Basic, RemoteUser(header = "X-Remote-User"), KeyA);
chain!(six: Token, Session, Basic, RemoteUser(header = "X-Remote-User"), KeyA, KeyB);
chain!(seven: Token, Session, Basic, RemoteUser(header = "X-Remote-User"), KeyA, KeyB, KeyC);
chain!(eight: Token, Session, Basic, RemoteUser(header = "X-Remote-User"), KeyA, KeyB, KeyC, KeyD);
chain!(keywords: Token(keyword = "A"), Token(keyword = "B"), Token(keyword = "C"), Token(keyword = "D"), Token(keyword = "E"),
    Token(keyword = "F"), Token(keyword = "G"), Token(keyword = "H"));

chain!(session: Session);
chain!(basic: Basic);
chain!(remote_user: RemoteUser(header = "X-Remote-User"));
chain!(key: KeyA);

pub(crate) fn subjects() -> Vec<Subject> {
    let mut subjects = Vec::new();
    for kind in [Kind::Nothing, Kind::Foreign] {
        let ok = StatusCode::OK;
        subjects.extend([
            subject("chain of 1", kind, ok, one),
            subject("chain of 2", kind, ok, two),
            subject("chain of 3", kind, ok, three),
            subject("chain of 4", kind, ok, four),
            subject("chain of 5", kind, ok, five),
            subject("chain of 6", kind, ok, six),
            subject("chain of 7", kind, ok, seven),
            subject("chain of 8", kind, ok, eight),
            subject("Token with 8 keywords passed over", kind, ok, keywords),
        ]);
    }
    subjects.extend([
        subject("Session passed over", Kind::Nothing, StatusCode::OK, session),
        subject("Session passed over", Kind::ForeignCookie, StatusCode::OK, session),
        subject("Basic passed over", Kind::Nothing, StatusCode::OK, basic),
        subject("Basic passed over", Kind::Foreign, StatusCode::OK, basic),
        subject("RemoteUser passed over", Kind::Nothing, StatusCode::OK, remote_user),
        subject("a derived scheme passed over", Kind::Nothing, StatusCode::OK, key),
    ]);
    subjects
}
