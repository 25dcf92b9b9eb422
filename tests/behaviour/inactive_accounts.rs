//! No scheme lets a disabled account in, built in or custom: one place checks, behind every chain and policy.

use std::borrow::Cow;

use auth_runtime::body::{BodyLayer, BodyVerifier, DeferredBody};
use auth_runtime::http::HeaderValue;
use auth_runtime::http::request::Parts;
use auth_runtime::permission::{Access, AllowAny};
use auth_runtime::scheme::{Basic, GatewayUser, RemoteUser, Session, Token};
use auth_runtime::store::{AccessToken, AccountStore};
use auth_runtime::testing::RequestBuilder;
use auth_runtime::{
    Auth, AuthError, Authenticator, Chain, Challenge, CurrentUser, Identity, Outcome, Policy, Resolved, Scheme,
    SchemeResult, StatesPermission, User, authenticate, guard,
};
use auth_store::Account;
use axum::Router;
use axum::http::{Method, Request};
use axum::routing::any;
use tests::{App, account, app, give_login, give_token, request, send};

use crate::support::{basic, refusal, state_with_default};

#[derive(Debug, Clone)]
struct Partner {
    is_active: bool,
    is_anonymous: bool,
}

impl User for Partner {
    fn id(&self) -> Cow<'_, str> {
        "partner".into()
    }

    fn is_active(&self) -> bool {
        self.is_active
    }

    fn is_anonymous(&self) -> bool {
        self.is_anonymous
    }
}

async fn find(key: &str) -> Result<Option<Partner>, AuthError> {
    Ok(match key {
        "active" => Some(Partner { is_active: true, is_anonymous: false }),
        "disabled" => Some(Partner { is_active: false, is_anonymous: false }),
        "nobody" => Some(Partner { is_active: false, is_anonymous: true }),
        _ => None,
    })
}

#[derive(Authenticator)]
#[authenticator(header = "X-Key", verify = find, user = Partner, challenge = "Key")]
struct HeaderKey;

#[derive(Authenticator)]
#[authenticator(cookie = "key", verify = find, user = Partner)]
struct CookieKey;

#[derive(Authenticator)]
#[authenticator(query = "key", verify = find, user = Partner)]
struct QueryKey;

#[derive(Authenticator)]
#[authenticator(wraps(HeaderKey), map_user = same, user = Partner, state = App)]
struct Wrapped;

fn same(partner: Partner) -> Partner {
    partner
}

/// Several of one kind in a chain are an array.
#[derive(Authenticator)]
struct InHeader {
    #[authenticator(default = "x-other")]
    name: &'static str,
}

impl<S: Sync> Scheme<S> for InHeader {
    type User = Partner;

    async fn authenticate(&self, request: &Parts, _: &S) -> SchemeResult<Partner> {
        let Some(key) = request.headers.get(self.name) else { return Ok(Outcome::Skipped) };
        let user = find(key.to_str().unwrap_or_default()).await?;
        Ok(Outcome::Authenticated(user.ok_or_else(AuthError::incorrect_credentials)?, ()))
    }
}

#[derive(Authenticator)]
struct ByHand;

impl<S: Sync> Scheme<S> for ByHand {
    type User = Partner;

    async fn authenticate(&self, request: &Parts, _: &S) -> SchemeResult<Partner> {
        let Some(key) = request.headers.get("x-key") else { return Ok(Outcome::Skipped) };
        let user = find(key.to_str().unwrap_or_default()).await?;
        Ok(Outcome::Authenticated(user.ok_or_else(AuthError::incorrect_credentials)?, ()))
    }

    fn challenge(&self) -> Option<Challenge> {
        Some(Challenge::new("Hand"))
    }
}

/// Hands on a body to verify, which would fail, so that a refusal for another reason shows that nothing was read.
#[derive(Authenticator)]
struct SignedBody;

struct NeverRight;

impl BodyVerifier for NeverRight {
    fn update(&mut self, _: &[u8]) {}

    fn finish(self: Box<Self>) -> Result<(), AuthError> {
        Err(AuthError::authentication_failed("The body was read."))
    }
}

impl<S: Sync> Scheme<S> for SignedBody {
    type User = Partner;

    async fn authenticate(&self, request: &Parts, state: &S) -> SchemeResult<Partner> {
        Ok(match ByHand.authenticate(request, state).await? {
            Outcome::Authenticated(user, ()) => Outcome::Deferred(user, (), DeferredBody::new(NeverRight).into()),
            other => other,
        })
    }
}

struct ChainByHand;

impl<S: Sync> Chain<S> for ChainByHand {
    type User = Partner;
    type Auth = ();

    async fn resolve<'a>(&'a self, request: &'a Parts, state: &'a S) -> Result<Resolved<Partner, ()>, AuthError> {
        Ok(Resolved::from_scheme::<ByHand>(ByHand.authenticate(request, state).await?))
    }

    fn challenges(&self, _: &S) -> Vec<Option<HeaderValue>> {
        vec![Some(HeaderValue::from_static("Hand"))]
    }
}

struct PolicyByHand;

impl<S: Sync> Policy<S> for PolicyByHand {
    type User = Partner;
    type Auth = ();

    async fn resolve<'a>(request: &'a Parts, state: &'a S) -> Result<Resolved<Partner, ()>, AuthError> {
        ChainByHand.resolve(request, state).await
    }

    fn challenges(state: &S) -> Vec<Option<HeaderValue>> {
        ChainByHand.challenges(state)
    }

    async fn permit<'a>(_: &'a Access<'a, S, Partner>) -> Result<(), AuthError> {
        Ok(())
    }
}

impl<S> StatesPermission<S> for PolicyByHand {}

#[derive(Policy)]
#[policy(chain(HeaderKey), permit(AllowAny))]
struct Named;

macro_rules! handlers {
    ($($name:ident: [$($scheme:tt)*] $user:ty),+ $(,)?) => {$(
        #[authenticate($($scheme)*)]
        async fn $name(#[user] _: $user) -> &'static str {
            "came in"
        }
    )+};
}

handlers! {
    by_header: [HeaderKey] Partner,
    by_cookie: [CookieKey] Partner,
    by_query: [QueryKey] Partner,
    by_wrapped: [Wrapped] Partner,
    by_array: [InHeader, InHeader(name = "x-key")] Partner,
    by_hand: [ByHand] Partner,
    by_hand_last: [CookieKey, QueryKey, ByHand] Partner,
    by_signed_body: [SignedBody] Partner,
    by_named: [policy = Named] Partner,
    by_policy_by_hand: [policy = PolicyByHand] Partner,
    as_option: [HeaderKey] Option<Partner>,
    as_identity: [HeaderKey] Identity<Partner>,
}

#[authenticate(HeaderKey)]
#[permit(AllowAny)]
async fn for_everybody() -> &'static str {
    "came in"
}

async fn by_extractor(_: Auth<Partner, PolicyByHand>) -> &'static str {
    "came in"
}

fn partners(app: &App) -> Router {
    let behind_guard = Router::new().route("/guard", any(async || "came in"));
    let behind_guard_by_hand = Router::new().route("/guard-by-hand", any(async || "came in"));
    Router::new()
        .route("/header", any(by_header))
        .route("/cookie", any(by_cookie))
        .route("/query", any(by_query))
        .route("/wrapped", any(by_wrapped))
        .route("/by-hand", any(by_hand))
        .route("/by-hand-last", any(by_hand_last))
        .route("/named", any(by_named))
        .route("/policy-by-hand", any(by_policy_by_hand))
        .route("/option", any(as_option))
        .route("/identity", any(as_identity))
        .route("/everybody", any(for_everybody))
        .route("/extractor", any(by_extractor))
        .merge(guard::<Named, App>(behind_guard, app))
        .merge(guard::<PolicyByHand, App>(behind_guard_by_hand, app))
        .route("/array", any(by_array))
        .route("/signed-body", any(by_signed_body))
        .layer(BodyLayer)
        .with_state(app.clone())
}

#[tokio::test]
async fn a_disabled_user_of_any_scheme_is_refused() {
    let router = partners(&app().await);
    for (path, name, status) in [
        ("/header", "x-key", 401),
        ("/cookie", "cookie", 403),
        ("/query", "query", 403),
        ("/wrapped", "x-key", 401),
        ("/array", "x-key", 403),
        ("/by-hand", "x-key", 401),
        ("/by-hand-last", "x-key", 403),
        ("/signed-body", "x-key", 403),
        ("/named", "x-key", 401),
        ("/policy-by-hand", "x-key", 401),
        ("/option", "x-key", 401),
        ("/identity", "x-key", 401),
        ("/everybody", "x-key", 401),
        ("/extractor", "x-key", 401),
        ("/guard", "x-key", 401),
        ("/guard-by-hand", "x-key", 401),
    ] {
        let with = |key: &str| match name {
            "cookie" => request("GET", path, &[("cookie", &format!("key={key}"))]),
            "query" => request("GET", &format!("{path}?key={key}"), &[]),
            header => request("GET", path, &[(header, key)]),
        };
        if path == "/signed-body" {
            assert_eq!(send(&router, with("active")).await.detail(), "The body was read.");
        } else {
            assert_eq!(send(&router, with("active")).await.body, "came in", "{path}");
        }
        let answer = send(&router, with("disabled")).await;
        assert_eq!(refusal(&answer), (status, "user_inactive".to_owned()), "{path}");
        assert_eq!(answer.detail(), "User inactive or deleted.", "{path}");
        assert_eq!(answer.header("www-authenticate").is_some(), status == 401, "{path}");
    }
}

#[tokio::test]
async fn a_user_that_stands_for_nobody_is_no_account_that_could_be_disabled() {
    let router = partners(&app().await);
    for (path, wanted) in [("/header", 403), ("/option", 200), ("/identity", 200), ("/everybody", 200)] {
        let answer = send(&router, request("GET", path, &[("x-key", "nobody")])).await;
        assert_eq!(answer.status, wanted, "{path}");
    }
}

#[authenticate]
async fn by_default(#[user] _: Partner) -> &'static str {
    "came in"
}

async fn current(CurrentUser(_): CurrentUser<Partner>) -> &'static str {
    "came in"
}

#[tokio::test]
async fn the_default_policy_refuses_a_disabled_user() {
    state_with_default!(ByHand, PolicyByHand);
    let router =
        Router::new().route("/bare", any(by_default)).route("/current", any(current)).with_state(ByHand(app().await));
    for path in ["/bare", "/current"] {
        assert_eq!(send(&router, request("GET", path, &[("x-key", "active")])).await.body, "came in");
        let answer = send(&router, request("GET", path, &[("x-key", "disabled")])).await;
        assert_eq!(refusal(&answer), (401, "user_inactive".to_owned()), "{path}");
    }
}

#[tokio::test]
async fn a_user_that_a_test_forces_is_no_exception() {
    let router = partners(&app().await);
    for (is_active, status) in [(true, 200), (false, 401)] {
        let forced =
            RequestBuilder::new(Method::GET, "/header").force_authenticate(Partner { is_active, is_anonymous: false });
        assert_eq!(send(&router, forced.build()).await.status, status);
    }
}

/// The program of the README: an account of the store by a key.
#[derive(Authenticator)]
#[authenticator(header = "X-Api-Key", verify = find_partner, state = App, challenge = "ApiKey realm=\"partners\"")]
struct PartnerKey;

async fn find_partner(_: &str, app: &App) -> Result<Option<Account>, auth_runtime::store::StoreError> {
    app.backend().account("ada").await
}

#[authenticate(PartnerKey)]
async fn prices(#[user] partner: Account) -> String {
    partner.username
}

#[authenticate(Basic)]
async fn basic_alone(#[user] me: Account) -> String {
    me.username
}

#[authenticate(Token)]
async fn token_alone(#[user] me: Account, #[auth] _: AccessToken) -> String {
    me.username
}

#[authenticate(Session)]
async fn session_alone(#[user] me: Option<Account>) -> String {
    me.map_or_else(|| "nobody".to_owned(), |me| me.username)
}

#[authenticate(RemoteUser)]
async fn gateway_alone(#[user] me: Option<Account>) -> String {
    me.map_or_else(|| "nobody".to_owned(), |me| me.username)
}

#[tokio::test]
async fn the_built_in_schemes_keep_their_answers() {
    let app = app().await;
    let router = Router::new()
        .route("/partner", any(prices))
        .route("/basic", any(basic_alone))
        .route("/token", any(token_alone))
        .route("/session", any(session_alone))
        .route("/gateway", any(gateway_alone))
        .with_state(app.clone());
    app.backend().set_active("ada", false).await.unwrap();
    let ada = account(&app, "ada").await;
    give_token(&app, &ada, "later-token", None).await;
    give_login(&app, &ada, "later-login").await;
    let gateway = || {
        let mut request: Request<_> = request("GET", "/gateway", &[]);
        request.extensions_mut().insert(GatewayUser("ada".to_owned()));
        request
    };
    let inactive = (401, "user_inactive".to_owned());
    let ask = async |path, name, value: &str| refusal(&send(&router, request("GET", path, &[(name, value)])).await);
    assert_eq!(ask("/partner", "x-api-key", "k").await, inactive);
    assert_eq!(ask("/token", "authorization", "Token later-token").await, inactive);
    // The store finds no such account by a password, and says no more.
    assert_eq!(ask("/basic", "authorization", &basic("ada", "pw")).await, (401, "authentication_failed".to_owned()));
    for skipped in [request("GET", "/session", &[("cookie", "sessionid=later-login")]), gateway()] {
        assert_eq!(send(&router, skipped).await.body, "nobody", "the next scheme is asked");
    }
}
