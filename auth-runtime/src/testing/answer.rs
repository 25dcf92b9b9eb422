//! A response: [`Answer`].

use std::borrow::Cow;
use std::fmt;

use axum::body::{self, Bytes};
use axum::response::Response;
use http::{HeaderMap, StatusCode};
use serde::de::DeserializeOwned;

/// A response, read to its end.
#[derive(Clone)]
pub struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

impl Answer {
    /// Reads a response to its end.
    ///
    /// # Panics
    ///
    /// If its body breaks off.
    pub async fn read(response: Response) -> Self {
        let (parts, body) = response.into_parts();
        let body = super::expect(body::to_bytes(body, usize::MAX).await, "the body of the answer broke off");
        Self { status: parts.status, headers: parts.headers, body }
    }

    /// Returns the status.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// Returns the headers.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// Returns the first value of a header, if it is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Returns all values of a header that are text, such as those of `Set-Cookie`.
    pub fn header_all(&self, name: &str) -> Vec<&str> {
        self.headers.get_all(name).iter().filter_map(|value| value.to_str().ok()).collect()
    }

    /// Returns the body.
    pub fn bytes(&self) -> &Bytes {
        &self.body
    }

    /// Returns the body as text.
    pub fn text(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.body)
    }

    /// Returns the body as JSON.
    ///
    /// # Panics
    ///
    /// If it is not a `T`. The message shows the body.
    #[track_caller]
    pub fn json<T: DeserializeOwned>(&self) -> T {
        match serde_json::from_slice(&self.body) {
            Ok(value) => value,
            Err(error) => panic!("not the JSON that was asked for ({error}): {self:?}"),
        }
    }

    /// Returns the stable `code` of a refusal in JSON. `None` means that the body has none.
    pub fn code(&self) -> Option<String> {
        self.member("code")
    }

    /// Returns the `detail` of a refusal in JSON. `None` means that the body has none.
    pub fn detail(&self) -> Option<String> {
        self.member("detail")
    }

    fn member(&self, name: &str) -> Option<String> {
        let body: serde_json::Value = serde_json::from_slice(&self.body).ok()?;
        Some(body.get(name)?.as_str()?.to_owned())
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer")
            .field("status", &self.status)
            .field("headers", &self.headers)
            .field("body", &self.text())
            .finish()
    }
}
