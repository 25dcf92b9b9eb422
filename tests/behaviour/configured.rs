//! What is configured out leaves the guard where it is. Nothing here depends on `debug_assertions`.

use auth_runtime::permission::IsStaff;
use auth_runtime::scheme::{Session, Token};
use auth_runtime::{CsrfForm, authenticate, handlers};
use auth_store::Account;
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, Method, Uri};
use axum::routing::{get as on_get, post as on_post};
use tests::{App, CSRF, app, get, request_with, send};

#[authenticate(Token)]
#[permit(IsStaff)]
async fn there(State(_): State<App>) {}

#[authenticate(Token)]
#[permit(IsStaff)]
async fn lints(
    #[allow(unused_variables)]
    #[expect(unused_mut, reason = "a test")]
    mut headers: HeaderMap,
) {
}

#[authenticate(Token)]
#[permit(IsStaff)]
async fn first_is_gone(#[cfg(any())] State(metrics): State<Missing>, _: Uri) {}

#[authenticate(Token, state = App)]
#[permit(IsStaff)]
async fn only_is_gone(#[cfg(any())] State(metrics): State<Missing>) {}

#[authenticate(Token)]
#[permit(IsStaff)]
async fn gone_by_cfg_attr(#[cfg_attr(all(), cfg(any()))] _: HeaderMap) {}

#[authenticate(Token)]
#[permit(IsStaff)]
async fn gone_by_nested_cfg_attr(#[cfg_attr(all(), allow(unused), cfg_attr(all(), cfg(any())))] _: HeaderMap, _: Uri) {}

#[authenticate(Token)]
#[permit(IsStaff)]
async fn all_are_gone(#[cfg(any())] _: HeaderMap, #[cfg_attr(all(), cfg(any()))] _: Uri, #[cfg(any())] _: String) {}

#[authenticate(Token)]
#[permit(IsStaff)]
async fn later_is_gone(_: HeaderMap, #[cfg(any())] _: Uri, _: Method) {}

#[authenticate(Token)]
#[permit(IsStaff)]
async fn configured_in(#[cfg(not(any()))] _: HeaderMap, #[cfg_attr(any(), cfg(any()))] _: Uri) {}

#[authenticate(none)]
#[permit(IsStaff)]
async fn of_nobody(#[cfg(any())] _: HeaderMap, _: Uri) {}

#[authenticate(Token)]
#[permit(IsStaff)]
#[cfg_attr(all(), allow(unused), cfg(all()))]
async fn configured_itself(#[cfg(any())] _: HeaderMap) {}

#[authenticate(Token)]
#[permit(IsStaff)]
#[cfg_attr(all(), allow(unused), cfg_attr(all(), cfg(any())))]
async fn configured_itself(_: Missing) {}

struct Reports;

#[handlers]
impl Reports {
    #[authenticate(Token)]
    #[permit(IsStaff)]
    async fn first_is_gone(#[cfg(any())] State(metrics): State<Missing>, _: Uri) {}

    #[authenticate(Token)]
    #[permit(IsStaff)]
    async fn only_is_gone(#[cfg_attr(all(), cfg(any()))] _: HeaderMap) {}

    #[authenticate(Token)]
    #[permit(IsStaff)]
    #[cfg(not(any()))]
    async fn configured_itself(#[cfg(any())] _: HeaderMap) {}

    #[authenticate(Token)]
    #[permit(IsStaff)]
    #[cfg(any())]
    async fn configured_itself(_: Missing) {}
}

struct Generic<T>(T);

#[handlers]
impl<T: Send + 'static> Generic<T> {
    #[authenticate(Token)]
    #[permit(IsStaff)]
    async fn only_is_gone(#[cfg(any())] _: HeaderMap) {}
}

#[tokio::test]
async fn a_guard_stays_whatever_is_configured_out_behind_it() {
    let router = Router::new()
        .route("/there", on_get(there))
        .route("/lints", on_get(lints))
        .route("/first-is-gone", on_get(first_is_gone))
        .route("/only-is-gone", on_get(only_is_gone))
        .route("/gone-by-cfg-attr", on_get(gone_by_cfg_attr))
        .route("/gone-by-nested-cfg-attr", on_get(gone_by_nested_cfg_attr))
        .route("/all-are-gone", on_get(all_are_gone))
        .route("/later-is-gone", on_get(later_is_gone))
        .route("/configured-in", on_get(configured_in))
        .route("/configured-itself", on_get(configured_itself))
        .route("/reports/first-is-gone", on_get(Reports::first_is_gone))
        .route("/reports/only-is-gone", on_get(Reports::only_is_gone))
        .route("/reports/configured-itself", on_get(Reports::configured_itself))
        .route("/generic/only-is-gone", on_get(Generic::<u8>::only_is_gone))
        .with_state(app().await);
    for path in [
        "/there",
        "/lints",
        "/first-is-gone",
        "/only-is-gone",
        "/gone-by-cfg-attr",
        "/gone-by-nested-cfg-attr",
        "/all-are-gone",
        "/later-is-gone",
        "/configured-in",
        "/configured-itself",
        "/reports/first-is-gone",
        "/reports/only-is-gone",
        "/reports/configured-itself",
        "/generic/only-is-gone",
    ] {
        for (token, wanted) in [(None, 401), (Some("ada"), 403), (Some("boss"), 200), (Some("wrong"), 401)] {
            let header = token.map(|token| format!("Token {token}-token"));
            let headers: Vec<_> = header.iter().map(|header| ("authorization", header.as_str())).collect();
            assert_eq!(get(&router, path, &headers).await.status, wanted, "{path} with {token:?}");
        }
    }
    let router = Router::new().route("/", on_get(of_nobody)).with_state(app().await);
    assert_eq!(get(&router, "/", &[("authorization", "Token boss-token")]).await.status, 403);
}

#[derive(serde::Deserialize)]
struct Note {
    text: String,
}

#[authenticate(Session)]
async fn form(#[user] _me: Account, CsrfForm(note): CsrfForm<Note>) -> String {
    note.text
}

#[authenticate(Session)]
async fn no_form(#[user] _me: Account) {}

#[authenticate(Session)]
async fn form_is_gone(#[user] _me: Account, #[cfg(any())] CsrfForm(note): CsrfForm<Note>) {}

#[authenticate(Session)]
async fn form_is_gone_by_cfg_attr(#[user] _me: Account, #[cfg_attr(all(), cfg(any()))] _: CsrfForm<Note>) {}

#[authenticate(Session)]
async fn form_may_be_gone(#[user] _me: Account, #[cfg(not(any()))] CsrfForm(note): CsrfForm<Note>) -> String {
    note.text
}

#[tokio::test]
async fn a_form_that_may_be_configured_out_leaves_the_csrf_check_to_the_header() {
    let router = Router::new()
        .route("/form", on_post(form))
        .route("/no-form", on_post(no_form))
        .route("/form-is-gone", on_post(form_is_gone))
        .route("/form-is-gone-by-cfg-attr", on_post(form_is_gone_by_cfg_attr))
        .route("/form-may-be-gone", on_post(form_may_be_gone))
        .with_state(app().await);
    let cookie = format!("csrftoken={CSRF}; sessionid=ada-login");
    let form = [("content-type", "application/x-www-form-urlencoded"), ("cookie", cookie.as_str())];
    let with_header = [form[0], form[1], ("x-csrftoken", CSRF)];
    let in_the_form = format!("text=hi&csrfmiddlewaretoken={CSRF}");
    for (path, without, in_form) in [
        ("/form", 403, 200),
        ("/no-form", 403, 403),
        ("/form-is-gone", 403, 403),
        ("/form-is-gone-by-cfg-attr", 403, 403),
        ("/form-may-be-gone", 403, 403),
    ] {
        let status = async |headers: &[(&str, &str)], body: &str| {
            send(&router, request_with("POST", path, headers, body)).await.status.as_u16()
        };
        assert_eq!(status(&form, "text=hi").await, without, "{path} without a token");
        assert_eq!(status(&form, &in_the_form).await, in_form, "{path} with a token in the form");
        assert_eq!(status(&with_header, "text=hi").await, 200, "{path} with a token in the header");
    }
}
