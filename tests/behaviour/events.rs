//! Events: refused credentials of every scheme, and every change of an account.

use auth_keys::{MemoryKeys, Service};
use auth_runtime::event::EventKind;
use auth_runtime::permission::{IsAuthenticated, IsStaff};
use auth_runtime::scheme::{Basic, Session, Token};
use auth_runtime::store::{AccountStore, Keep, NameRejection, NewAccount, StoreError};
use auth_runtime::testing::{RecordedEvent, RecordedEvents};
use auth_runtime::{Accounts, AuthContext, Authenticator, Settings, authenticate};
use auth_signatures::{CavageSignature, Hawk, HttpSignature, SignatureLayer};
use auth_store::{Account, MemoryStore};
use axum::Router;
use axum::routing::get as on_get;
use tests::{App, account, app_with, request, send, settings};

use crate::support::{basic, from_peer};

const PEER: &str = "203.0.113.7";

#[derive(Debug, Authenticator)]
#[authenticator(header = "X-Api-Key", verify = find_partner, state = App)]
struct PartnerKey;

async fn find_partner(key: &str, app: &App) -> Result<Option<Account>, StoreError> {
    if key == "right" { app.backend().account("ada").await } else { Ok(None) }
}

#[authenticate(Token, Session, Basic, PartnerKey, state = App)]
#[permit(IsAuthenticated)]
async fn me() {}

#[authenticate(Token)]
#[permit(IsStaff)]
#[throttle(user = "1/hour")]
async fn staff() {}

type Partners = AuthContext<MemoryKeys<Service>>;

#[authenticate(HttpSignature, Hawk, state = Partners)]
#[permit(IsAuthenticated)]
async fn signed() {}

#[authenticate(CavageSignature, state = Partners)]
#[permit(IsAuthenticated)]
async fn drafted() {}

fn told(events: &RecordedEvents) -> Vec<(EventKind, Option<String>, Option<String>)> {
    events.take().into_iter().map(|event| (event.kind, event.scheme, event.reason)).collect()
}

#[tokio::test]
async fn refused_credentials_are_told_with_scheme_address_and_reason() {
    let events = RecordedEvents::default();
    let listening = |settings: Settings| settings.with_event_listener(events.clone());
    let app = app_with(listening(settings())).await;
    let partners = Partners::with_settings(MemoryKeys::new(), listening(settings()));
    let router = Router::new().route("/me", on_get(me)).route("/staff", on_get(staff)).with_state(app.clone());
    let signed = Router::new().route("/signed", on_get(signed)).route("/drafted", on_get(drafted));
    let router = router.merge(signed.with_state(partners).layer(SignatureLayer::new()));
    let (wrong, unknown) = (basic("boss", "typed-password"), basic("typed-name", "typed-password"));
    let message = "sig1=(\"@method\");keyid=\"typed-key\";alg=\"ed25519\";created=1800000000";
    let cavage = "Signature keyId=\"typed-key\",algorithm=\"hmac-sha256\",signature=\"AAAA\"";
    let hawk = "Hawk id=\"typed-key\", ts=\"1800000000\", nonce=\"n\", mac=\"AAAA\"";
    for (path, headers, scheme) in [
        ("/me", vec![("authorization", "Token typed-token")], "Token"),
        ("/me", vec![("authorization", "Token typed-token typed-token")], "Token"),
        ("/me", vec![("authorization", "Token")], "Token"),
        ("/me", vec![("authorization", wrong.as_str())], "Basic"),
        ("/me", vec![("authorization", unknown.as_str())], "Basic"),
        ("/me", vec![("authorization", "Basic typed-word")], "Basic"),
        ("/me", vec![("x-api-key", "typed-key")], "PartnerKey"),
        ("/staff", vec![("authorization", "Token typed-token")], "Token"),
        ("/signed", vec![("signature-input", message), ("signature", "sig1=:AAAA:")], "HttpSignature"),
        ("/signed", vec![("signature-input", "typed"), ("signature", "typed")], "HttpSignature"),
        ("/drafted", vec![("authorization", cavage)], "CavageSignature"),
        ("/signed", vec![("authorization", hawk)], "Hawk"),
        ("/signed", vec![("authorization", "Hawk typed")], "Hawk"),
    ] {
        events.take();
        let answer = send(&router, from_peer(request("GET", path, &headers), PEER)).await;
        assert!([401, 403].contains(&answer.status.as_u16()), "{headers:?}: {answer:?}");
        let all: Vec<RecordedEvent> = events.of_kind(EventKind::CredentialsRefused);
        let [refused] = all.as_slice() else { panic!("{headers:?}: {all:?}") };
        assert_eq!(refused.scheme.as_deref(), Some(scheme), "{headers:?}");
        assert_eq!(refused.address, Some(PEER.parse().unwrap()), "{headers:?}");
        assert!(refused.reason.as_ref().is_some_and(|reason| !reason.is_empty()), "{headers:?}");
        let said = format!("{:?}", events.all());
        assert!(!said.contains("typed"), "{headers:?}: {said}");
        let others = events.take().into_iter().filter(|event| event.kind != EventKind::CredentialsRefused);
        let wanted = usize::from(scheme == "Basic" && answer.detail() == "Invalid username/password.");
        assert_eq!(others.count(), wanted, "{headers:?}: a wrong password is a failed login besides");
    }
}

#[tokio::test]
async fn what_is_no_refusal_of_credentials_is_not_told_as_one() {
    let events = RecordedEvents::default();
    let app = app_with(settings().with_event_listener(events.clone())).await;
    let router = Router::new().route("/me", on_get(me)).route("/staff", on_get(staff)).with_state(app.clone());
    for (path, header, value, status) in [
        ("/me", "authorization", "Token ada-token", 200),
        ("/me", "authorization", basic("ada", "pw").as_str(), 200),
        ("/me", "x-api-key", "right", 200),
        ("/me", "cookie", "sessionid=wrong", 401),
        ("/me", "x", "y", 401),
        ("/staff", "x", "y", 401),
        ("/staff", "authorization", "Token ada-token", 403),
        ("/staff", "authorization", "Token boss-token", 200),
        ("/staff", "authorization", "Token boss-token", 429),
    ] {
        let answer = send(&router, request("GET", path, &[(header, value)])).await;
        assert_eq!(answer.status, status, "{path} {header}: {value}");
        assert_eq!(told(&events), [], "{path} {header}: {value}");
    }
    app.backend().set_down(true);
    let answer = send(&router, request("GET", "/me", &[("authorization", "Token ada-token")])).await;
    assert_eq!((answer.status.as_u16(), told(&events)), (503, vec![]));
}

#[tokio::test]
async fn every_change_of_an_account_is_told() {
    let events = RecordedEvents::default();
    let app = AuthContext::with_settings(MemoryStore::new(), settings().with_event_listener(events.clone()));
    let (request, _) = from_peer(request("POST", "/", &[]), PEER).into_parts();
    let accounts = Accounts::of(&app).changed_by("42", Some("Session")).asked_by(&request);
    let change = |kind: EventKind, reason: Option<&str>| (kind, Some("Session".to_owned()), reason.map(str::to_owned));

    let ada = accounts.create(&NewAccount::new("ada")).await.unwrap().unwrap();
    let created = events.last().unwrap();
    assert_eq!((created.user, created.operator), (Some(ada.id.to_string()), Some("42".to_owned())));
    assert_eq!((created.address, created.at), (Some(PEER.parse().unwrap()), app.settings().clock().now()));
    assert_eq!(told(&events), [change(EventKind::AccountCreated, None)]);
    assert_eq!(accounts.create(&NewAccount::new("ada")).await.unwrap(), Err(NameRejection::Taken));
    assert_eq!(told(&events), [], "a name that is taken makes no account");

    let hash = app.passwords().hash("pw").await.unwrap();
    for (hash, keep, wanted) in [
        (
            Some(hash.as_str()),
            Keep::default(),
            vec![
                change(EventKind::PasswordChanged, None),
                change(EventKind::LoginRevoked, Some("password_changed")),
                change(EventKind::TokenRevoked, Some("password_changed")),
            ],
        ),
        (
            None,
            Keep { login: None, personal_tokens: true },
            vec![
                change(EventKind::PasswordChanged, Some("removed")),
                change(EventKind::LoginRevoked, Some("password_changed")),
            ],
        ),
    ] {
        assert!(accounts.set_password_hash("ada", hash, keep).await.unwrap());
        assert_eq!(told(&events), wanted);
    }
    for (is_staff, reason) in [(true, "staff"), (false, "not_staff")] {
        assert!(accounts.set_staff("ada", is_staff).await.unwrap());
        assert_eq!(account(&app, "ada").await.is_staff, is_staff);
        assert_eq!(told(&events), [change(EventKind::StaffChanged, Some(reason))]);
    }
    assert!(accounts.set_active("ada", false).await.unwrap());
    let disabled = [
        change(EventKind::AccountDisabled, None),
        change(EventKind::LoginRevoked, Some("account_disabled")),
        change(EventKind::TokenRevoked, Some("account_disabled")),
    ];
    assert_eq!(told(&events), disabled);
    assert!(accounts.set_active("ada", true).await.unwrap());
    assert_eq!(told(&events), [change(EventKind::AccountEnabled, None)]);
    assert!(accounts.delete("ada").await.unwrap());
    let deleted = events.last().unwrap();
    assert_eq!(deleted.user, Some(ada.id.to_string()));
    assert_eq!(told(&events), [change(EventKind::AccountDeleted, None)]);

    assert!(!accounts.delete("ada").await.unwrap());
    assert!(!accounts.set_active("ada", false).await.unwrap());
    assert!(!accounts.set_staff("ada", true).await.unwrap());
    assert!(!accounts.set_password_hash("ada", None, Keep::default()).await.unwrap());
    assert_eq!(told(&events), [], "there is no such account");

    app.backend().set_down(true);
    accounts.create(&NewAccount::new("grace")).await.unwrap_err();
    assert_eq!(told(&events), [], "what did not happen is not told");
}
