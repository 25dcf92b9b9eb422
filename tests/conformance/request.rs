//! A request as a case writes it, and the answer that the router gives.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use auth_runtime::axum::extract::ConnectInfo;
use auth_runtime::http::header::{CONTENT_TYPE, COOKIE, HOST, HeaderName, SET_COOKIE};
use auth_runtime::http::{HeaderMap, HeaderValue};
use auth_runtime::scheme::GatewayUser;
use auth_runtime::views;
use axum::Router;
use axum::body::Body;
use axum::routing::any;
use serde_json::Value;
use tests::Answer;

use crate::case::Request;
use crate::macro_views::MacroView;
use crate::scheme::SchemeSpec;
use crate::state::{CaseState, OBTAIN, VIEW, VIEW2, World};
use crate::view::{CasePolicy, is_form, view};

/// The cookies that answers have set so far.
pub(crate) type Jar = BTreeMap<String, String>;

/// An answer, and how often the store was asked for it.
#[derive(Debug)]
pub(crate) struct Got {
    pub(crate) answer: Answer,
    pub(crate) store_calls: usize,
}

/// Sends one request; `declared` stands in the place of the first view where it is given.
pub(crate) async fn send(
    world: &Arc<World>,
    request: &Request,
    jar: &mut Jar,
    declared: Option<&MacroView>,
) -> Result<Got, String> {
    let number = match request.path.as_str() {
        path if path.starts_with("/view2/") => VIEW2,
        path if path.starts_with("/api-token-auth/") => OBTAIN,
        _ => VIEW,
    };
    world.view(number).throttles.as_ref().map_err(String::clone)?;
    let https = match request.scheme.as_deref() {
        None | Some("http") => false,
        Some("https") => true,
        Some(other) => return Err(format!("the scheme {other} of a URL")),
    };
    let built = build(world, request, jar)?;
    let router = match declared {
        None => Router::new().route("/view/", any(view::<VIEW>)).route("/view/{pk}/", any(view::<VIEW>)),
        Some(declared) => {
            let (parts, body) = built.into_parts();
            let handler = declared.handler(is_form(&parts));
            let router = Router::new().route("/view/", handler.clone()).route("/view/{pk}/", handler);
            let router = router.with_state(CaseState::new(world, https));
            return finish(world, router, auth_runtime::http::Request::from_parts(parts, body), jar).await;
        }
    };
    let router = router
        .route("/view2/", any(view::<VIEW2>))
        .route("/api-token-auth/", views::obtain_token::<CaseState, CasePolicy<OBTAIN>>())
        .nest("/auth", views::login_pages())
        .with_state(CaseState::new(world, https));
    finish(world, router, built, jar).await
}

async fn finish(
    world: &World,
    router: Router,
    request: auth_runtime::http::Request<Body>,
    jar: &mut Jar,
) -> Result<Got, String> {
    world.backend().take_calls();
    let answer = tests::send(&router, request).await;
    if let Some(text) = answer.body.strip_prefix("not understood: ") {
        return Err(text.to_owned());
    }
    for cookie in answer.all(SET_COOKIE.as_str()) {
        if let Some((name, value)) = cookie.split(';').next().and_then(|pair| pair.split_once('=')) {
            jar.insert(name.trim().to_owned(), value.trim().to_owned());
        }
    }
    Ok(Got { answer, store_calls: world.backend().take_calls() })
}

fn build(world: &World, request: &Request, jar: &Jar) -> Result<auth_runtime::http::Request<Body>, String> {
    if let Some(seconds) = request.advance_clock_s {
        world.clock().advance(Duration::try_from_secs_f64(seconds).map_err(|error| error.to_string())?);
    }
    let fill = |text: &str| fill(text, world, jar);
    let mut headers = headers(request, &fill)?;
    let cookies = request.cookies.iter().map(|(name, value)| Ok(format!("{name}={}", fill(value)?)));
    let cookies = cookies.collect::<Result<Vec<_>, String>>()?.join("; ");
    if !cookies.is_empty() {
        headers.append(COOKIE, latin1(&cookies)?);
    }
    let (media_type, body) = body(request, &fill)?;
    if let Some(media_type) = media_type {
        headers.entry(CONTENT_TYPE).or_insert(HeaderValue::from_static(media_type));
    }
    headers.entry(HOST).or_insert(HeaderValue::from_static("testserver"));

    let address = request.remote_addr.as_deref().map_or(Ok(IpAddr::V4(Ipv4Addr::LOCALHOST)), str::parse);
    let address = address.map_err(|_| format!("the address {:?}", request.remote_addr))?;
    let mut built = auth_runtime::http::Request::builder()
        .method(request.method.as_str())
        .uri(&request.path)
        .extension(ConnectInfo(SocketAddr::new(address, 50_000)))
        .body(Body::from(body))
        .map_err(|error| format!("the request cannot be sent: {error}"))?;
    *built.headers_mut() = headers;
    let view = if request.path.starts_with("/view2/") { VIEW2 } else { VIEW };
    if let Some(user) = gateway_user(world, view, request) {
        built.extensions_mut().insert(user);
    }
    Ok(built)
}

/// What the gateway says by the variable that the view's scheme reads.
fn gateway_user(world: &World, view: usize, request: &Request) -> Option<GatewayUser> {
    let variable = world.view(view).schemes.iter().find_map(|scheme| match scheme {
        SchemeSpec::RemoteUser(_, variable) => variable.as_deref(),
        _ => None,
    })?;
    request.server_vars.get(variable).map(|name| GatewayUser(name.clone()))
}

fn headers(request: &Request, fill: &impl Fn(&str) -> Result<String, String>) -> Result<HeaderMap, String> {
    let mut headers = HeaderMap::new();
    let name_of = |name: &str| name.parse::<HeaderName>().map_err(|_| format!("the header `{name}` cannot be sent"));
    for (name, texts) in &request.headers {
        for text in texts.as_slice() {
            headers.append(name_of(name)?, latin1(&fill(text)?)?);
        }
    }
    // A gateway's variable of this form is a header that it sets itself.
    for (variable, text) in &request.server_vars {
        if let Some(name) = variable.strip_prefix("HTTP_") {
            headers.insert(name_of(&name.replace('_', "-"))?, latin1(text)?);
        }
    }
    Ok(headers)
}

/// Each code point is one byte.
fn latin1(text: &str) -> Result<HeaderValue, String> {
    let bytes = text.chars().map(|letter| u8::try_from(u32::from(letter)));
    let bytes: Vec<u8> = bytes.collect::<Result<_, _>>().map_err(|_| format!("the header value `{text}`"))?;
    HeaderValue::from_bytes(&bytes).map_err(|_| format!("the header value {text:?} cannot be sent"))
}

/// Puts cookies in the places of `${session:S1}` and `${jar:name}`.
fn fill(text: &str, world: &World, jar: &Jar) -> Result<String, String> {
    let mut filled = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        let (place, after) = after.split_once('}').ok_or_else(|| format!("the place in `{text}`"))?;
        let value = match place.split_once(':') {
            Some(("session", id)) => world.cookies.get(id),
            Some(("jar", name)) => jar.get(name),
            _ => None,
        };
        filled.push_str(before);
        filled.push_str(value.ok_or_else(|| format!("nothing stands for `{place}`"))?);
        rest = after;
    }
    filled.push_str(rest);
    Ok(filled)
}

type Filled = Result<(Option<&'static str>, Vec<u8>), String>;

fn body(request: &Request, fill: &impl Fn(&str) -> Result<String, String>) -> Filled {
    let fields = |fields: &BTreeMap<String, Value>| -> Result<Vec<(String, String)>, String> {
        let mut all = Vec::new();
        for (name, value) in fields {
            for value in value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice) {
                all.push((name.clone(), fill(value.as_str().unwrap_or(&value.to_string()))?));
            }
        }
        Ok(all)
    };
    match (&request.json, &request.form, &request.multipart, &request.body_raw) {
        (None, None, None, None) => Ok((None, Vec::new())),
        (Some(json), None, None, None) => Ok((Some("application/json"), json.to_string().into_bytes())),
        (None, Some(form), None, None) => {
            Ok((Some("application/x-www-form-urlencoded"), urlencoded(&fields(form)?).into_bytes()))
        }
        (None, None, Some(form), None) => {
            Ok((Some("multipart/form-data; boundary=boundary"), multipart(&fields(form)?).into_bytes()))
        }
        (None, None, None, Some(raw)) => Ok((None, raw.clone().into_bytes())),
        _ => Err("a request with several bodies".to_owned()),
    }
}

fn urlencoded(fields: &[(String, String)]) -> String {
    let encode = |text: &str| {
        text.bytes().fold(String::new(), |mut encoded, byte| {
            if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
                encoded.push(char::from(byte));
            } else {
                let _ = write!(encoded, "%{byte:02X}");
            }
            encoded
        })
    };
    let pairs = fields.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value)));
    pairs.collect::<Vec<_>>().join("&")
}

fn multipart(fields: &[(String, String)]) -> String {
    let parts = fields.iter().map(|(name, value)| {
        format!("--boundary\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    });
    parts.collect::<String>() + "--boundary--\r\n"
}
