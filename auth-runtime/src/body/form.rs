//! The fields of a browser's form, urlencoded (WHATWG URL section 5.1), or multipart with the feature of this name (RFC 7578).

use axum::body::Bytes;
use http::HeaderMap;
use http::header::CONTENT_TYPE;
use serde::de::DeserializeOwned;
use zeroize::Zeroize;

use crate::refusal::AuthError;

/// The text fields of a form, in order. Overwritten when dropped, since one of them may be a password.
pub(crate) struct Form(Vec<(String, String)>);

impl Drop for Form {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl Form {
    /// The supported kinds of forms, for the refusal of any other body.
    pub(crate) const KINDS: &str = if cfg!(feature = "multipart") { "urlencoded or multipart" } else { "urlencoded" };

    /// Returns whether a request declares that its body is a form.
    pub(crate) fn is_in(headers: &HeaderMap) -> bool {
        is_urlencoded(headers) || (cfg!(feature = "multipart") && is_multipart(headers))
    }

    /// Reads the body of a request with these headers. Ignores files.
    ///
    /// # Errors
    ///
    /// If it is not a valid form.
    pub(crate) async fn read(headers: &HeaderMap, body: Bytes) -> Result<Self, AuthError> {
        if is_multipart(headers) {
            return Self::read_multipart(headers, body).await;
        }
        serde_urlencoded::from_bytes(&body).map(Self).map_err(malformed)
    }

    /// Without the feature, a multipart body is not a form.
    #[cfg(not(feature = "multipart"))]
    fn read_multipart(_: &HeaderMap, _: Bytes) -> std::future::Ready<Result<Self, AuthError>> {
        std::future::ready(Err(malformed("it is multipart, and only urlencoded forms are read")))
    }

    #[cfg(feature = "multipart")]
    async fn read_multipart(headers: &HeaderMap, body: Bytes) -> Result<Self, AuthError> {
        use axum::extract::{FromRequest as _, Multipart, Request};

        let mut request = Request::new(axum::body::Body::from(body));
        request.headers_mut().extend(headers.get(CONTENT_TYPE).map(|value| (CONTENT_TYPE, value.clone())));
        let mut parts = Multipart::from_request(request, &()).await.map_err(malformed)?;
        let mut form = Self(Vec::new());
        while let Some(part) = parts.next_field().await.map_err(malformed)? {
            let Some(name) = part.name().map(str::to_owned).filter(|_| part.file_name().is_none()) else { continue };
            let value = part.bytes().await.map_err(malformed)?;
            form.0.push((name, String::from_utf8_lossy(&value).into_owned()));
        }
        Ok(form)
    }

    /// Returns the value of a field. A field that appears twice counts as absent, since it is unclear which value was meant.
    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        let mut values = self.fields().filter_map(|(key, value)| (key == name).then_some(value));
        values.next().filter(|_| values.next().is_none())
    }

    /// Returns all fields.
    pub(crate) fn fields(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Deserializes the fields as a `T`.
    ///
    /// # Errors
    ///
    /// If they are not a `T`.
    pub(crate) fn deserialize<T: DeserializeOwned>(&self) -> Result<T, AuthError> {
        let text = zeroize::Zeroizing::new(serde_urlencoded::to_string(&self.0).map_err(malformed)?);
        serde_urlencoded::from_str(&text).map_err(malformed)
    }
}

fn malformed(error: impl std::fmt::Display) -> AuthError {
    AuthError::other(http::StatusCode::BAD_REQUEST, format!("Malformed form: {error}."), "parse_error")
}

/// Returns the media type of a body, without its parameters.
pub(crate) fn media_type(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(CONTENT_TYPE)?.to_str().ok()?;
    Some(value.split(';').next().unwrap_or(value).trim())
}

fn is_urlencoded(headers: &HeaderMap) -> bool {
    media_type(headers).is_some_and(|media_type| media_type.eq_ignore_ascii_case("application/x-www-form-urlencoded"))
}

fn is_multipart(headers: &HeaderMap) -> bool {
    media_type(headers).is_some_and(|media_type| media_type.eq_ignore_ascii_case("multipart/form-data"))
}
