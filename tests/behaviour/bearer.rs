//! `Bearer` is `Token` under another keyword and another name.

use auth_runtime::audit::{Routes, get as on_get};
use auth_runtime::permission::IsAuthenticated;
use auth_runtime::scheme::{Basic, Bearer, Session, Token};
use auth_runtime::{CredentialSource, Identity, authenticate};
use auth_store::Account;
use axum::Router;
use tests::{app, get};

use crate::support::{basic, refusal};

#[authenticate(Bearer, Session)]
async fn bearer(#[user] who: Identity<Account>) -> String {
    format!("{:?} by {:?}", who.user().map(|me| me.username.clone()), who.scheme())
}

#[authenticate(Bearer(keyword = "Api"), Basic)]
#[permit(IsAuthenticated)]
async fn renamed() {}

#[authenticate(Token, Bearer)]
async fn both(#[user] who: Identity<Account>) -> String {
    format!("{:?}", who.scheme())
}

fn routes() -> Routes<tests::App> {
    Routes::new().route("/bearer", on_get(bearer)).route("/renamed", on_get(renamed)).route("/both", on_get(both))
}

async fn router() -> Router {
    routes().into_router().with_state(app().await)
}

#[tokio::test]
async fn bearer_takes_tokens_under_its_keyword() {
    let router = router().await;
    for header in ["Bearer ada-token", "bearer ada-token"] {
        let answer = get(&router, "/bearer", &[("authorization", header)]).await;
        assert_eq!(
            (answer.status.as_u16(), answer.body.as_str()),
            (200, r#"Some("ada") by Some("Bearer")"#),
            "{header}"
        );
    }
    let anonymous = get(&router, "/bearer", &[("authorization", "Token ada-token")]).await;
    assert_eq!(anonymous.body, "None by None", "another keyword is not its own");
    assert_eq!(get(&router, "/renamed", &[("authorization", "Api ada-token")]).await.status, 200);
    assert_eq!(get(&router, "/renamed", &[("authorization", &basic("ada", "pw"))]).await.status, 200);
    assert_eq!(get(&router, "/renamed", &[("authorization", "Bearer ada-token")]).await.status, 401);
    for (keyword, name) in [("Token", r#"Some("Token")"#), ("Bearer", r#"Some("Bearer")"#)] {
        let answer = get(&router, "/both", &[("authorization", &format!("{keyword} ada-token"))]).await;
        assert_eq!(answer.body, name);
    }
}

#[tokio::test]
async fn bearer_refuses_in_the_words_of_token() {
    #[authenticate(Token(keyword = "Bearer"), Session)]
    async fn token(#[user] _who: Identity<Account>) {}

    let bearer = router().await;
    let token = Router::new().route("/bearer", axum::routing::get(token)).with_state(app().await);
    for credentials in ["Bearer", "Bearer ", "Bearer wrong", "Bearer two words", "bearer wrong"] {
        let headers = [("authorization", credentials)];
        let (answer, expected) = (get(&bearer, "/bearer", &headers).await, get(&token, "/bearer", &headers).await);
        assert_eq!(refusal(&answer), (401, "authentication_failed".to_owned()), "{credentials}");
        assert_eq!(answer.body, expected.body, "{credentials}");
        assert_eq!(answer.header("www-authenticate"), Some("Bearer"), "{credentials}");
    }
}

#[test]
fn documents_show_bearer_as_it_was_written() {
    let audit = routes().audit();
    let row = audit.rows().iter().find(|row| row.path == "/bearer").unwrap();
    let scheme = row.declaration.unwrap().schemes[0];
    assert_eq!((scheme.text, scheme.claim), ("Bearer", CredentialSource::Authorization("Bearer")));
}
