//! The views of a case that serve a model: notes with a text, in a list or one by one.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use auth_runtime::http::request::Parts;
use auth_runtime::http::{Method, StatusCode};
use auth_runtime::permission::ObjectPermission;
use auth_runtime::store::{ChangeOutcome, Grant, GroupStore, Holder};
use auth_runtime::{AuthError, Identity};
use auth_store::MemoryStore;
use axum::Json;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::backend::CaseUser;
use crate::case::RowSetup;
use crate::permission::Object;
use crate::state::CaseState;
use crate::view::Refused;

/// The model of all cases, under the framework's name for it.
pub(crate) const MODEL: &str = "tests.basicmodel";

/// Which view of the model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ModelView {
    List,
    Detail,
}

impl ModelView {
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        match text {
            "list" => Ok(Self::List),
            "detail" => Ok(Self::Detail),
            _ => Err(format!("a view of the model {text}")),
        }
    }

    pub(crate) fn methods(self) -> &'static [&'static str] {
        match self {
            Self::List => &["GET", "POST"],
            Self::Detail => &["GET", "PUT", "PATCH", "DELETE"],
        }
    }
}

/// The objects by their keys.
#[derive(Debug, Default)]
pub(crate) struct Objects(Mutex<BTreeMap<u64, String>>);

impl Objects {
    pub(crate) fn of(rows: &[RowSetup]) -> Self {
        Self(Mutex::new(rows.iter().map(|row| (row.id, row.text.clone())).collect()))
    }

    fn rows(&self) -> MutexGuard<'_, BTreeMap<u64, String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Grants what the case says of an account, and for each object.
pub(crate) async fn grant(
    store: &MemoryStore,
    username: &str,
    names: &[String],
    object: Option<u64>,
) -> Result<(), Box<dyn std::error::Error>> {
    let key = object.map(|key| key.to_string());
    for name in names {
        let codename = format!("tests.{name}");
        let grant = Grant { codename: &codename, object: key.as_deref() };
        if store.grant(Holder::Username(username), grant).await? != ChangeOutcome::Made {
            return Err(format!("{codename} cannot be granted to {username}").into());
        }
    }
    Ok(())
}

/// Does what the method says, once the caller is let in.
pub(crate) async fn respond(
    who: &Identity<CaseUser>,
    state: &CaseState,
    request: &Parts,
    body: &[u8],
    view: ModelView,
    permission: &impl ObjectPermission<CaseState, CaseUser, Object>,
) -> Result<Response, Refused> {
    let shown = |id: u64, text: &str| json!({ "id": id, "text": text });
    let text = || {
        let body: Value = serde_json::from_slice(body).unwrap_or_default();
        let text = body["text"].as_str().map(str::to_owned);
        text.ok_or_else(|| Refused::NotUnderstood("an object without a text".to_owned()))
    };
    let objects = state.objects();
    if view == ModelView::List {
        let mut rows = objects.rows();
        if request.method == Method::POST {
            let id = rows.keys().last().map_or(1, |last| last + 1);
            let text = text()?;
            rows.insert(id, text.clone());
            return Ok((StatusCode::CREATED, Json(shown(id, &text))).into_response());
        }
        return Ok(Json(rows.iter().map(|(id, text)| shown(*id, text)).collect::<Vec<_>>()).into_response());
    }
    let key = request.uri.path().split('/').nth(2).and_then(|key| key.parse().ok());
    let found = key.and_then(|key: u64| Some((key, objects.rows().get(&key)?.clone())));
    let Some((id, found)) = found else { return Err(Refused::Here(who.reject(AuthError::not_found()))) };
    let object = Object { key: id.to_string(), owner: None };
    who.access(request, state).check_object(permission, &object).await.map_err(Refused::Here)?;
    Ok(match request.method {
        Method::DELETE => {
            objects.rows().remove(&id);
            StatusCode::NO_CONTENT.into_response()
        }
        Method::PUT | Method::PATCH => {
            let text = text()?;
            objects.rows().insert(id, text.clone());
            Json(shown(id, &text)).into_response()
        }
        _ => Json(shown(id, &found)).into_response(),
    })
}
