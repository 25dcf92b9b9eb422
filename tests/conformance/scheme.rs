//! The schemes of a case, and the chain that asks them in the order the case gives.

use auth_runtime::http::request::Parts;
use auth_runtime::http::{HeaderValue, StatusCode};
use auth_runtime::scheme::{Basic, RemoteUser, Session, Token};
use auth_runtime::store::AccessToken;
use auth_runtime::{
    AuthError, AuthState, Authenticator as _, Chain, Challenge, Outcome, Resolved, Scheme, SchemeResult,
};
use serde_json::{Map, Value};

use crate::backend::CaseUser;
use crate::macro_views::{AlwaysOk, XUsername};
use crate::state::CaseState;

/// One scheme, with its options read.
#[derive(Debug, Clone)]
pub(crate) enum SchemeSpec {
    Basic(Basic),
    Token(Token),
    /// `Token` with the tokens of a store of its own.
    CustomToken(Token),
    Session(Session),
    /// The variable is the gateway's, or none where the scheme reads a header.
    RemoteUser(RemoteUser, Option<String>),
    XUsername(&'static str),
    AlwaysFail(Option<String>, &'static str),
    AlwaysNone(&'static str),
    AlwaysOk(Value, Value),
    RaisePermissionDenied(Option<String>),
    RaiseApiException(StatusCode, String),
    RaiseAttributeError,
}

/// The options of the public schemes are constants of the program: a case's live as long as the runner.
fn leak(text: &str) -> &'static str {
    Box::leak(text.into())
}

/// Options that are taken one by one, so that what is left over was not understood.
struct Options(Map<String, Value>);

impl Options {
    fn text(&mut self, name: &str) -> Result<Option<String>, String> {
        match self.0.remove(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(other) => Err(format!("the scheme's option {name} = {other}")),
        }
    }

    fn leaked(&mut self, name: &str, default: &'static str) -> Result<&'static str, String> {
        Ok(self.text(name)?.map_or(default, |text| leak(&text)))
    }
}

impl SchemeSpec {
    pub(crate) fn parse(value: &Value) -> Result<Self, String> {
        let mut options = match value {
            Value::String(name) => Options(Map::from_iter([("scheme".to_owned(), Value::String(name.clone()))])),
            Value::Object(options) => Options(options.clone()),
            _ => return Err(format!("the scheme {value}")),
        };
        let name = options.text("scheme")?.ok_or_else(|| format!("the scheme {value}"))?;
        let spec = match name.as_str() {
            "basic" => Self::Basic(Basic { realm: options.leaked("realm", "api")?, ..Basic::DEFAULT }.declare().scheme),
            "token" => {
                let token = Token { keyword: options.leaked("keyword", "Token")? }.declare().scheme;
                match options.text("model")?.as_deref() {
                    None => Self::Token(token),
                    Some("custom") => Self::CustomToken(token),
                    Some(_) => return Err(format!("the token model of {value}")),
                }
            }
            "session" => Self::Session(Session { challenge: options.leaked("challenge", "")? }.declare().scheme),
            "session401" => {
                Self::Session(Session { challenge: options.leaked("challenge", "Session")? }.declare().scheme)
            }
            "remote_user" => Self::remote_user(&options.text("header")?.unwrap_or_else(|| "REMOTE_USER".to_owned())),
            "x-username" => Self::XUsername(options.leaked("challenge", "")?),
            "always_fail" => Self::AlwaysFail(options.text("detail")?, options.leaked("challenge", "")?),
            "always_none" => Self::AlwaysNone(options.leaked("challenge", "")?),
            "always_ok" => {
                let mut take = |name| options.0.remove(name).unwrap_or_default();
                Self::AlwaysOk(take("user"), take("auth"))
            }
            "raise_permission_denied" => Self::RaisePermissionDenied(options.text("detail")?),
            "raise_api_exception" => {
                let status = options.0.remove("status").map_or(Some(500), |status| status.as_u64());
                let status = status.and_then(|status| u16::try_from(status).ok());
                let status = status.and_then(|status| StatusCode::from_u16(status).ok());
                let detail = options.text("detail")?.unwrap_or_else(|| "A server error occurred.".to_owned());
                Self::RaiseApiException(status.ok_or_else(|| format!("the status of {value}"))?, detail)
            }
            "raise_attribute_error" => Self::RaiseAttributeError,
            _ => return Err(format!("the scheme {value}")),
        };
        match options.0.keys().next() {
            Some(left) => Err(format!("the option {left} of the scheme {name}")),
            None => Ok(spec),
        }
    }

    /// `HTTP_X_REMOTE_USER` is how the framework calls the header `X-Remote-User`; another name is a variable.
    fn remote_user(name: &str) -> Self {
        match name.strip_prefix("HTTP_") {
            Some(header) => {
                Self::RemoteUser(RemoteUser { header: leak(&header.replace('_', "-")) }.declare().scheme, None)
            }
            None => Self::RemoteUser(RemoteUser { header: "" }.declare().scheme, Some(name.to_owned())),
        }
    }

    /// What this scheme says, in its own name.
    fn resolved(&self, outcome: Outcome<CaseUser, Value>) -> Resolved<CaseUser, Value> {
        match self {
            Self::Basic(_) => Resolved::from_scheme::<Basic>(outcome),
            Self::Token(_) | Self::CustomToken(_) => Resolved::from_scheme::<Token>(outcome),
            Self::Session(_) => Resolved::from_scheme::<Session>(outcome),
            Self::RemoteUser(..) => Resolved::from_scheme::<RemoteUser>(outcome),
            Self::XUsername(_) => Resolved::from_scheme::<XUsername>(outcome),
            _ => Resolved::from_scheme::<AlwaysOk>(outcome),
        }
    }

    async fn authenticate(&self, request: &Parts, state: &CaseState) -> SchemeResult<CaseUser, Value> {
        match self {
            Self::Basic(basic) => Ok(with_auth(basic.authenticate(request, state).await?, |()| Value::Null)),
            Self::Token(token) => {
                let outcome = token.authenticate(request, state).await?;
                Ok(with_auth(outcome, |token| state.key_of(&token)))
            }
            Self::CustomToken(token) => {
                let outcome = custom_token(*token, request, state).await?;
                Ok(with_auth(outcome, |token| state.custom_key_of(&token)))
            }
            Self::Session(session) => Ok(with_auth(session.authenticate(request, state).await?, |_| Value::Null)),
            Self::RemoteUser(remote, _) => Ok(with_auth(remote.authenticate(request, state).await?, |()| Value::Null)),
            Self::XUsername(_) => Ok(with_auth(x_username(request, state).await?, |()| Value::Null)),
            Self::AlwaysFail(detail, _) => Err(refusal(AuthError::incorrect_credentials(), detail.clone())),
            Self::AlwaysNone(_) => Ok(Outcome::Skipped),
            Self::AlwaysOk(user, auth) => Ok(Outcome::Authenticated(somebody(user, state).await?, auth.clone())),
            Self::RaisePermissionDenied(detail) => Err(refusal(AuthError::permission_denied(), detail.clone())),
            Self::RaiseApiException(status, detail) => Err(AuthError::other(*status, detail.clone(), "error")),
            Self::RaiseAttributeError => Err(AuthError::internal("the scheme is broken")),
        }
    }

    fn challenge(&self) -> Option<HeaderValue> {
        let challenge = match self {
            Self::Basic(basic) => Scheme::<CaseState>::challenge(basic),
            Self::Token(token) | Self::CustomToken(token) => Scheme::<CaseState>::challenge(token),
            Self::Session(session) => Scheme::<CaseState>::challenge(session),
            Self::RemoteUser(remote, _) => Scheme::<CaseState>::challenge(remote),
            Self::XUsername(text) | Self::AlwaysFail(_, text) | Self::AlwaysNone(text) => {
                Some(Challenge::verbatim(text))
            }
            _ => None,
        };
        challenge?.to_header_value()
    }
}

fn with_auth<A>(outcome: Outcome<CaseUser, A>, auth: impl FnOnce(A) -> Value) -> Outcome<CaseUser, Value> {
    match outcome {
        Outcome::Authenticated(user, value) => Outcome::Authenticated(user, auth(value)),
        Outcome::Anonymous(user, value) => Outcome::Anonymous(user, value.map(auth)),
        Outcome::Deferred(user, value, check) => Outcome::Deferred(user, auth(value), check),
        _ => Outcome::Skipped,
    }
}

pub(crate) async fn custom_token(
    token: Token,
    request: &Parts,
    state: &CaseState,
) -> SchemeResult<CaseUser, AccessToken> {
    let settings = state.auth_context().settings();
    token.authenticate_in(request, state.custom_tokens(), settings.token_format(), settings.clock()).await
}

/// The example of the framework's documentation: the header names the user, and nothing else is asked.
pub(crate) async fn x_username(request: &Parts, state: &CaseState) -> SchemeResult<CaseUser> {
    let name = request.headers.get("x-username").map(|name| String::from_utf8_lossy(name.as_bytes()).into_owned());
    let Some(name) = name.filter(|name| !name.is_empty()) else { return Ok(Outcome::Skipped) };
    let user = state.auth_context().backend().user(&name).await?;
    let user = user.ok_or_else(|| AuthError::authentication_failed("No such user"))?;
    Ok(Outcome::Authenticated(user, ()))
}

/// The error with the words of the case, or with its own where the case has none.
fn refusal(error: AuthError, detail: Option<String>) -> AuthError {
    match detail {
        Some(detail) => error.with_detail(detail),
        None => error,
    }
}

/// The user of `always_ok`: nobody, the anonymous one, or an account.
async fn somebody(user: &Value, state: &CaseState) -> Result<CaseUser, AuthError> {
    match user.as_str() {
        None => Ok(CaseUser::NoUser),
        Some("" | "anonymous" | "AnonymousUser") => Ok(CaseUser::Anonymous),
        Some(name) => {
            let user = state.auth_context().backend().user(name).await?;
            user.ok_or_else(|| AuthError::internal(format!("there is no user {name} in the case")))
        }
    }
}

/// The schemes of the view `N` of the case.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CaseChain<const N: usize>;

impl<const N: usize> Chain<CaseState> for CaseChain<N> {
    type User = CaseUser;
    type Auth = Value;

    async fn resolve<'a>(
        &'a self,
        request: &'a Parts,
        state: &'a CaseState,
    ) -> Result<Resolved<CaseUser, Value>, AuthError> {
        for spec in &state.view(N).schemes {
            match spec.authenticate(request, state).await? {
                Outcome::Skipped => {}
                outcome => return Ok(spec.resolved(outcome)),
            }
        }
        let (user, auth) = state.anonymous();
        Ok(Resolved::anonymous_as(user, auth))
    }

    fn challenges(&self, state: &CaseState) -> Vec<Option<HeaderValue>> {
        state.view(N).schemes.iter().map(SchemeSpec::challenge).collect()
    }
}
