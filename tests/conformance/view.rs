//! The views of a case: the policy that stands for its lists, and the handler behind it.

use auth_runtime::http::header::{ALLOW, CONTENT_TYPE};
use auth_runtime::http::request::Parts;
use auth_runtime::http::{HeaderValue, Method, StatusCode};
use auth_runtime::permission::{Access, ObjectPermission, Permission};
use auth_runtime::{Auth, AuthError, Chain, Credentials, CsrfForm, Identity, Policy, Rejection, Resolved};
use axum::Json;
use axum::body::to_bytes;
use axum::extract::{FromRequest, Request, State};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::backend::CaseUser;
use crate::permission::{CasePermit, Object};
use crate::scheme::CaseChain;
use crate::state::{CaseState, OBTAIN, View};
use crate::{model, throttle};

/// What the view `N` of the case demands.
#[derive(Debug)]
pub(crate) struct CasePolicy<const N: usize>;

impl<const N: usize> Policy<CaseState> for CasePolicy<N> {
    type User = CaseUser;
    type Auth = Value;

    // The token endpoint takes no `CsrfForm`: saying so would let it skip the check.
    const VERIFIES_CSRF_FORM: bool = N != OBTAIN;

    async fn resolve<'a>(request: &'a Parts, state: &'a CaseState) -> Result<Resolved<CaseUser, Value>, AuthError> {
        CaseChain::<N>.resolve(request, state).await
    }

    fn challenges(state: &CaseState) -> Vec<Option<HeaderValue>> {
        CaseChain::<N>.challenges(state)
    }

    async fn permit<'a>(access: &'a Access<'a, CaseState, CaseUser>) -> Result<(), AuthError> {
        CasePermit::<N>.has_permission(access).await
    }

    async fn throttle<'a>(access: &'a Access<'a, CaseState, CaseUser>) -> Result<(), AuthError> {
        // A view whose throttles cannot be declared is sent no request.
        throttle::ask(access.state.view(N).throttles.as_deref().unwrap_or_default(), access).await
    }
}

/// The handler of the view `N`, whatever the method: the framework authenticates before it looks at the method.
pub(crate) async fn view<const N: usize>(
    Auth { user: who, auth: Credentials(auth), .. }: Auth<
        Identity<CaseUser>,
        CasePolicy<N>,
        Credentials<Option<Value>>,
    >,
    State(state): State<CaseState>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    if is_form(&parts) {
        let request = Request::from_parts(parts.clone(), body);
        if let Err(refused) = CsrfForm::<Vec<(String, String)>>::from_request(request, &state).await {
            return refused;
        }
        return respond(&who, auth, &state, (&parts, &[]), state.view(N), &CasePermit::<N>).await;
    }
    let body = to_bytes(body, usize::MAX).await.unwrap_or_default();
    respond(&who, auth, &state, (&parts, &body), state.view(N), &CasePermit::<N>).await
}

/// Whether the handler reads a form, which is what verifies the CSRF field.
pub(crate) fn is_form(parts: &Parts) -> bool {
    let media_type = parts.headers.get(CONTENT_TYPE).map(HeaderValue::as_bytes).unwrap_or_default();
    let forms: [&[u8]; 2] = [b"application/x-www-form-urlencoded", b"multipart/form-data"];
    parts.method == Method::POST && forms.iter().any(|form| media_type.starts_with(form))
}

/// What follows once the caller is let in: the method, then the handler that the case describes.
pub(crate) async fn respond(
    who: &Identity<CaseUser>,
    auth: Option<Value>,
    state: &CaseState,
    (request, body): (&Parts, &[u8]),
    view: &View,
    permission: &impl ObjectPermission<CaseState, CaseUser, Object>,
) -> Response {
    let handled = match (handle(who, state, request, view, permission).await, view.model) {
        (Ok(()), _) if request.method == Method::OPTIONS => Ok(Json(json!({ "name": "View" })).into_response()),
        (Ok(()), Some(model)) => model::respond(who, state, request, body, model, permission).await,
        (Ok(()), None) => Ok(Json(shown(who, auth)).into_response()),
        (Err(refused), _) => Err(refused),
    };
    let mut response = match handled {
        Ok(response) => response,
        Err(Refused::Here(rejection)) => rejection.into_response(),
        Err(Refused::NotUnderstood(text)) => {
            (StatusCode::NOT_IMPLEMENTED, format!("not understood: {text}")).into_response()
        }
    };
    if let Ok(allow) = HeaderValue::try_from(allowed(view).join(", ")) {
        response.headers_mut().insert(ALLOW, allow);
    }
    response
}

/// Why a handler gives no answer of its own.
pub(crate) enum Refused {
    Here(Rejection),
    NotUnderstood(String),
}

async fn handle(
    who: &Identity<CaseUser>,
    state: &CaseState,
    request: &Parts,
    view: &View,
    permission: &impl ObjectPermission<CaseState, CaseUser, Object>,
) -> Result<(), Refused> {
    let method = request.method.as_str();
    if !allowed(view).contains(&method) {
        let detail = format!("Method \"{method}\" not allowed.");
        let error = AuthError::other(StatusCode::METHOD_NOT_ALLOWED, detail, "method_not_allowed");
        return Err(Refused::Here(who.reject(error)));
    }
    if method == "OPTIONS" {
        return Ok(());
    }
    if let Some(name) = &view.handler.raise {
        let error = raised(name).ok_or_else(|| Refused::NotUnderstood(format!("a handler that raises {name}")))?;
        return Err(Refused::Here(who.reject(match &view.handler.detail {
            Some(detail) => error.with_detail(detail.clone()),
            None => error,
        })));
    }
    if let Some(object) = &view.handler.check_object {
        let object = Object { key: "1".to_owned(), owner: object.owner.clone() };
        who.access(request, state).check_object(permission, &object).await.map_err(Refused::Here)?;
    }
    Ok(())
}

fn raised(name: &str) -> Option<AuthError> {
    Some(match name {
        "NotAuthenticated" => AuthError::not_authenticated(),
        "AuthenticationFailed" => AuthError::incorrect_credentials(),
        "PermissionDenied" | "DjangoPermissionDenied" => AuthError::permission_denied(),
        "NotFound" | "Http404" | "DjangoHttp404" => AuthError::not_found(),
        "Throttled" => AuthError::throttled(None),
        "APIException" => AuthError::other(StatusCode::INTERNAL_SERVER_ERROR, "A server error occurred.", "error"),
        "ParseError" => AuthError::other(StatusCode::BAD_REQUEST, "Malformed request.", "parse_error"),
        "AttributeError" | "ValueError" | "RuntimeError" | "Exception" => AuthError::internal("the handler is broken"),
        _ => return None,
    })
}

/// The methods of the view in the framework's order; `HEAD` comes with `GET`, and `OPTIONS` is always there.
fn allowed(view: &View) -> Vec<&'static str> {
    let has = |name: &str| view.methods.iter().any(|method| method == name);
    ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE"]
        .into_iter()
        .filter(|&name| has(name) || name == "OPTIONS" || name == "HEAD" && has("GET"))
        .collect()
}

/// What the default handler tells of its caller.
pub(crate) fn shown(who: &Identity<CaseUser>, auth: Option<Value>) -> Value {
    let authenticator = who.scheme().map(|name| match name {
        "Basic" => "BasicAuthentication",
        "CustomToken" | "Token" => "TokenAuthentication",
        "Session" => "SessionAuthentication",
        "RemoteUser" => "RemoteUserAuthentication",
        other => other,
    });
    json!({
        "user": who.user().map(CaseUser::shown),
        "auth": auth,
        "authenticated": who.is_authenticated(),
        "authenticator": authenticator,
    })
}
