//! `#[derive(Authenticator)]` in all its forms.

use std::borrow::Cow;

use auth_runtime::http::request::Parts;
use auth_runtime::permission::IsStaff;
use auth_runtime::scheme::{Session, Token};
use auth_runtime::store::{AccessToken, AccountStore, Id, StoreError};
use auth_runtime::{
    AuthError, Authenticator, Challenge, Identity, Outcome, Policy, Scheme, SchemeResult, User, authenticate,
};
use auth_store::Account;
use axum::Router;
use axum::routing::get as on_get;
use tests::{Answer, App, app, get, send};

use crate::support::{raw, refusal};

/// Somebody who is no account.
#[derive(Debug, Clone, PartialEq)]
struct Partner(String);

impl User for Partner {
    fn id(&self) -> Cow<'_, str> {
        self.0.as_str().into()
    }

    fn is_staff(&self) -> bool {
        self.0 == "boss"
    }
}

/// What the key opens.
#[derive(Debug, Clone)]
struct Scope(usize);

async fn find(key: &str) -> Result<Option<Partner>, AuthError> {
    match key {
        "down" => Err(AuthError::unavailable("no answer")),
        "denied" => Err(AuthError::permission_denied()),
        _ => Ok(key.strip_prefix("key of ").map(|name| Partner(name.to_owned()))),
    }
}

#[derive(Authenticator)]
#[authenticator(header = "X-Api-Key", verify = find, user = Partner, challenge = "ApiKey realm=\"partners\"")]
struct HeaderKey;

#[derive(Authenticator)]
#[authenticator(cookie = "key", verify = find, user = Partner)]
struct CookieKey;

#[derive(Authenticator)]
#[authenticator(query = "key", verify = find, user = Partner)]
struct QueryKey;

#[derive(Authenticator)]
#[authenticator(header = "X-Prefixed", verify = find_prefixed, user = "Partner", auth = Scope)]
struct Prefixed {
    #[authenticator(default = "p-")]
    prefix: &'static str,
    #[authenticator(default = 3 + 1)]
    longest: usize,
}

async fn find_prefixed(scheme: &Prefixed, key: &str) -> Result<Option<(Partner, Scope)>, AuthError> {
    let name = key.strip_prefix(scheme.prefix).filter(|name| name.len() <= scheme.longest);
    Ok(name.map(|name| (Partner(name.to_owned()), Scope(scheme.longest))))
}

#[derive(Authenticator)]
#[authenticator(header = "X-Account", verify = find_account, state = App)]
struct ByAccount;

async fn find_account(name: &str, app: &App) -> Result<Option<Account>, StoreError> {
    app.backend().account(name).await
}

#[derive(Authenticator)]
#[authenticator(header = "X-Account", verify = in_store::find, state = App, auth = "Vec<u8>")]
struct ByAccountWithOptions {
    #[authenticator(default = false)]
    upper: bool,
}

mod in_store {
    use super::{Account, AccountStore, App, ByAccountWithOptions, StoreError};

    pub(super) async fn find(
        scheme: &ByAccountWithOptions,
        name: &str,
        app: &App,
    ) -> Result<Option<(Account, Vec<u8>)>, StoreError> {
        let name = if scheme.upper { name.to_lowercase() } else { name.to_owned() };
        Ok(app.backend().account(&name).await?.map(|account| (account, name.into_bytes())))
    }
}

/// Finds a user of the state's backend, since it names no other.
#[derive(Authenticator)]
#[authenticator(cookie = "guest", verify = no_account, state = App)]
struct OfTheBackend;

async fn no_account(_: &str, _: &App) -> Result<Option<Account>, AuthError> {
    Ok(None)
}

#[derive(Authenticator)]
#[authenticator(wraps(Token(keyword = "Partner")), map_user = to_partner, user = Partner, state = App)]
struct PartnerToken;

#[derive(Authenticator)]
#[authenticator(wraps(Token(keyword = "Anybody")), map_user = anybody, user = Partner)]
struct AnyToken;

fn to_partner(account: Account) -> Partner {
    Partner(account.username)
}

fn anybody<U: User>(user: U) -> Partner {
    Partner(format!("account {}", user.id()))
}

#[derive(Authenticator)]
#[authenticator(auth = Scope)]
struct ByHand {
    #[authenticator(default = 1)]
    scope: usize,
}

impl Scheme<App> for ByHand {
    type User = Partner;

    async fn authenticate(&self, request: &Parts, _: &App) -> SchemeResult<Partner, Scope> {
        Ok(match request.headers.get("x-by-hand") {
            Some(_) => Outcome::Authenticated(Partner("hand".to_owned()), Scope(self.scope)),
            None => Outcome::Skipped,
        })
    }

    fn challenge(&self) -> Option<Challenge> {
        Some(Challenge::new("Hand"))
    }
}

#[derive(Policy)]
#[policy(chain(HeaderKey, PartnerToken, ByHand(scope = 7)), permit(IsStaff), challenges = all, state = App)]
struct Partners;

#[derive(Policy)]
#[policy(chain(Session, Token))]
struct Accounts;

#[authenticate(HeaderKey)]
async fn header(#[user] me: Partner) -> String {
    me.0
}

#[authenticate(CookieKey)]
async fn cookie(#[user] me: Partner) -> String {
    me.0
}

#[authenticate(QueryKey)]
async fn query(#[user] me: Partner) -> String {
    me.0
}

#[authenticate(HeaderKey, CookieKey, QueryKey)]
async fn optional(#[user] who: Identity<Partner>) -> String {
    format!("{:?} {:?}", who.user().map(|user| user.0.as_str()), who.scheme())
}

#[authenticate(Prefixed)]
async fn prefixed(#[user] me: Partner, #[auth] scope: Scope) -> String {
    format!("{} {}", me.0, scope.0)
}

#[authenticate(Prefixed(longest = 20, prefix = "long-"))]
async fn prefixed_long(#[user] me: Partner, #[auth] scope: Option<Scope>) -> String {
    format!("{} {scope:?}", me.0)
}

#[authenticate(ByAccount, OfTheBackend, Token, state = App)]
async fn account(#[user] me: Account) -> String {
    me.username
}

#[authenticate(ByAccountWithOptions(upper = true))]
async fn upper(#[user] me: Account, #[auth] name: Vec<u8>) -> String {
    format!("{} {}", me.username, name.len())
}

#[authenticate(PartnerToken)]
async fn wrapped(#[user] me: Partner, #[auth] token: AccessToken) -> String {
    format!("{} {}", me.0, token.id == Id::default())
}

#[authenticate(AnyToken)]
async fn any_wrapped(#[user] me: Partner) -> String {
    me.0
}

#[authenticate(policy = Partners)]
async fn partners(#[user] who: Identity<Partner>) -> String {
    format!("{:?} {:?}", who.user().map(|user| user.0.as_str()), who.scheme())
}

#[authenticate(policy = Partners, state = App)]
#[permit(!IsStaff)]
async fn not_staff(#[auth] scope: Option<Scope>) -> String {
    format!("{scope:?}")
}

#[authenticate(policy = Accounts)]
async fn accounts(#[user] me: Option<Account>) -> String {
    format!("{:?}", me.map(|me| me.username))
}

fn router(app: App) -> Router {
    Router::new()
        .route("/header", on_get(header))
        .route("/cookie", on_get(cookie))
        .route("/query", on_get(query))
        .route("/optional", on_get(optional))
        .route("/prefixed", on_get(prefixed))
        .route("/prefixed-long", on_get(prefixed_long))
        .route("/account", on_get(account))
        .route("/upper", on_get(upper))
        .route("/wrapped", on_get(wrapped))
        .route("/any-wrapped", on_get(any_wrapped))
        .route("/partners", on_get(partners))
        .route("/not-staff", on_get(not_staff))
        .route("/accounts", on_get(accounts))
        .with_state(app)
}

/// Status and body, or `code` and `detail` of a refusal.
fn seen(answer: &Answer) -> (u16, String) {
    match refusal(answer) {
        (200, _) => (200, answer.body.clone()),
        (status, code) => (status, format!("{code}: {}", answer.detail())),
    }
}

const NOBODY: &str = "not_authenticated: Authentication credentials were not provided.";
const WRONG: &str = "authentication_failed: Incorrect authentication credentials.";
const DOWN: &str = "unavailable: Authentication is temporarily unavailable.";

#[tokio::test]
async fn a_key_is_read_from_its_place() {
    let router = router(app().await);
    let unreadable = |what: &str| format!("authentication_failed: Invalid {what}.");
    for (path, headers, status, wanted) in [
        ("/header", &[("x-api-key", b"key of a".as_slice())][..], 200, "a".to_owned()),
        ("/header", &[("X-API-KEY", "key of é".as_bytes())], 200, "é".to_owned()),
        ("/header", &[("x-api-key", b"other")], 401, WRONG.to_owned()),
        ("/header", &[("x-api-key", b"")], 401, NOBODY.to_owned()),
        ("/header", &[], 401, NOBODY.to_owned()),
        ("/header", &[("x-api-key", b"key of \xff")], 401, unreadable("X-Api-Key header")),
        ("/header", &[("x-api-key", b"key of a"), ("x-api-key", b"key of a")], 401, unreadable("X-Api-Key header")),
        ("/header", &[("x-api-key", b""), ("x-api-key", b"key of a")], 401, unreadable("X-Api-Key header")),
        ("/header", &[("x-api-key", b"down")], 503, DOWN.to_owned()),
        (
            "/header",
            &[("x-api-key", b"denied")],
            403,
            "permission_denied: You do not have permission to perform this action.".to_owned(),
        ),
        ("/cookie", &[("cookie", b"key=key of a")], 200, "a".to_owned()),
        ("/cookie", &[("cookie", b"a=b; key=\"key of a\"; c")], 200, "a".to_owned()),
        ("/cookie", &[("cookie", b"key=other")], 403, WRONG.to_owned()),
        ("/cookie", &[("cookie", b"key=")], 403, NOBODY.to_owned()),
        ("/cookie", &[("cookie", b"Key=key of a")], 403, NOBODY.to_owned()),
        ("/cookie", &[("cookie", b"key=key of a; key=key of b")], 403, NOBODY.to_owned()),
        ("/query?key=key%20of+a", &[], 200, "a".to_owned()),
        ("/query?x=1&key=key+of+%C3%A9", &[], 200, "é".to_owned()),
        ("/query?%6bey=key+of+a", &[], 200, "a".to_owned()),
        ("/query?key=other", &[], 403, WRONG.to_owned()),
        ("/query?key=%FF", &[], 403, WRONG.to_owned()),
        ("/query?key=", &[], 403, NOBODY.to_owned()),
        ("/query?key", &[], 403, NOBODY.to_owned()),
        ("/query?Key=key+of+a", &[], 403, NOBODY.to_owned()),
        ("/query", &[], 403, NOBODY.to_owned()),
        ("/query?key=key+of+a&key=key+of+a", &[], 403, unreadable("key parameter")),
        ("/query?key=&key=key+of+a", &[], 403, unreadable("key parameter")),
    ] {
        let answer = send(&router, raw(path, headers)).await;
        assert_eq!(seen(&answer), (status, wanted), "{path} {headers:?}");
        let challenge = (status == 401).then_some("ApiKey realm=\"partners\"");
        assert_eq!(answer.header("www-authenticate"), challenge, "{path} {headers:?}");
    }
}

#[tokio::test]
async fn derived_schemes_are_asked_in_order() {
    let router = router(app().await);
    let key = ("x-api-key", "key of h");
    let cookie = ("cookie", "key=key of c");
    for (path, headers, wanted) in [
        ("/optional?key=key+of+q", &[key, cookie][..], "Some(\"h\") Some(\"HeaderKey\")"),
        ("/optional?key=key+of+q", &[cookie], "Some(\"c\") Some(\"CookieKey\")"),
        ("/optional?key=key+of+q", &[], "Some(\"q\") Some(\"QueryKey\")"),
        ("/optional", &[], "None None"),
    ] {
        assert_eq!(get(&router, path, headers).await.body, wanted, "{path} {headers:?}");
    }
    let answer = get(&router, "/optional", &[("x-api-key", "other"), cookie]).await;
    assert_eq!(seen(&answer), (401, WRONG.to_owned()), "a wrong key is final");
}

#[tokio::test]
async fn verify_is_given_the_options() {
    let router = router(app().await);
    for (path, key, wanted) in [
        ("/prefixed", "p-abcd", (200, "abcd 4")),
        ("/prefixed", "p-abcde", (403, WRONG)),
        ("/prefixed", "long-abcd", (403, WRONG)),
        ("/prefixed-long", "long-abcdefgh", (200, "abcdefgh Some(Scope(20))")),
        ("/prefixed-long", "p-abcd", (403, WRONG)),
    ] {
        let (status, text) = seen(&get(&router, path, &[("x-prefixed", key)]).await);
        assert_eq!((status, text.as_str()), wanted, "{path} {key}");
    }
}

#[tokio::test]
async fn verify_is_given_the_state_and_its_store_error_is_503() {
    let app = app().await;
    let router = router(app.clone());
    assert_eq!(get(&router, "/account", &[("x-account", "ada")]).await.body, "ada");
    assert_eq!(get(&router, "/upper", &[("x-account", "ADA")]).await.body, "ada 3");
    assert_eq!(seen(&get(&router, "/account", &[("x-account", "ADA")]).await), (403, WRONG.to_owned()));
    assert_eq!(seen(&get(&router, "/account", &[("cookie", "guest=1")]).await), (403, WRONG.to_owned()));
    assert_eq!(get(&router, "/account", &[("authorization", "Token ada-token")]).await.body, "ada");
    app.backend().set_down(true);
    for path in ["/account", "/upper"] {
        let answer = get(&router, path, &[("x-account", "ada")]).await;
        assert_eq!(seen(&answer), (503, DOWN.to_owned()), "{path}");
    }
}

#[tokio::test]
async fn a_wrapped_scheme_keeps_all_but_its_user() {
    let router = router(app().await);
    let token = [("authorization", "Partner ada-token")];
    assert_eq!(get(&router, "/wrapped", &token).await.body, "ada false");
    let any = get(&router, "/any-wrapped", &[("authorization", "anybody ada-token")]).await;
    assert_eq!(any.body, "account 1");
    let answer = get(&router, "/wrapped", &[("authorization", "Token ada-token")]).await;
    assert_eq!((seen(&answer), answer.header("www-authenticate")), ((401, NOBODY.to_owned()), Some("Partner")));
    let answer = get(&router, "/wrapped", &[("authorization", "Partner nonsense")]).await;
    assert_eq!(seen(&answer), (401, "authentication_failed: Invalid token.".to_owned()));
}

#[tokio::test]
async fn a_named_policy_brings_its_permission_and_its_challenges() {
    let router = router(app().await);
    let denied = "permission_denied: You do not have permission to perform this action.";
    let (boss, ada) = (("x-api-key", "key of boss"), ("x-api-key", "key of ada"));
    assert_eq!(get(&router, "/partners", &[boss]).await.body, "Some(\"boss\") Some(\"HeaderKey\")");
    let token = ("authorization", "Partner boss-token");
    assert_eq!(get(&router, "/partners", &[token]).await.body, "Some(\"boss\") Some(\"PartnerToken\")");
    assert_eq!(seen(&get(&router, "/partners", &[ada]).await), (403, denied.to_owned()));
    let answer = get(&router, "/partners", &[]).await;
    assert_eq!(seen(&answer), (401, NOBODY.to_owned()));
    assert_eq!(answer.all("www-authenticate"), ["ApiKey realm=\"partners\"", "Partner", "Hand"]);

    assert_eq!(seen(&get(&router, "/not-staff", &[boss]).await), (403, denied.to_owned()), "the handler's own permit");
    assert_eq!(get(&router, "/not-staff", &[ada]).await.body, "None");
    assert_eq!(get(&router, "/not-staff", &[("x-by-hand", "")]).await.body, "Some(Scope(7))");

    assert_eq!(get(&router, "/accounts", &[]).await.body, "None");
    assert_eq!(get(&router, "/accounts", &[("cookie", "sessionid=ada-login")]).await.body, "Some(\"ada\")");
    assert_eq!(get(&router, "/accounts", &[("authorization", "Token ada-token")]).await.body, "Some(\"ada\")");
}
