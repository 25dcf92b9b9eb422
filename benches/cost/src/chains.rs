//! Chains of one to eight schemes that find nothing: what a scheme costs that is passed over.

use auth_runtime::authenticate;
use auth_runtime::permission::AllowAny;
use auth_runtime::scheme::{Basic, RemoteUser, Session, Token};
use axum::http::StatusCode;
use harness::Subject;

use crate::handlers::{HELLO, subject};
use crate::{App, Kind};

macro_rules! chain {
    ($name:ident: $($scheme:tt)*) => {
        #[authenticate($($scheme)*, state = App)]
        #[permit(AllowAny)]
        async fn $name() -> &'static str {
            HELLO
        }
    };
}

chain!(one: Token(keyword = "A"));
chain!(two: Token(keyword = "A"), Token(keyword = "B"));
chain!(three: Token(keyword = "A"), Token(keyword = "B"), Token(keyword = "C"));
chain!(four: Token(keyword = "A"), Token(keyword = "B"), Token(keyword = "C"), Token(keyword = "D"));
chain!(five: Token(keyword = "A"), Token(keyword = "B"), Token(keyword = "C"), Token(keyword = "D"), Token(keyword = "E"));
chain!(six: Token(keyword = "A"), Token(keyword = "B"), Token(keyword = "C"), Token(keyword = "D"), Token(keyword = "E"),
    Token(keyword = "F"));
chain!(seven: Token(keyword = "A"), Token(keyword = "B"), Token(keyword = "C"), Token(keyword = "D"), Token(keyword = "E"),
    Token(keyword = "F"), Token(keyword = "G"));
chain!(eight: Token(keyword = "A"), Token(keyword = "B"), Token(keyword = "C"), Token(keyword = "D"), Token(keyword = "E"),
    Token(keyword = "F"), Token(keyword = "G"), Token(keyword = "H"));

chain!(session: Session);
chain!(basic: Basic);
chain!(remote_user: RemoteUser(header = "X-Remote-User"));
chain!(mixed: Session, Token(keyword = "Bearer"), Basic, RemoteUser(header = "X-Remote-User"));

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
        ]);
    }
    subjects.extend([
        subject("Session passed over", Kind::Nothing, StatusCode::OK, session),
        subject("Session passed over", Kind::ForeignCookie, StatusCode::OK, session),
        subject("Basic passed over", Kind::Nothing, StatusCode::OK, basic),
        subject("Basic passed over", Kind::Foreign, StatusCode::OK, basic),
        subject("RemoteUser passed over", Kind::Nothing, StatusCode::OK, remote_user),
        subject("Session, Token, Basic, RemoteUser passed over", Kind::Nothing, StatusCode::OK, mixed),
    ]);
    subjects
}
