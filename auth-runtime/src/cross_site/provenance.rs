//! Where a request comes from, according to the browser.

use std::borrow::Cow;

use http::header::{AsHeaderName, ORIGIN, REFERER};
use http::request::Parts;
use http::{HeaderMap, Uri};

use super::failure::Failure;
use crate::context::settings::Settings;
use crate::wire::origin::{InvalidOrigin, Origin};

/// What a browser states about the page that a request comes from. A page of another origin is a [`Failure`].
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Provenance {
    /// A page of this application, or of a trusted origin.
    Own,
    /// The request has neither `Origin` nor `Sec-Fetch-Site`: it comes from a program, or the user typed its address.
    Unknown,
}

impl Provenance {
    /// Reads `Origin` and `Sec-Fetch-Site` (Fetch Metadata, section 2.2).
    ///
    /// For `Sec-Fetch-Site: same-origin`, the browser compared the addresses that it knows. It decides if `Origin` is hidden,
    /// or if its port or scheme differs from what this application sees behind its proxies. It never vouches for another host.
    pub(super) fn of(request: &Parts, settings: &Settings) -> Result<Self, Failure> {
        let own = || settings.public_origin().of(request);
        let foreign_site = |site: Cow<'_, str>| Failure::ForeignSite { site: site.into_owned(), own: own() };
        let site = only_value(&request.headers, "sec-fetch-site").map_err(|all| foreign_site(all.into()))?;
        let is_same_origin = site.as_deref() == Some("same-origin");

        let foreign_origin = |origin: Cow<'_, str>| Failure::ForeignOrigin { origin: origin.into_owned(), own: own() };
        let origin = only_value(&request.headers, ORIGIN).map_err(|all| foreign_origin(all.into()))?;
        if let Some(text) = origin {
            let is_own = match Origin::parse(&text) {
                Ok(origin) => {
                    let own = own();
                    own.as_ref() == Some(&origin)
                        || settings.csrf().trusted_origins().iter().any(|trusted| trusted.matches(&origin))
                        || is_same_origin && own.is_some_and(|own| own.host() == origin.host())
                }
                Err(InvalidOrigin) => is_same_origin && text == "null",
            };
            return if is_own { Ok(Self::Own) } else { Err(foreign_origin(text)) };
        }
        match site {
            None => Ok(Self::Unknown),
            Some(site) => match &*site {
                "same-origin" => Ok(Self::Own),
                "none" => Ok(Self::Unknown),
                _ => Err(foreign_site(site)),
            },
        }
    }
}

/// Checks that the `Referer` is one of this application's pages, for a request over HTTPS whose browser states nothing else.
pub(super) fn check_referer(request: &Parts, settings: &Settings) -> Result<(), Failure> {
    let Some(own) = settings.public_origin().of(request).filter(Origin::is_https) else { return Ok(()) };
    let Some(referer) = request.headers.get(REFERER) else { return Err(Failure::NoReferer) };
    let text = String::from_utf8_lossy(referer.as_bytes()).into_owned();
    let parsed = text.parse::<Uri>().ok();
    let (Some(scheme), Some(authority)) =
        (parsed.as_ref().and_then(Uri::scheme_str), parsed.as_ref().and_then(Uri::authority))
    else {
        return Err(Failure::MalformedReferer);
    };
    if scheme != "https" {
        return Err(Failure::InsecureReferer);
    }
    let trusted = settings.csrf().trusted_origins();
    let origin = Origin::parse(&format!("https://{authority}")).ok();
    let is_own = origin.as_ref().is_some_and(|origin| {
        *origin == own || trusted.iter().any(|trusted| trusted.matches_authority(origin.authority()))
    });
    if is_own { Ok(()) } else { Err(Failure::ForeignReferer { referer: text, origin, own }) }
}

/// Returns the origin of the page that a request comes from, if the browser names one.
pub(crate) fn sent_origin(headers: &HeaderMap) -> Option<Result<Origin, InvalidOrigin>> {
    match only_value(headers, ORIGIN) {
        Ok(text) => text.map(|text| Origin::parse(&text)),
        Err(_) => Some(Err(InvalidOrigin)),
    }
}

/// Returns the value of a header that browsers send once.
///
/// # Errors
///
/// All values, if the header appears more than once with different ones.
fn only_value(headers: &HeaderMap, name: impl AsHeaderName) -> Result<Option<Cow<'_, str>>, String> {
    let all = headers.get_all(name);
    let Some(first) = all.iter().next() else { return Ok(None) };
    if all.iter().any(|value| value != first) {
        let all: Vec<_> = all.iter().map(|value| String::from_utf8_lossy(value.as_bytes())).collect();
        return Err(all.join(", "));
    }
    Ok(Some(String::from_utf8_lossy(first.as_bytes())))
}
