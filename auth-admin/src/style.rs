//! The style sheet that every page includes.

use auth_runtime::authenticate;
use auth_runtime::permission::AllowAny;
use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, CONTENT_TYPE};

const SHEET: &str = include_str!("style.css");

/// A hash of the style sheet (FNV-1a). It is part of the address, so that browsers can cache the sheet forever.
pub(crate) const VERSION: u32 = {
    let (bytes, mut hash, mut at) = (SHEET.as_bytes(), 0x811c_9dc5_u32, 0);
    while at < bytes.len() {
        hash = (hash ^ bytes[at] as u32).wrapping_mul(0x0100_0193);
        at += 1;
    }
    hash
};

#[authenticate(none)]
#[permit(AllowAny)]
#[throttle(none)]
pub(crate) async fn sheet() -> Response {
    let headers = [(CONTENT_TYPE, "text/css; charset=utf-8"), (CACHE_CONTROL, "public, max-age=31536000, immutable")];
    (headers, SHEET).into_response()
}
