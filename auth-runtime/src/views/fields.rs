//! [`Fields`]: a body, read in the way of Django REST framework's serializers.

use axum::body::Body;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::request::Parts;
use serde_json::{Map, Value, json};
use zeroize::{Zeroize as _, Zeroizing};

use crate::body::form;
use crate::body::form::Form;
use crate::context::state::AuthState;
use crate::cross_site::DeferredCsrf;
use crate::refusal::AuthError;
use crate::{body, csrf};

/// The fields of a body and what is wrong with them, in the words of Django REST framework's serializers: for endpoints that
/// replace one of its own. A body is JSON, or a form: urlencoded, or multipart with the feature `multipart`.
///
/// Overwritten when dropped, since a field may be a password.
pub struct Fields {
    fields: Map<String, Value>,
    messages: Map<String, Value>,
}

impl Drop for Fields {
    fn drop(&mut self) {
        self.fields.values_mut().for_each(overwrite);
    }
}

fn overwrite(value: &mut Value) {
    match value {
        Value::String(text) => text.zeroize(),
        Value::Array(values) => values.iter_mut().for_each(overwrite),
        Value::Object(fields) => fields.values_mut().for_each(overwrite),
        // A password may be sent as a number.
        Value::Null | Value::Bool(_) | Value::Number(_) => *value = Value::Null,
    }
}

impl std::fmt::Debug for Fields {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Fields").finish_non_exhaustive()
    }
}

/// Why fields could not be read.
#[derive(Debug)]
#[allow(clippy::exhaustive_enums)]
pub enum UnreadFields {
    /// The body cannot be read.
    Refused(AuthError),
    /// The body can be read, but its fields are not valid.
    Invalid(Invalid),
}

impl From<AuthError> for UnreadFields {
    fn from(error: AuthError) -> Self {
        Self::Refused(error)
    }
}

/// What is wrong with fields: 400 `{"field": ["This field is required."]}`.
#[derive(Debug, Clone)]
pub struct Invalid(Map<String, Value>);

impl Invalid {
    /// Returns one message that belongs to no field, under
    /// [`Settings::non_field_errors_key`](crate::Settings::non_field_errors_key).
    pub fn other<S: AuthState>(state: &S, text: impl Into<String>) -> Self {
        Self(message(state.auth_context().settings().non_field_errors_key(), text))
    }
}

impl IntoResponse for Invalid {
    fn into_response(self) -> Response {
        (StatusCode::BAD_REQUEST, axum::Json(Value::Object(self.0))).into_response()
    }
}

impl Fields {
    /// Reads a body. An empty body has no fields, whatever its media type.
    ///
    /// # Errors
    ///
    /// 400 for a body that is not what its header says, 413 for one over axum's limit, 415 for another media type, and
    /// [`Invalid`] for JSON that is not an object.
    pub async fn read<S: AuthState>(state: &S, request: &Parts, body: Body) -> Result<Self, UnreadFields> {
        Self::read_verified(state, request, body, None).await
    }

    /// As [`read`](Self::read), for a handler that verifies the CSRF field of a form itself.
    pub(crate) async fn read_verified<S: AuthState>(
        state: &S,
        request: &Parts,
        body: Body,
        deferred: Option<DeferredCsrf>,
    ) -> Result<Self, UnreadFields> {
        let headers = &request.headers;
        let body = body::read(Request::from_parts(request.clone(), body), state).await?;
        let fields = if body.is_empty() {
            if let Some(deferred) = deferred {
                deferred.with_field(None)?;
            }
            Map::new()
        } else if Form::is_in(headers) {
            let form = Form::read(headers, body).await?;
            if let Some(deferred) = deferred {
                deferred.with_field(form.field(csrf::FORM_FIELD))?;
            }
            form.fields().map(|(name, value)| (name.to_owned(), value.into())).collect()
        } else {
            read(form::media_type(headers).unwrap_or_default(), &body)?
                .map_err(|text| UnreadFields::Invalid(Invalid::other(state, text)))?
        };
        Ok(Self { fields, messages: Map::new() })
    }

    /// Returns the value of a field, of any type.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.fields.get(name)
    }

    /// Returns a field as text that is not blank, unchanged. `space_is_blank` says whether white space alone is blank. `None`
    /// means that the field is not valid; a message about it is kept.
    pub fn text(&mut self, name: &str, space_is_blank: bool) -> Option<Zeroizing<String>> {
        match text(self.fields.get(name), space_is_blank) {
            Ok(text) => Some(text),
            Err(complaint) => {
                self.messages.extend(message(name, complaint));
                None
            }
        }
    }

    /// Returns what is wrong with the fields that were read.
    pub fn invalid(mut self) -> Invalid {
        Invalid(std::mem::take(&mut self.messages))
    }
}

fn message(key: &str, text: impl Into<String>) -> Map<String, Value> {
    Map::from_iter([(key.to_owned(), json!([text.into()]))])
}

/// Reads the fields of a body that is not a form, or returns what is wrong with them.
fn read(media_type: &str, body: &[u8]) -> Result<Result<Map<String, Value>, String>, AuthError> {
    if media_type.eq_ignore_ascii_case("application/json") {
        let value = serde_json::from_slice(body).map_err(|error| {
            let detail = format!("JSON parse error - {error}");
            AuthError::other(StatusCode::BAD_REQUEST, detail, "parse_error")
        })?;
        return Ok(match value {
            Value::Object(fields) => Ok(fields),
            Value::Null => Err("No data provided".to_owned()),
            value => Err(format!("Invalid data. Expected a dictionary, but got {}.", kind(&value))),
        });
    }
    let detail = format!("Unsupported media type \"{media_type}\" in request.");
    Err(AuthError::other(StatusCode::UNSUPPORTED_MEDIA_TYPE, detail, "unsupported_media_type"))
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Bool(_) => "bool",
        Value::Number(number) if number.is_f64() => "float",
        Value::Number(_) => "int",
        Value::String(_) => "str",
        _ => "list",
    }
}

fn text(value: Option<&Value>, space_is_blank: bool) -> Result<Zeroizing<String>, &'static str> {
    let text = match value {
        None => return Err("This field is required."),
        Some(Value::Null) => return Err("This field may not be null."),
        Some(Value::Number(number)) => number.to_string(),
        Some(Value::String(text)) => text.clone(),
        Some(_) => return Err("Not a valid string."),
    };
    match Zeroizing::new(text) {
        text if text.is_empty() || space_is_blank && text.trim().is_empty() => Err("This field may not be blank."),
        text if text.contains('\0') => Err("Null characters are not allowed."),
        text => Ok(text),
    }
}
