//! The views of the cases once more, declared with the macros as an application declares them.

use auth_runtime::http::request::Parts;
use auth_runtime::permission::{
    Access, AllowAny, IsAuthenticated, IsAuthenticatedOrReadOnly, IsStaff, ModelPermissions,
    ModelPermissionsOrAnonReadOnly, ObjectPermissionsWithView, Permission,
};
use auth_runtime::scheme::{Basic, RemoteUser, Session, Token};
use auth_runtime::store::AccessToken;
use auth_runtime::{
    AuthError, Authenticator, Challenge, CsrfForm, Identity, Outcome, Scheme, SchemeResult, User, authenticate,
};
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{MethodRouter, any};
use serde_json::Value;

use crate::backend::CaseUser;
use crate::permission::CasePermit;
use crate::scheme::{custom_token, x_username};
use crate::state::{CaseState, Lists, VIEW};
use crate::view::respond;

/// Handlers with the lists that their attributes stand for.
#[derive(Debug)]
pub(crate) struct MacroView {
    lists: Lists,
    plain: MethodRouter<CaseState>,
    form: MethodRouter<CaseState>,
}

impl MacroView {
    fn new(
        authentication: &str,
        permissions: &str,
        plain: MethodRouter<CaseState>,
        form: MethodRouter<CaseState>,
    ) -> Self {
        let list = |text| serde_json::from_str(text).expect("the lists of a declared view are JSON");
        let (authentication, permissions) = (list(authentication), list(permissions));
        Self { lists: Lists { authentication, permissions, throttles: Vec::new() }, plain, form }
    }

    fn throttled(mut self, throttles: &[&str]) -> Self {
        self.lists.throttles = throttles.iter().map(|&throttle| throttle.to_owned()).collect();
        self
    }

    pub(crate) fn stands_for(&self, lists: &Lists) -> bool {
        self.lists == *lists
    }

    /// The handler for a form verifies its CSRF field; the other leaves the body alone.
    pub(crate) fn handler(&self, for_form: bool) -> MethodRouter<CaseState> {
        if for_form { self.form.clone() } else { self.plain.clone() }
    }
}

/// The end of a chain whose anonymous user has an empty name.
#[derive(Authenticator)]
struct Guest;

impl Scheme<CaseState> for Guest {
    type User = CaseUser;

    async fn authenticate(&self, _: &Parts, _: &CaseState) -> SchemeResult<CaseUser> {
        Ok(Outcome::Anonymous(Some(CaseUser::Anonymous), None))
    }
}

/// A token of the second store.
struct CustomAccess(AccessToken);

#[derive(Authenticator)]
#[authenticator(auth = CustomAccess)]
struct CustomToken;

impl Scheme<CaseState> for CustomToken {
    type User = CaseUser;

    async fn authenticate(&self, request: &Parts, state: &CaseState) -> SchemeResult<CaseUser, CustomAccess> {
        Ok(match custom_token(Token::DEFAULT, request, state).await? {
            Outcome::Authenticated(user, token) => Outcome::Authenticated(user, CustomAccess(token)),
            _ => Outcome::Skipped,
        })
    }

    fn challenge(&self) -> Option<Challenge> {
        Some(Challenge::new("Token"))
    }
}

#[derive(Authenticator)]
pub(crate) struct XUsername;

impl Scheme<CaseState> for XUsername {
    type User = CaseUser;

    async fn authenticate(&self, request: &Parts, state: &CaseState) -> SchemeResult<CaseUser> {
        x_username(request, state).await
    }
}

const NO_CHALLENGE: &str = "";

#[derive(Authenticator)]
struct AlwaysFail {
    #[authenticator(default = NO_CHALLENGE)]
    challenge: &'static str,
}

impl Scheme<CaseState> for AlwaysFail {
    type User = CaseUser;

    async fn authenticate(&self, _: &Parts, _: &CaseState) -> SchemeResult<CaseUser> {
        Err(AuthError::incorrect_credentials())
    }

    fn challenge(&self) -> Option<Challenge> {
        Some(Challenge::verbatim(self.challenge))
    }
}

#[derive(Authenticator)]
struct AlwaysNone {
    #[authenticator(default = NO_CHALLENGE)]
    challenge: &'static str,
}

impl Scheme<CaseState> for AlwaysNone {
    type User = CaseUser;

    async fn authenticate(&self, _: &Parts, _: &CaseState) -> SchemeResult<CaseUser> {
        Ok(Outcome::Skipped)
    }

    fn challenge(&self) -> Option<Challenge> {
        Some(Challenge::verbatim(self.challenge))
    }
}

#[derive(Authenticator)]
#[authenticator(auth = Value)]
pub(crate) struct AlwaysOk;

impl Scheme<CaseState> for AlwaysOk {
    type User = CaseUser;

    async fn authenticate(&self, _: &Parts, _: &CaseState) -> SchemeResult<CaseUser, Value> {
        Ok(Outcome::Authenticated(CaseUser::NoUser, "tok".into()))
    }
}

#[derive(Authenticator)]
struct StoreDown;

impl Scheme<CaseState> for StoreDown {
    type User = CaseUser;

    async fn authenticate(&self, _: &Parts, _: &CaseState) -> SchemeResult<CaseUser> {
        Err(AuthError::other(StatusCode::SERVICE_UNAVAILABLE, "auth store down", "error"))
    }
}

#[derive(Authenticator)]
struct Broken;

impl Scheme<CaseState> for Broken {
    type User = CaseUser;

    async fn authenticate(&self, _: &Parts, _: &CaseState) -> SchemeResult<CaseUser> {
        Err(AuthError::internal("the scheme is broken"))
    }
}

/// Denies with the words of the permission itself.
struct Deny;

impl<S: Sync, U: User> Permission<S, U> for Deny {
    async fn has_permission(&self, _: &Access<'_, S, U>) -> Result<(), AuthError> {
        Err(AuthError::permission_denied())
    }
}

/// Denies with a message.
struct DenyWith {
    message: &'static str,
}

impl<S: Sync, U: User> Permission<S, U> for DenyWith {
    async fn has_permission(&self, _: &Access<'_, S, U>) -> Result<(), AuthError> {
        Err(AuthError::permission_denied().with_detail(self.message).with_code("permission_denied_custom"))
    }
}

/// How the default handler shows credentials.
trait Shown {
    fn shown(&self, state: &CaseState) -> Value;
}

impl Shown for AccessToken {
    fn shown(&self, state: &CaseState) -> Value {
        state.key_of(self)
    }
}

impl Shown for CustomAccess {
    fn shown(&self, state: &CaseState) -> Value {
        state.custom_key_of(&self.0)
    }
}

impl Shown for Value {
    fn shown(&self, _: &CaseState) -> Value {
        self.clone()
    }
}

type Fields = Vec<(String, String)>;

/// One view from `[schemes] [permissions] [credentials] = authentication, permissions;`.
macro_rules! views {
    ($(
        [$($chain:tt)*] [$($permit:tt)*] [$($auth:ident: $type:ident)?] = $authentication:literal, $permissions:literal;
    )*) => {
        vec![$({
            #[authenticate($($chain)*)]
            #[permit($($permit)*)]
            async fn plain(
                #[user] who: Identity<CaseUser>,
                $(#[auth] $auth: Option<$type>,)?
                State(state): State<CaseState>,
                request: Parts,
                body: Bytes,
            ) -> Response {
                let shown: Option<Value> = None$(.or($auth.map(|auth| auth.shown(&state))))?;
                respond(&who, shown, &state, (&request, &body), state.view(VIEW), &CasePermit::<VIEW>).await
            }

            #[authenticate($($chain)*)]
            #[permit($($permit)*)]
            async fn form(
                #[user] who: Identity<CaseUser>,
                $(#[auth] $auth: Option<$type>,)?
                State(state): State<CaseState>,
                request: Parts,
                CsrfForm(_fields): CsrfForm<Fields>,
            ) -> Response {
                let shown: Option<Value> = None$(.or($auth.map(|auth| auth.shown(&state))))?;
                respond(&who, shown, &state, (&request, &[]), state.view(VIEW), &CasePermit::<VIEW>).await
            }

            MacroView::new($authentication, $permissions, any(plain), any(form))
        }),*]
    };
}

/// One view from `[throttles] = throttles`, which lets everybody in.
macro_rules! throttled {
    ($([$($throttle:tt)*] = [$($text:literal),*];)*) => {
        vec![$({
            #[authenticate(Token, Guest)]
            #[throttle($($throttle)*)]
            async fn plain(
                #[user] who: Identity<CaseUser>,
                #[auth] token: Option<AccessToken>,
                State(state): State<CaseState>,
                request: Parts,
            ) -> Response {
                let shown = token.map(|token| token.shown(&state));
                respond(&who, shown, &state, (&request, &[]), state.view(VIEW), &CasePermit::<VIEW>).await
            }

            MacroView::new(r#"["token"]"#, "[]", any(plain), any(plain)).throttled(&[$($text),*])
        }),*]
    };
}

/// A chain without schemes knows no user but nobody, whom the framework shows as its anonymous one.
#[authenticate(none)]
#[permit(AllowAny)]
async fn open(State(state): State<CaseState>, request: Parts) -> Response {
    let who = Identity::anonymous(Some(CaseUser::Anonymous));
    respond(&who, None, &state, (&request, &[]), state.view(VIEW), &CasePermit::<VIEW>).await
}

/// All of them.
pub(crate) fn table() -> Vec<MacroView> {
    let mut table = one_scheme();
    table.extend(several_schemes());
    table.extend(permissions());
    table.extend(throttles());
    table.push(MacroView::new("[]", "[]", any(open), any(open)));
    table
}

fn one_scheme() -> Vec<MacroView> {
    views! {
        [Basic, Guest] [IsAuthenticated] [] = r#"["basic"]"#, r#"["IsAuthenticated"]"#;
        [Basic, Guest] [AllowAny] [] = r#"["basic"]"#, r#"["AllowAny"]"#;
        [Token, Guest] [IsAuthenticated] [token: AccessToken] = r#"["token"]"#, r#"["IsAuthenticated"]"#;
        [Token, Guest] [AllowAny] [token: AccessToken] = r#"["token"]"#, r#"["AllowAny"]"#;
        [Token, Guest] [AllowAny] [token: AccessToken] = r#"["token"]"#, "[]";
        [Token, Guest] [IsStaff] [token: AccessToken] = r#"["token"]"#, r#"["IsAdminUser"]"#;
        [Token(keyword = "Bearer"), Guest] [IsAuthenticated] [token: AccessToken]
            = r#"[{"scheme": "token", "keyword": "Bearer"}]"#, r#"["IsAuthenticated"]"#;
        [CustomToken, Guest] [IsAuthenticated] [token: CustomAccess]
            = r#"[{"scheme": "token", "model": "custom"}]"#, r#"["IsAuthenticated"]"#;
        [Session, Guest] [IsAuthenticated] [] = r#"["session"]"#, r#"["IsAuthenticated"]"#;
        [Session, Guest] [AllowAny] [] = r#"["session"]"#, r#"["AllowAny"]"#;
        [Session(challenge = "Session"), Guest] [IsAuthenticated] []
            = r#"["session401"]"#, r#"["IsAuthenticated"]"#;
        [RemoteUser, Guest] [IsAuthenticated] [] = r#"["remote_user"]"#, r#"["IsAuthenticated"]"#;
        [RemoteUser, Guest] [AllowAny] [] = r#"["remote_user"]"#, r#"["AllowAny"]"#;
        [RemoteUser(header = "X-Remote-User"), Guest] [IsAuthenticated] []
            = r#"[{"scheme": "remote_user", "header": "HTTP_X_REMOTE_USER"}]"#, r#"["IsAuthenticated"]"#;
        [XUsername, Guest] [IsAuthenticated] [] = r#"["x-username"]"#, r#"["IsAuthenticated"]"#;
        [AlwaysFail, Guest] [AllowAny] [] = r#"[{"scheme": "always_fail"}]"#, "[]";
        [AlwaysFail(challenge = "Foo"), Guest] [AllowAny] []
            = r#"[{"scheme": "always_fail", "challenge": "Foo"}]"#, "[]";
        [AlwaysNone, Guest] [IsAuthenticated] []
            = r#"[{"scheme": "always_none", "challenge": ""}]"#, r#"["IsAuthenticated"]"#;
        [AlwaysOk] [AllowAny] [auth: Value] = r#"[{"scheme": "always_ok", "user": null, "auth": "tok"}]"#, "[]";
        [StoreDown] [AllowAny] []
            = r#"[{"scheme": "raise_api_exception", "status": 503, "detail": "auth store down"}]"#, "[]";
        [Broken] [AllowAny] [] = r#"[{"scheme": "raise_attribute_error"}]"#, r#"["AllowAny"]"#;
    }
}

fn several_schemes() -> Vec<MacroView> {
    views! {
        [Session, Basic, Guest] [AllowAny] [] = r#"["session", "basic"]"#, r#"["AllowAny"]"#;
        [Session, Basic, Guest] [IsAuthenticated] [] = r#"["session", "basic"]"#, r#"["IsAuthenticated"]"#;
        [Basic, Session, Guest] [IsAuthenticated] [] = r#"["basic", "session"]"#, r#"["IsAuthenticated"]"#;
        [Session, Token, Guest] [IsAuthenticated] [token: AccessToken]
            = r#"["session", "token"]"#, r#"["IsAuthenticated"]"#;
        [Token, Session, Guest] [IsAuthenticated] [token: AccessToken]
            = r#"["token", "session"]"#, r#"["IsAuthenticated"]"#;
        [Token, Basic, Guest] [IsAuthenticated] [token: AccessToken]
            = r#"["token", "basic"]"#, r#"["IsAuthenticated"]"#;
        [Basic, Token, Guest] [IsAuthenticated] [token: AccessToken]
            = r#"["basic", "token"]"#, r#"["IsAuthenticated"]"#;
        [Basic, Token, Session, Guest] [IsAuthenticated] [token: AccessToken]
            = r#"["basic", "token", "session"]"#, r#"["IsAuthenticated"]"#;
        [RemoteUser, Token, Guest] [IsAuthenticated] [token: AccessToken]
            = r#"["remote_user", "token"]"#, r#"["IsAuthenticated"]"#;
        [AlwaysNone, Basic, Guest] [IsAuthenticated] []
            = r#"[{"scheme": "always_none"}, "basic"]"#, r#"["IsAuthenticated"]"#;
        [AlwaysNone(challenge = "Custom realm=\"x\""), Session, Guest] [IsAuthenticated] []
            = r#"[{"scheme": "always_none", "challenge": "Custom realm=\"x\""}, "session"]"#, r#"["IsAuthenticated"]"#;
        [AlwaysOk, Basic] [IsAuthenticated] [auth: Value]
            = r#"[{"scheme": "always_ok", "user": null, "auth": "tok"}, "basic"]"#, r#"["IsAuthenticated"]"#;
    }
}

fn throttles() -> Vec<MacroView> {
    throttled! {
        [user = "0/min"] = ["user 0/min"];
        [user = "1/min"] = ["user 1/min"];
        [user = "2/min"] = ["user 2/min"];
        [user = "1/sec"] = ["user 1/sec"];
        [user = "1/second"] = ["user 1/second"];
        [user = "1/m"] = ["user 1/m"];
        [user = "1/minute"] = ["user 1/minute"];
        [user = "1/d"] = ["user 1/d"];
        [anon = "1/min"] = ["anon 1/min"];
        [scope(name = "seconds", rate = "3/sec")] = ["seconds 3/sec"];
        [scope(name = "minutes", rate = "3/min")] = ["minutes 3/min"];
        [scope(name = "seconds", rate = "3/sec"), scope(name = "minutes", rate = "6/min")]
            = ["seconds 3/sec", "minutes 6/min"];
        [scope(name = "test_limit", rate = "1/day")] = ["test_limit 1/day"];
    }
}

fn permissions() -> Vec<MacroView> {
    views! {
        [Basic, Guest] [IsStaff] [] = r#"["basic"]"#, r#"["IsAdminUser"]"#;
        [Basic, Guest] [IsAuthenticatedOrReadOnly] [] = r#"["basic"]"#, r#"["IsAuthenticatedOrReadOnly"]"#;
        [Basic, Guest] [!IsAuthenticated] [] = r#"["basic"]"#, r#"["~IsAuthenticated"]"#;
        [Basic, Guest] [!AllowAny] [] = r#"["basic"]"#, r#"["~AllowAny"]"#;
        [Basic, Guest] [IsAuthenticated & AllowAny] [] = r#"["basic"]"#, r#"["IsAuthenticated & AllowAny"]"#;
        [Basic, Guest] [IsAuthenticated | AllowAny] [] = r#"["basic"]"#, r#"["IsAuthenticated | AllowAny"]"#;
        [Basic, Guest] [IsAuthenticated & IsAuthenticated & IsAuthenticated & IsAuthenticated] []
            = r#"["basic"]"#, r#"["IsAuthenticated & IsAuthenticated & IsAuthenticated & IsAuthenticated"]"#;
        [Basic, Guest] [IsAuthenticated & IsAuthenticated | IsAuthenticated & IsAuthenticated] []
            = r#"["basic"]"#, r#"["IsAuthenticated & IsAuthenticated | IsAuthenticated & IsAuthenticated"]"#;
        [Basic, Guest] [IsStaff | IsAuthenticatedOrReadOnly] []
            = r#"["basic"]"#, r#"["IsAdminUser | IsAuthenticatedOrReadOnly"]"#;
        [Basic, Guest] [ModelPermissions(model = "tests.basicmodel")] [] = r#"["basic"]"#, r#"["ModelPermissions"]"#;
        [Basic, Guest] [ModelPermissionsOrAnonReadOnly(model = "tests.basicmodel")] []
            = r#"["basic"]"#, r#"["ModelPermissionsOrAnonReadOnly"]"#;
        [Basic, Guest] [ObjectPermissionsWithView(model = "tests.basicmodel")] []
            = r#"["basic"]"#, r#"["ObjectPermissionsWithView"]"#;
        [Basic, Guest] [Deny] [] = r#"["basic"]"#, r#"[{"deny": {}}]"#;
        [Basic, Guest] [!Deny] [] = r#"["basic"]"#, r#"[{"not": {"deny": {}}}]"#;
        [Basic, Guest] [AllowAny, Deny] [] = r#"["basic"]"#, r#"["AllowAny", {"deny": {}}]"#;
        [Basic, Guest] [DenyWith(message = "first"), DenyWith(message = "second")] []
            = r#"["basic"]"#, r#"[{"deny": {"message": "first"}}, {"deny": {"message": "second"}}]"#;
        [Basic, Guest] [DenyWith(message = "M") | DenyWith(message = "N")] []
            = r#"["basic"]"#, r#"[{"any_of": [{"deny": {"message": "M"}}, {"deny": {"message": "N"}}]}]"#;
        [Basic, Guest] [DenyWith(message = "Custom: You cannot access this resource")] []
            = r#"["basic"]"#,
            r#"[{"deny": {"message": "Custom: You cannot access this resource", "code": "permission_denied_custom"}}]"#;
        [Token, Guest] [DenyWith(message = "Dummy permission message")] [token: AccessToken]
            = r#"["token"]"#, r#"[{"deny": {"message": "Dummy permission message"}}]"#;
    }
}
