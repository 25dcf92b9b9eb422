//! One rule for names at every door.

use std::time::Duration;

use auth_endpoints::durin::Durin;
use auth_endpoints::knox::Knox;
use auth_runtime::permission::IsAuthenticated;
use auth_runtime::scheme::{Basic, GatewayUser, RemoteUser, Token};
use auth_runtime::store::{AccountStore, Client, ClientStore, NewAccount};
use auth_runtime::views::{login_pages, obtain_token};
use auth_runtime::{AllowAnonymous, Policy, authenticate};
use auth_store::Account;
use axum::Router;
use axum::body::Body;
use axum::http::Request;
use axum::routing::get;
use serde_json::json;
use tests::{Answer, App, app, request, request_with, send};

use crate::support::{basic, cookie_set};

#[authenticate(Basic, RemoteUser)]
async fn me(#[user] me: Account) -> String {
    me.username
}

#[derive(Policy)]
#[policy(chain(Token), permit(IsAuthenticated))]
struct ByToken;

#[derive(Policy)]
#[policy(chain(Basic), permit(IsAuthenticated))]
struct ByPassword;

fn router(app: &App) -> Router {
    Router::new()
        .route("/me", get(me))
        .route("/api-token-auth/", obtain_token::<App, AllowAnonymous>())
        .nest("/auth", login_pages())
        .nest("/api/auth", auth_endpoints::endpoints::<App, ByToken>())
        .nest("/knox", Knox::<App>::new().endpoints::<ByPassword, ByToken>())
        .nest("/durin", Durin::<App>::new().endpoints::<ByToken>())
        .nest("/admin", auth_admin::pages())
        .with_state(app.clone())
}

/// Where a name comes in, beside a password or for itself.
#[derive(Debug, Clone, Copy)]
enum Door {
    Page,
    AdminPage,
    TokenForm,
    TokenJson,
    Json,
    BasicHeader,
    KnoxLogin,
    DurinLogin,
    Gateway,
}

use Door::{AdminPage, BasicHeader, DurinLogin, Gateway, Json, KnoxLogin, Page, TokenForm, TokenJson};

const DOORS: [Door; 9] = [Page, AdminPage, TokenForm, TokenJson, Json, BasicHeader, KnoxLogin, DurinLogin, Gateway];

impl Door {
    fn knock(self, name: &str, password: &str) -> Request<Body> {
        let form = |path: &str, fields: &[(&str, &str)]| {
            let fields = url_encoded(fields);
            let headers = [("content-type", "application/x-www-form-urlencoded"), ("origin", "http://testserver")];
            request_with("POST", path, &headers, &fields)
        };
        let fields = [("username", name), ("password", password)];
        let json = |path: &str| {
            let body = json!({ "username": name, "password": password, "client": "phone" }).to_string();
            request_with("POST", path, &[("content-type", "application/json")], &body)
        };
        match self {
            Page => form("/auth/login/", &fields),
            AdminPage => form("/admin/sign-in", &fields),
            TokenForm => form("/api-token-auth/", &fields),
            TokenJson => json("/api-token-auth/"),
            Json => json("/api/auth/login/"),
            BasicHeader => request("GET", "/me", &[("authorization", &basic(name, password))]),
            KnoxLogin => request("POST", "/knox/login/", &[("authorization", &basic(name, password))]),
            DurinLogin => json("/durin/login/"),
            Gateway => {
                let mut request = request("GET", "/me", &[]);
                request.extensions_mut().insert(GatewayUser(name.to_owned()));
                request
            }
        }
    }

    /// Whether this answer let somebody in. No other one may be a fault of the server's.
    #[track_caller]
    fn let_in(self, answer: &Answer) -> bool {
        let (status, refused): (u16, &[u16]) = match self {
            Page => (303, &[200]),
            AdminPage => (303, &[422]),
            TokenForm | TokenJson | DurinLogin => (200, &[400]),
            Json | BasicHeader | KnoxLogin | Gateway => (200, &[401]),
        };
        let is_in = answer.status == status;
        assert!(is_in || refused.contains(&answer.status.as_u16()), "{self:?}: {answer:?}");
        if matches!(self, Page | AdminPage) {
            assert_eq!(cookie_set(answer, "sessionid").is_some_and(|cookie| !cookie.is_empty()), is_in, "{self:?}");
        }
        is_in
    }
}

fn url_encoded(fields: &[(&str, &str)]) -> String {
    let escaped = |text: &str| text.bytes().fold(String::new(), |text, byte| text + &format!("%{byte:02X}"));
    fields.iter().map(|(name, value)| format!("{name}={}", escaped(value))).collect::<Vec<_>>().join("&")
}

/// The application with one more account of the staff.
async fn app_of(account: NewAccount) -> (App, Router) {
    let app = app().await;
    let hash = app.passwords().hash("pw").await.unwrap();
    app.backend().create_account(&account.with_password_hash(hash).staff(true)).await.unwrap().unwrap();
    app.backend().put_client(&Client::new("phone").unwrap()).await.unwrap();
    let router = router(&app);
    (app, router)
}

#[tokio::test]
async fn every_door_takes_a_name_in_every_form() {
    let (app, router) = app_of(NewAccount::new("Müller")).await;
    for door in DOORS {
        // The failures at the doors before are forgotten.
        app.settings().clock().advance(Duration::from_secs(3600));
        for name in ["Müller", "Müller ", "\u{2003}Müller\u{a0}", "Mu\u{308}ller", "Ｍüller", "Mu\u{308}ller\u{3000}"]
        {
            let answer = send(&router, door.knock(name, "pw")).await;
            assert!(door.let_in(&answer), "{door:?} {name:?}: {answer:?}");
            if matches!(door, BasicHeader | Gateway) {
                assert_eq!(answer.body, "Müller", "{door:?} {name:?}");
            }
        }
        for other in ["müller", "MÜLLER", "Muller", "Müller\u{200b}", "M üller", "Mü\u{308}ller"] {
            let answer = send(&router, door.knock(other, "pw")).await;
            assert!(!door.let_in(&answer), "{door:?} {other:?}: {answer:?}");
        }
    }
}

#[tokio::test]
async fn a_name_that_cannot_be_is_nobody_s_and_asks_no_store() {
    let (app, router) = app_of(NewAccount::new("Müller")).await;
    let long = "a".repeat(1025);
    for door in DOORS {
        // The other doors ask the store for a client.
        let asks_nothing_else = !matches!(door, Json | KnoxLogin | DurinLogin);
        app.backend().set_down(asks_nothing_else);
        for name in ["a\0da", "ada\0", "a\u{1b}da", "a\u{7f}da", "a\nda", "a\u{2028}da", "\u{200b}", long.as_str()] {
            // The failures before are forgotten.
            app.settings().clock().advance(Duration::from_secs(3600));
            let answer = send(&router, door.knock(name, "pw")).await;
            assert!(!door.let_in(&answer), "{door:?} {name:?}: {answer:?}");
        }
        let answer = send(&router, door.knock("Müller", "pw")).await;
        assert!(if asks_nothing_else { answer.status == 503 } else { door.let_in(&answer) }, "{door:?}: {answer:?}");
    }
}

#[tokio::test]
async fn failures_count_for_a_name_in_whatever_form() {
    let forms = ["Müller", "MÜLLER", "Mu\u{308}ller ", "ｍüller", "Müller\u{200b}", "\u{feff}müLLer"];
    for door in [Page, AdminPage, TokenForm, Json, DurinLogin] {
        let (_, router) = app_of(NewAccount::new("Müller")).await;
        for attempt in 0..10 {
            let answer = send(&router, door.knock(forms[attempt % forms.len()], "wrong")).await;
            assert!(!door.let_in(&answer), "{door:?}");
        }
        for name in forms {
            assert_eq!(send(&router, door.knock(name, "pw")).await.status, 429, "{door:?} {name:?}");
        }
        assert!(door.let_in(&send(&router, door.knock("boss", "pw")).await), "{door:?}");
    }
}

#[tokio::test]
async fn imported_accounts_log_in_by_the_very_names_that_they_have() {
    for stored in ["Mu\u{308}ller", "Müller ", "Ｍüller", "Müller\u{200b}"] {
        let (app, router) = app_of(NewAccount::imported(stored)).await;
        for door in DOORS {
            let answer = send(&router, door.knock(stored, "pw")).await;
            assert!(door.let_in(&answer), "{door:?} {stored:?}: {answer:?}");
        }
        // Another account takes the normalized name for itself; the exact one stays where it is.
        let hash = app.passwords().hash("other").await.unwrap();
        let other = NewAccount::imported("Müller").with_password_hash(hash).staff(true);
        app.backend().create_account(&other).await.unwrap().unwrap();
        for door in [Page, AdminPage, TokenJson, Json, BasicHeader, KnoxLogin, DurinLogin] {
            for (name, password) in [(stored, "pw"), ("Müller", "other"), (" Müller", "other")] {
                let answer = send(&router, door.knock(name, password)).await;
                assert!(door.let_in(&answer), "{door:?} {name:?} {password}: {answer:?}");
            }
            let answer = send(&router, door.knock("Müller", "pw")).await;
            assert!(!door.let_in(&answer), "{door:?} {stored:?}");
        }
    }
}
