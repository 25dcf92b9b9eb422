//! The signature base (RFC 9421 section 2.5): what is signed.

use std::borrow::Cow;

use auth_runtime::{Origin, PublicOrigin};
use http::request::Parts;
use http::uri::PathAndQuery;
use http::{HeaderMap, Method, Request, StatusCode, Uri, Version};

use super::component::{Component, Components, Form, Kind};
use super::error::SignatureError;
use super::field::{self, StructuredField};
use super::query;
use crate::destination;

/// The head of a request as the caller sent it.
#[derive(Debug)]
pub(super) struct RequestHead<'a> {
    method: &'a Method,
    uri: &'a Uri,
    headers: &'a HeaderMap,
    origin: Option<Origin>,
    path_and_query: Cow<'a, str>,
    /// Whether the request line contains the whole URI, as in a request to a proxy.
    is_absolute: bool,
}

impl<'a> RequestHead<'a> {
    /// Reads the head of a received request.
    ///
    /// # Errors
    ///
    /// If it names two hosts.
    pub(super) fn received(request: &'a Parts, public: &PublicOrigin) -> Result<Self, SignatureError> {
        let origin = destination::received(request, public);
        Ok(Self {
            method: &request.method,
            uri: &request.uri,
            headers: &request.headers,
            origin: origin.map_err(|reason| SignatureError::component("\"@authority\"", reason))?,
            path_and_query: public.path_and_query(request),
            is_absolute: request.version <= Version::HTTP_11 && request.uri.scheme().is_some(),
        })
    }

    /// Reads the head of a request to be sent, to the origin of its URI, or else to its `Host` with https.
    pub(super) fn sent<B>(request: &'a Request<B>) -> Self {
        let uri = request.uri();
        Self {
            method: request.method(),
            uri,
            headers: request.headers(),
            origin: destination::sent(uri, request.headers()),
            path_and_query: uri.path_and_query().map_or("/", PathAndQuery::as_str).into(),
            is_absolute: false,
        }
    }

    fn origin(&self) -> Result<&Origin, &'static str> {
        self.origin.as_ref().ok_or("cannot be known, since the request names no host")
    }

    fn path(&self) -> &str {
        match self.path_and_query.split_once('?').map_or(&*self.path_and_query, |(path, _)| path) {
            "" | "*" => "/",
            path => path,
        }
    }

    fn query(&self) -> Option<&str> {
        self.path_and_query.split_once('?').map(|(_, query)| query)
    }

    fn push_path_and_query(&self, text: &mut String) {
        if self.path_and_query.starts_with('?') {
            text.push('/');
        }
        text.push_str(&self.path_and_query);
    }

    fn push_target_uri(&self, text: &mut String) -> Result<(), &'static str> {
        let origin = self.origin()?;
        text.push_str(scheme(origin));
        text.push_str("://");
        text.push_str(origin.authority());
        // RFC 9112 section 3.3: `OPTIONS *` addresses the server, which has no path.
        if self.path_and_query != "*" {
            self.push_path_and_query(text);
        }
        Ok(())
    }

    fn push_request_target(&self, text: &mut String) -> Result<(), &'static str> {
        if self.method == Method::CONNECT {
            text.push_str(self.uri.authority().ok_or("has no authority")?.as_str());
        } else if let (true, Some(scheme), Some(authority)) =
            (self.is_absolute, self.uri.scheme_str(), self.uri.authority())
        {
            text.push_str(scheme);
            text.push_str("://");
            text.push_str(authority.as_str());
            self.push_path_and_query(text);
        } else {
            self.push_path_and_query(text);
        }
        Ok(())
    }

    fn push(&self, components: &Components, component: &Component, text: &mut String) -> Result<(), &'static str> {
        match component.kind {
            Kind::Method => text.push_str(self.method.as_str()),
            Kind::TargetUri => return self.push_target_uri(text),
            Kind::Authority => text.push_str(self.origin()?.authority()),
            Kind::Scheme => text.push_str(scheme(self.origin()?)),
            Kind::RequestTarget => return self.push_request_target(text),
            Kind::Path => text.push_str(self.path()),
            Kind::Query => {
                text.push('?');
                text.push_str(self.query().unwrap_or_default());
            }
            Kind::QueryParam => {
                let name = components.member(component).ok_or("has no `name`")?;
                return query::push_param(self.query().unwrap_or_default(), &name, text);
            }
            Kind::Status | Kind::Field => return Err("is not of a request"),
        }
        Ok(())
    }
}

fn scheme(origin: &Origin) -> &'static str {
    if origin.is_https() { "https" } else { "http" }
}

/// A message to be signed or verified.
#[derive(Debug)]
pub(super) struct Message<'a> {
    /// The request. For a response, the request that it answers.
    pub(super) request: Option<RequestHead<'a>>,
    /// The status and the fields of a response.
    pub(super) response: Option<(StatusCode, &'a HeaderMap)>,
    /// The trailers, if they are known.
    pub(super) trailers: Option<&'a HeaderMap>,
    /// Structured fields besides those of the registry.
    pub(super) structured: &'a [StructuredField],
}

impl<'a> Message<'a> {
    /// Creates a message from a request.
    pub(super) fn request(request: RequestHead<'a>, structured: &'a [StructuredField]) -> Self {
        Self { request: Some(request), response: None, trailers: None, structured }
    }

    /// Returns the signature base over these components, ending with the parameters of the signature.
    ///
    /// # Errors
    ///
    /// If the message does not have one of the components.
    pub(super) fn base(&self, components: &Components, params: &str) -> Result<String, SignatureError> {
        let mut text = String::with_capacity(3 * params.len() + 128);
        for component in components.iter() {
            let id = components.id(component);
            text.push_str(id);
            text.push_str(": ");
            self.push(components, component, &mut text).map_err(|reason| SignatureError::component(id, reason))?;
            text.push('\n');
        }
        text.push_str("\"@signature-params\": ");
        text.push_str(params);
        if text.is_ascii() { Ok(text) } else { Err(SignatureError::Malformed("what is covered is not ASCII".into())) }
    }

    fn push(&self, components: &Components, component: &Component, text: &mut String) -> Result<(), &'static str> {
        let request = match (component.req, &self.response, &self.request) {
            (true, None, _) => return Err("has `req`, which is for responses"),
            (true, Some(_), None) => return Err("is of the request, which is not known"),
            (_, _, request) => request.as_ref(),
        };
        match (component.kind, &self.response) {
            (Kind::Status, Some((status, _))) => text.push_str(status.as_str()),
            (Kind::Status, None) => return Err("is of responses"),
            (Kind::Field, response) => {
                let headers = match (response, request) {
                    (Some((_, headers)), _) if !component.req => *headers,
                    (_, Some(request)) => request.headers,
                    _ => return Err("is not in the message"),
                };
                return self.push_field(headers, components, component, text);
            }
            (_, Some(_)) if !component.req => return Err("is of the request, and has no `req`"),
            (_, _) => return request.ok_or("is of the request")?.push(components, component, text),
        }
        Ok(())
    }

    fn push_field(
        &self,
        headers: &HeaderMap,
        components: &Components,
        component: &Component,
        text: &mut String,
    ) -> Result<(), &'static str> {
        let headers = match (component.tr, component.req, self.trailers) {
            (false, _, _) => headers,
            (true, false, Some(trailers)) => trailers,
            _ => return Err("is of the trailers, which are not known when the signature is verified"),
        };
        let name = components.name(component);
        match components.member(component) {
            Some(key) => field::push_member(headers, name, &key, self.structured, text),
            None => match component.form {
                Form::Strict => field::push_strict(headers, name, self.structured, text),
                Form::Bytes => field::push_bytes(headers, name, text),
                Form::AsItStands => field::push_combined(headers, name, text),
            },
        }
    }
}
