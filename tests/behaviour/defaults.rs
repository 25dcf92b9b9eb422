//! Chain, permission and throttles of a state's default policy hold independently of each other.

use std::borrow::Cow;
use std::sync::Arc;

use auth_runtime::audit::{Routes, get as on_get};
use auth_runtime::permission::{Access, AllowAny, IsAuthenticated, IsStaff, Permission};
use auth_runtime::scheme::{Basic, Session, Token};
use auth_runtime::{
    AllowAnonymous, AuthError, Authenticator, CurrentUser, NoDefaultPolicy, Outcome, Policy, Scheme, SchemeResult,
    User, authenticate, handlers, http,
};
use auth_store::Account;
use axum::Router;
use axum::extract::State;
use axum::routing::get as on_plain_get;
use tests::{app, get};

use crate::support::{basic, state_with_default};

/// Staff alone, and two requests a minute.
#[derive(Policy)]
#[policy(chain(Token), permit(IsStaff), throttle(user = "2/minute", anon = "2/minute"))]
struct Strict;

state_with_default!(Own, Strict);

#[derive(Policy)]
#[policy(chain(Session, Basic))]
struct ChainAlone;

#[derive(Policy)]
#[policy(chain(Basic), permit(IsAuthenticated))]
struct OwnPermission;

#[derive(Policy)]
#[policy(chain(Basic), throttle(none))]
struct OwnThrottle;

#[derive(Policy)]
#[policy(chain(Basic), permit(IsAuthenticated), throttle(none), state = Own)]
struct OwnRules;

#[authenticate]
async fn bare(#[user] _me: Account) {}

#[authenticate(Basic)]
async fn chain(#[user] _me: Account) {}

#[authenticate(Basic, state = Own)]
async fn chain_of_a_known_state(#[user] _me: Account) {}

#[authenticate(Session, Token, Token(keyword = "Bearer"))]
async fn chain_with_a_scheme_twice(#[user] _me: Account) {}

#[authenticate(Basic)]
async fn optional(#[user] _me: Option<Account>) {}

#[authenticate(Basic)]
#[permit(IsAuthenticated)]
async fn permission() {}

#[authenticate(Basic)]
#[permit(AllowAny)]
async fn opted_out() {}

#[authenticate(Basic)]
#[throttle(user = "3/minute")]
async fn throttle(#[user] _me: Account) {}

#[authenticate(Basic)]
#[throttle(none)]
async fn throttle_none(#[user] _me: Account) {}

#[authenticate(Basic)]
#[permit(IsAuthenticated)]
#[throttle(none)]
async fn both() {}

#[authenticate]
#[throttle(none)]
async fn bare_throttle_none(#[user] _me: Account) {}

#[authenticate(none)]
#[permit(AllowAny)]
async fn none() {}

#[authenticate(none)]
#[permit(AllowAny)]
#[throttle(none)]
async fn none_unlimited() {}

#[authenticate(policy = ChainAlone)]
async fn named(#[user] _me: Account) {}

#[authenticate(policy = OwnPermission)]
async fn named_permission(#[user] _me: Account) {}

#[authenticate(policy = OwnThrottle)]
async fn named_throttle(#[user] _me: Account) {}

#[authenticate(policy = OwnRules)]
async fn named_rules(#[user] _me: Account) {}

#[authenticate(policy = ChainAlone)]
#[permit(IsAuthenticated)]
#[throttle(none)]
async fn named_and_stated() {}

#[authenticate(policy = AllowAnonymous)]
#[permit(AllowAny)]
async fn ignored() {}

/// Somebody who is no account.
#[derive(Clone)]
struct Partner;

impl User for Partner {
    fn id(&self) -> Cow<'_, str> {
        "partner".into()
    }
}

#[derive(Authenticator)]
struct PartnerKey;

impl<S: Sync> Scheme<S> for PartnerKey {
    type User = Partner;

    async fn authenticate(&self, request: &http::request::Parts, _: &S) -> SchemeResult<Partner> {
        let key = request.headers.get("x-key").is_some();
        Ok(if key { Outcome::Authenticated(Partner, ()) } else { Outcome::Skipped })
    }
}

#[authenticate(PartnerKey)]
async fn another_user(#[user] _who: Partner) {}

#[authenticate(PartnerKey)]
#[permit(IsAuthenticated)]
async fn another_user_with_a_permission() {}

struct Notes;

#[handlers]
impl Notes {
    #[authenticate(Basic)]
    async fn list(#[user] _me: Account) {}
}

fn routes() -> Routes<Own> {
    Routes::new()
        .route("/bare", on_get(bare))
        .route("/chain", on_get(chain))
        .route("/chain-of-a-known-state", on_get(chain_of_a_known_state))
        .route("/chain-with-a-scheme-twice", on_get(chain_with_a_scheme_twice))
        .route("/optional", on_get(optional))
        .route("/permission", on_get(permission))
        .route("/opted-out", on_get(opted_out))
        .route("/throttle", on_get(throttle))
        .route("/throttle-none", on_get(throttle_none))
        .route("/both", on_get(both))
        .route("/bare-throttle-none", on_get(bare_throttle_none))
        .route("/none", on_get(none))
        .route("/none-unlimited", on_get(none_unlimited))
        .route("/named", on_get(named))
        .route("/named-permission", on_get(named_permission))
        .route("/named-throttle", on_get(named_throttle))
        .route("/named-rules", on_get(named_rules))
        .route("/named-and-stated", on_get(named_and_stated))
        .route("/ignored", on_get(ignored))
        .route("/another-user", on_get(another_user))
        .route("/another-user-with-a-permission", on_get(another_user_with_a_permission))
        .route("/notes", on_get(Notes::list))
}

/// Which rules a handler has: for each, those of the default or its own.
const RULES: [(&str, &str, &str); 22] = [
    ("/bare", "IsStaff", DEFAULT),
    ("/chain", "IsStaff", DEFAULT),
    ("/chain-of-a-known-state", "IsStaff", DEFAULT),
    ("/chain-with-a-scheme-twice", "IsStaff", DEFAULT),
    ("/optional", "IsStaff", DEFAULT),
    ("/permission", "IsAuthenticated", DEFAULT),
    ("/opted-out", "AllowAny", DEFAULT),
    ("/throttle", "IsStaff", "user = \"3/minute\""),
    ("/throttle-none", "IsStaff", "none"),
    ("/both", "IsAuthenticated", "none"),
    ("/bare-throttle-none", "IsStaff", "none"),
    ("/none", "AllowAny", DEFAULT),
    ("/none-unlimited", "AllowAny", "none"),
    ("/named", "IsStaff", DEFAULT),
    ("/named-permission", "IsAuthenticated", DEFAULT),
    ("/named-throttle", "IsStaff", "none"),
    ("/named-rules", "IsAuthenticated", "none"),
    ("/named-and-stated", "IsAuthenticated", "none"),
    ("/ignored", "AllowAny", UNTHROTTLED),
    ("/another-user", "IsStaff", DEFAULT),
    ("/another-user-with-a-permission", "IsAuthenticated", DEFAULT),
    ("/notes", "IsStaff", DEFAULT),
];
/// Of a policy that is written by hand, which states all of its rules and has no text for these.
const UNTHROTTLED: &str = "";
const DEFAULT: &str = "user = \"2/minute\", anon = \"2/minute\"";

#[tokio::test]
async fn the_audit_shows_the_rules_that_hold() {
    let audit = routes().audit();
    for (path, permit, throttle) in RULES {
        let row = audit.rows().iter().find(|row| row.path == path).unwrap();
        let declared = row.declaration.unwrap();
        let throttle = Some(throttle).filter(|throttle| *throttle != UNTHROTTLED);
        assert_eq!((declared.permit, declared.throttle), (Some(permit), throttle), "{path}");
    }
    assert_eq!(audit.rows().len(), RULES.len());
}

async fn router() -> Router {
    routes().into_router().with_state(Own(app().await))
}

/// The status for this caller, who comes by the scheme of the path.
async fn status(router: &Router, path: &str, name: Option<&str>) -> u16 {
    let takes_tokens = path.contains("bare") || path.contains("twice");
    let authorization = name.map(|name| if takes_tokens { format!("Token {name}-token") } else { basic(name, "pw") });
    let headers: Vec<_> = authorization.iter().map(|value| ("authorization", value.as_str())).collect();
    get(router, path, &headers).await.status.as_u16()
}

#[tokio::test]
async fn a_default_permission_holds_until_a_handler_or_its_policy_states_one() {
    for (path, permit, _) in RULES.into_iter().filter(|(path, ..)| !path.contains("another-user")) {
        let anonymous = if path.starts_with("/named-and") || path == "/named" { 403 } else { 401 };
        let session_first = path == "/chain-with-a-scheme-twice";
        let (nobody, ada) = match permit {
            "AllowAny" => (200, 200),
            "IsAuthenticated" => (anonymous, 200),
            _ => (if session_first { 403 } else { anonymous }, 403),
        };
        // Each with counters of its own.
        for (name, wanted) in [(None, nobody), (Some("ada"), ada), (Some("boss"), 200)] {
            assert_eq!(status(&router().await, path, name).await, wanted, "{path}: {name:?}");
        }
    }
}

#[tokio::test]
async fn default_throttles_hold_until_a_handler_or_its_policy_states_some() {
    for (path, _, throttle) in RULES.into_iter().filter(|(path, ..)| !path.contains("another-user")) {
        let router = router().await;
        let allowed = match throttle {
            DEFAULT => 2,
            "none" | UNTHROTTLED => 5,
            _ => 3,
        };
        let mut wanted = [429; 5];
        wanted[..allowed].fill(200);
        let mut seen = [0; 5];
        for seen in &mut seen {
            *seen = status(&router, path, Some("boss")).await;
        }
        assert_eq!(seen, wanted, "{path}");
    }
}

#[tokio::test]
async fn default_rules_hold_for_another_user_that_they_fit() {
    let router = router().await;
    let key = [("x-key", "k")];
    assert_eq!(get(&router, "/another-user", &key).await.status, 403, "partners are not staff");
    for wanted in [200, 200, 429] {
        assert_eq!(get(&router, "/another-user-with-a-permission", &key).await.status, wanted);
    }
}

/// A default throttle by the client of a login.
#[derive(Policy)]
#[policy(chain(Token), throttle(client = "2/minute"))]
struct ByClient;

state_with_default!(Counted, ByClient);

#[tokio::test]
async fn a_default_throttle_by_client_knows_the_client_of_each_chain() {
    #[authenticate(Session)]
    async fn login(#[user] _me: Account) {}

    #[authenticate(Session, Basic)]
    async fn login_or_password(#[user] _me: Account) {}

    let router = Router::new()
        .route("/login", on_plain_get(login))
        .route("/login-or-password", on_plain_get(login_or_password))
        .with_state(Counted(app().await));
    let cookie = [("cookie", "sessionid=ada-login")];
    for (path, wanted) in [("/login", 200), ("/login-or-password", 200), ("/login", 429), ("/login-or-password", 429)] {
        assert_eq!(get(&router, path, &cookie).await.status, wanted, "{path}");
    }
    let password = basic("ada", "pw");
    for _ in 0..3 {
        let answer = get(&router, "/login-or-password", &[("authorization", &password)]).await;
        assert_eq!(answer.status, 200, "Basic has no client");
    }
}

/// A permission for one state and one user.
struct IsBoss;

impl Permission<Own, Account> for IsBoss {
    async fn has_permission(&self, access: &Access<'_, Own, Account>) -> Result<(), AuthError> {
        let is_boss = access.identity.user().is_some_and(|user| user.username == "boss");
        if is_boss { Ok(()) } else { Err(AuthError::permission_denied()) }
    }
}

#[authenticate(Basic)]
#[permit(IsBoss)]
async fn boss() {}

#[tokio::test]
async fn a_state_in_an_arc_is_the_state_with_its_defaults() {
    #[authenticate]
    async fn bare(#[user] _me: Account, State(_): State<Arc<Own>>) {}

    #[authenticate(Basic)]
    async fn chain(#[user] _me: Account, State(_): State<Arc<Own>>) {}

    #[authenticate(Basic)]
    #[permit(AllowAny)]
    #[throttle(none)]
    async fn stated(#[user] _me: Account) {}

    async fn current(CurrentUser(_me): CurrentUser<Account>) {}

    let router = Router::new()
        .route("/bare", on_plain_get(bare))
        .route("/chain", on_plain_get(chain))
        .route("/stated", on_plain_get(stated))
        .route("/current-bare", on_plain_get(current))
        .with_state(Arc::new(Own(app().await)));
    for path in ["/bare", "/chain", "/current-bare"] {
        assert_eq!(status(&router, path, None).await, 401, "{path}: nobody");
        assert_eq!(status(&router, path, Some("ada")).await, 403, "{path}: ada");
    }
    let mut seen = Vec::new();
    for path in ["/bare", "/chain", "/current-bare", "/stated", "/stated"] {
        seen.push(status(&router, path, Some("boss")).await);
    }
    assert_eq!(seen, [200, 200, 429, 200, 200], "the count is one for all");
    let router = Router::new().route("/", on_plain_get(boss)).with_state(Own(app().await));
    assert_eq!(status(&router, "/", Some("boss")).await, 200);
}

#[tokio::test]
async fn a_state_without_defaults_in_an_arc_has_none_either() {
    state_with_default!(Plain, NoDefaultPolicy);

    let router = Router::new().route("/", on_plain_get(optional)).with_state(Arc::new(Arc::new(Plain(app().await))));
    for _ in 0..5 {
        assert_eq!(status(&router, "/", None).await, 200);
    }
}
