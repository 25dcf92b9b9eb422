//! Who listens hears what happened, to whom, and no secret.

use std::sync::{Arc, Mutex};

use auth_endpoints::durin::Durin;
use auth_runtime::event::Event;
use auth_runtime::store::{Client, ClientStore};
use axum::Router;
use serde_json::{Value, json};
use tests::{App, app_with, settings};

use super::{Api, Who, built, ids, log_in, router, sent, text};
use crate::support::from_peer;

/// What was heard: an event's name, and whether it tells of a user, a login, a token, and which client.
type Heard = (String, bool, bool, bool, Option<String>);

struct Listener {
    heard: Arc<Mutex<Vec<(Heard, String)>>>,
    router: Router,
}

impl Listener {
    async fn new() -> (App, Self) {
        let heard = Arc::new(Mutex::new(Vec::new()));
        let events = Arc::clone(&heard);
        let settings = settings().with_event_listener(move |event: &Event<'_>| {
            let known = (event.user.is_some(), event.login.is_some(), event.token.is_some());
            let client = event.client.map(str::to_owned);
            let short = (event.kind.to_string(), known.0, known.1, known.2, client);
            events.lock().unwrap().push((short, format!("{event:?}")));
        });
        let app = app_with(settings).await;
        let router = router(&app);
        (app, Self { heard, router })
    }

    /// Sends a request from a known address, and says what was heard, and what was answered.
    async fn hears(&self, who: &Who, method: &str, path: &str, body: impl Into<Option<Value>>) -> (Vec<Heard>, Value) {
        self.heard.lock().unwrap().clear();
        let request = built(who, method, path, body.into().as_ref());
        let answer = sent(&self.router, from_peer(request, "192.0.2.7")).await;
        let heard = std::mem::take(&mut *self.heard.lock().unwrap());
        for (_, event) in &heard {
            assert!(event.contains("192.0.2.7"), "{event}");
            for secret in ["auth_at_", "auth_pat_", "ada-login", "ada-token", "pw"] {
                assert!(!event.contains(secret), "{event}");
            }
        }
        (heard.into_iter().map(|(short, _)| short).collect(), answer.json())
    }
}

fn heard(kind: &str, user: bool, login: bool, token: bool, client: Option<&str>) -> Vec<Heard> {
    vec![(kind.to_owned(), user, login, token, client.map(str::to_owned))]
}

#[tokio::test]
async fn each_change_is_told_once() {
    let (app, listener) = Listener::new().await;
    app.backend().put_client(&Client::new("none").unwrap().with_max_logins(Some(0))).await.unwrap();
    let nobody = Who::NoUser;
    let login = |username: &str, password: &str, client: Option<&str>| {
        Some(json!({ "username": username, "password": password, "client": client }))
    };
    let (told, answer) = listener.hears(&nobody, "POST", "/auth/login/", login("ada", "pw", None)).await;
    assert_eq!(told, heard("logged_in", true, true, false, Some("default")));
    let token = Who::Token(text(&answer, "token"));
    let (told, _) = listener.hears(&nobody, "POST", "/auth/login/", login("ada", "x", None)).await;
    assert_eq!(told, heard("login_failed", true, false, false, None));
    let (told, _) = listener.hears(&nobody, "POST", "/auth/login/", login("nobody", "x", None)).await;
    assert_eq!(told, heard("login_failed", false, false, false, None));
    let (told, _) = listener.hears(&nobody, "POST", "/auth/login/", login("ada", "pw", Some("none"))).await;
    assert_eq!(told, heard("login_refused", true, false, false, Some("none")));
    let (told, _) = listener.hears(&nobody, "POST", "/auth/login/", login("ada", "pw", Some("unknown"))).await;
    assert_eq!(told, []);

    let (told, answer) = listener.hears(&token, "POST", "/auth/obtain/", None).await;
    assert_eq!(told, heard("logged_in", true, true, false, Some("default")));
    let obtained = Who::Token(text(&answer, "token"));
    let (told, answer) = listener.hears(&token, "POST", "/auth/renew/", None).await;
    assert_eq!(told, heard("token_renewed", true, true, true, None));
    let (told, _) = listener.hears(&token, "POST", "/auth/renew/", None).await;
    assert_eq!(told, heard("credentials_refused", false, false, false, None), "it was renewed before");
    let token = Who::Token(text(&answer, "token"));

    let (told, made) = listener.hears(&token, "POST", "/auth/tokens/", json!({ "name": "backup" })).await;
    assert_eq!(told, heard("token_created", true, false, true, None));
    let path = format!("/auth/tokens/{}/", text(&made, "id"));
    assert_eq!(listener.hears(&token, "PATCH", &path, json!({ "name": "b" })).await.0, []);
    assert_eq!(listener.hears(&token, "DELETE", &path, None).await.0, heard("token_revoked", true, false, true, None));
    assert_eq!(listener.hears(&token, "DELETE", &path, None).await.0, []);

    let id = ids(&listener.router, &obtained, "/auth/logins/").await.remove(0);
    let path = format!("/auth/logins/{id}/");
    assert_eq!(listener.hears(&token, "DELETE", &path, None).await.0, heard("login_revoked", true, true, false, None));
    assert_eq!(listener.hears(&token, "DELETE", &path, None).await.0, []);
    let (told, _) = listener.hears(&token, "POST", "/auth/logout/", None).await;
    assert_eq!(told, heard("logged_out", true, true, false, None));
    let (told, _) = listener.hears(&Who::Basic("ada"), "POST", "/auth/logout/all/", None).await;
    assert_eq!(told, heard("login_revoked", true, false, false, None));
    assert_eq!(listener.hears(&Who::Basic("ada"), "POST", "/auth/logout/all/", None).await.0, [], "there was none");
}

#[tokio::test]
async fn what_changes_nothing_is_told_to_nobody() {
    let (_, listener) = Listener::new().await;
    for path in ["/auth/logins/", "/auth/tokens/", "/auth/clients/"] {
        assert_eq!(listener.hears(&Who::browser("boss"), "GET", path, None).await.0, [], "{path}");
        assert_eq!(listener.hears(&Who::NoUser, "GET", path, None).await.0, [], "{path}");
    }
    assert_eq!(listener.hears(&Who::personal("ada"), "POST", "/auth/tokens/", json!({ "name": "b" })).await.0, []);
}

#[tokio::test]
async fn a_closed_name_is_told() {
    let (_, listener) = Listener::new().await;
    let body = json!({ "username": "ada", "password": "wrong" });
    for _ in 0..10 {
        let (told, _) = listener.hears(&Who::NoUser, "POST", "/auth/login/", body.clone()).await;
        assert_eq!(told, heard("login_failed", true, false, false, None));
    }
    let (told, _) = listener.hears(&Who::NoUser, "POST", "/auth/login/", body).await;
    assert_eq!(told, heard("login_throttled", false, false, false, None));
}

#[tokio::test]
async fn a_refreshed_token_is_told_of_as_a_renewed_one() {
    let (app, mut listener) = Listener::new().await;
    let token = log_in(&listener.router, "ada", None).await;
    listener.router = Durin::new().endpoints::<Api>().with_state(app.clone());
    let (told, _) = listener.hears(&token, "POST", "/refresh/", None).await;
    assert_eq!(told, heard("token_renewed", true, true, true, None));
    let (told, _) = listener.hears(&token, "POST", "/logoutall/", None).await;
    let both = [heard("login_revoked", true, false, false, None), heard("token_revoked", true, false, false, None)];
    assert_eq!(told, both.concat());
}
