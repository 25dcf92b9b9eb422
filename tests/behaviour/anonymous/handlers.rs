//! Handlers of every kind: what the audit says of them, and whom they serve.

use auth_runtime::audit::{self, Methods, Routes};
use auth_runtime::permission::{
    Access, AllowAny, AllowAny as Anybody, Anonymous, IsAuthenticated, IsAuthenticatedOrReadOnly, IsStaff,
    ModelPermissionsOrAnonReadOnly, Permission,
};
use auth_runtime::scheme::{Session, Token};
use auth_runtime::store::AccessToken;
use auth_runtime::{Auth, AuthError, CurrentUser, Identity, Policy, StateDefault, User, authenticate};
use auth_store::Account;
use tests::{App, app, panic_of};

use super::{Unknown, serves_what_the_audit_says};
use crate::support::state_with_default;

type Everybody = AllowAny;
type Who = Option<Account>;
type Me = Account;

#[authenticate(Token, state = App)]
#[permit(Everybody)]
async fn alias() {}

#[authenticate(Token, state = App)]
#[permit(Anybody)]
async fn renamed() {}

#[authenticate(Token, state = App)]
#[permit(AllowAny | IsStaff)]
async fn either() {}

#[authenticate(Token, state = App)]
#[permit(!IsStaff)]
async fn negated() {}

#[authenticate(Token, state = App)]
#[permit(IsAuthenticatedOrReadOnly)]
async fn read_only() {}

#[authenticate(Token, state = App)]
#[permit(ModelPermissionsOrAnonReadOnly(model = "blog.note"))]
async fn model_read_only() {}

#[authenticate(Token, state = App)]
async fn optional(#[user] _who: Who) {}

#[authenticate(Token, state = App)]
async fn identity(#[user] _who: Identity<Account>) {}

#[authenticate(Token, state = App)]
async fn required(#[user] _me: Me) {}

#[authenticate(Token, state = App)]
#[permit(AllowAny)]
async fn required_though_anybody(#[user] _me: Account) {}

#[authenticate(Token, state = App)]
#[permit(AllowAny & !AllowAny | IsAuthenticated)]
async fn nobody_but_callers() {}

#[authenticate(Token, state = App)]
async fn credentials(#[auth] _token: AccessToken) {}

#[authenticate(Token, state = App)]
async fn optional_credentials(#[auth] _token: Option<AccessToken>) {}

#[authenticate(none)]
#[permit(IsAuthenticated)]
async fn closed() {}

/// Says that it denies anonymous callers, and allows everybody.
struct Wrong;

impl<S: Sync, U: User> Permission<S, U> for Wrong {
    const ANONYMOUS: Anonymous = Anonymous::DENIED;

    async fn has_permission(&self, _: &Access<'_, S, U>) -> Result<(), AuthError> {
        Ok(())
    }
}

/// The same for methods that change something.
struct WrongForPost;

impl<S: Sync, U: User> Permission<S, U> for WrongForPost {
    const ANONYMOUS: Anonymous = Anonymous::READ_ONLY;

    async fn has_permission(&self, _: &Access<'_, S, U>) -> Result<(), AuthError> {
        Ok(())
    }
}

#[authenticate(Token, state = App)]
#[permit(Wrong)]
async fn wrong() {}

#[authenticate(Token, state = App)]
#[permit(WrongForPost)]
async fn wrong_for_post() {}

#[authenticate(Token, state = App)]
#[permit(Unknown)]
async fn unknown() {}

#[authenticate(Token, state = App)]
#[permit(Unknown & IsAuthenticated)]
async fn known_again() {}

#[derive(Policy)]
#[policy(chain(Token, Session))]
struct Open;

#[derive(Policy)]
#[policy(chain(Token, Session), permit(IsAuthenticatedOrReadOnly))]
struct Readers;

#[authenticate(policy = Open)]
async fn of_open(#[user] _who: Option<Account>) {}

#[authenticate(policy = Readers)]
#[permit(AllowAny)]
async fn of_readers_for_all() {}

#[authenticate(policy = Readers)]
async fn of_readers(#[user] _who: Option<Account>) {}

async fn by_hand(_: Auth<Option<Account>, Readers>) {}

fn both<H, T>(handler: H) -> Methods<App>
where
    H: axum::handler::Handler<T, App> + Copy,
    T: audit::DeclaredArguments<App> + 'static,
{
    audit::get(handler).post(handler)
}

fn routes() -> Routes<App> {
    Routes::new()
        .route("/alias", both(alias))
        .route("/renamed", both(renamed))
        .route("/either", both(either))
        .route("/negated", both(negated))
        .route("/read-only", both(read_only))
        .route("/model-read-only", both(model_read_only))
        .route("/optional", both(optional))
        .route("/identity", both(identity))
        .route("/required", both(required))
        .route("/required-though-anybody", both(required_though_anybody))
        .route("/nobody-but-callers", both(nobody_but_callers))
        .route("/credentials", both(credentials))
        .route("/optional-credentials", both(optional_credentials))
        .route("/closed", both(closed))
        .route("/wrong", both(wrong))
        .route("/wrong-for-post", both(wrong_for_post))
        .route("/unknown", both(unknown))
        .route("/known-again", both(known_again))
        .route("/of-open", both(of_open))
        .route("/of-readers-for-all", both(of_readers_for_all))
        .route("/of-readers", both(of_readers))
        .route("/by-hand", both(by_hand))
        .route("/any-read-only", audit::any(read_only))
}

const PUBLIC: [&str; 26] = [
    "* /any-read-only",
    "GET /alias",
    "POST /alias",
    "GET /by-hand",
    "GET /either",
    "POST /either",
    "GET /identity",
    "POST /identity",
    "GET /model-read-only",
    "GET /negated",
    "POST /negated",
    "GET /of-open",
    "POST /of-open",
    "GET /of-readers",
    "GET /of-readers-for-all",
    "POST /of-readers-for-all",
    "GET /optional",
    "POST /optional",
    "GET /optional-credentials",
    "POST /optional-credentials",
    "GET /read-only",
    "GET /renamed",
    "POST /renamed",
    "GET /unknown",
    "POST /unknown",
    "GET /wrong-for-post",
];

#[test]
fn every_handler_that_may_serve_anonymous_callers_must_be_listed() {
    let audit = routes().audit();
    audit.assert_public(&PUBLIC);
    for evasion in ["POST /alias", "POST /either", "POST /negated", "GET /renamed", "GET /read-only"] {
        let listed: Vec<_> = PUBLIC.into_iter().filter(|name| *name != evasion).collect();
        let message = panic_of(|| audit.assert_public(&listed));
        let expected = format!("anonymous callers may come in here, and these are not listed: [{evasion:?}]");
        assert!(message.contains(&expected), "{message}");
    }
    let too_many = panic_of(|| audit.assert_public(&[&PUBLIC[..], &["POST /read-only"]].concat()));
    assert!(too_many.contains("cannot come in here, or these are not mounted: [\"POST /read-only\"]"), "{too_many}");
}

#[tokio::test]
async fn the_server_does_what_the_audit_says() {
    let audit = routes().audit();
    serves_what_the_audit_says(&audit, &routes().into_router().with_state(app().await)).await;
}

#[test]
fn the_table_shows_who_may_come_in() {
    let text = routes().audit().to_string();
    let line = |start: &str| {
        let line = text.lines().find(|line| line.split_whitespace().collect::<Vec<_>>().join(" ").starts_with(start));
        line.unwrap_or_else(|| panic!("{start}: {text}"))
            .split("  ")
            .map(str::trim)
            .filter(|cell| !cell.is_empty())
            .collect()
    };
    let cells: Vec<&str> = line("GET /required no");
    assert_eq!(cells[..5], ["GET", "/required", "no", "Token", "needs a caller"]);
    let cells: Vec<&str> = line("GET /required-though-anybody");
    assert_eq!(cells[..5], ["GET", "/required-though-anybody", "no", "Token", "AllowAny, needs a caller"]);
    let cells: Vec<&str> = line("GET /unknown");
    assert_eq!(cells[..5], ["GET", "/unknown", "maybe", "Token", "Unknown"]);
    let cells: Vec<&str> = line("GET /read-only");
    assert_eq!(cells[..5], ["GET", "/read-only", "yes", "Token", "IsAuthenticatedOrReadOnly"]);
    let json = serde_json::to_value(routes().audit()).unwrap();
    let row = json.as_array().unwrap().iter().find(|row| row["path"] == "/required").unwrap();
    assert_eq!(
        (&row["caller"], &row["anonymous"], &row["is_public"]),
        (&"required".into(), &"no".into(), &false.into())
    );
}

state_with_default!(WithDefault, Readers);

#[authenticate]
async fn of_default(#[user] _who: Option<Account>) {}

#[authenticate]
async fn me_of_default(#[user] _me: Account) {}

#[authenticate]
#[permit(IsStaff)]
async fn staff_of_default() {}

async fn current_user(_: CurrentUser<Option<Account>>) {}

#[tokio::test]
async fn the_default_of_a_state_counts_where_a_handler_states_nothing() {
    assert_eq!(<StateDefault as Policy<WithDefault>>::ANONYMOUS, Anonymous::READ_ONLY);
    let routes = || {
        Routes::<WithDefault>::new()
            .route("/default", audit::get(of_default).post(of_default))
            .route("/me", audit::get(me_of_default).post(me_of_default))
            .route("/staff", audit::get(staff_of_default).post(staff_of_default))
            .route("/current", audit::get(current_user).post(current_user))
    };
    routes().audit().assert_public(&["GET /current", "GET /default"]);
    let router = routes().into_router().with_state(WithDefault(app().await));
    serves_what_the_audit_says(&routes().audit(), &router).await;
}
