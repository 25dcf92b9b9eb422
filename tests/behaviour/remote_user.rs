//! The gateway in front of the application authenticates.

use auth_runtime::scheme::{GatewayUser, RemoteUser, Token};
use auth_runtime::store::AccountStore;
use auth_runtime::{Identity, Peers, Proxies, authenticate};
use auth_store::Account;
use axum::Router;
use axum::body::Body;
use axum::http::Request;
use axum::routing::get as on_get;
use tests::{app, app_with, request, send, settings};

#[cfg(unix)]
use crate::support::{from_peer, from_unix_peer, raw};

#[authenticate(RemoteUser)]
async fn by_extension(#[user] who: Identity<Account>) -> String {
    name(&who)
}

#[authenticate(RemoteUser(header = "X-Remote-User"), Token)]
async fn by_header(#[user] who: Identity<Account>) -> String {
    name(&who)
}

fn name(who: &Identity<Account>) -> String {
    let user = who.user().map_or("nobody", |user| user.username.as_str());
    format!("{user} by {}", who.scheme().unwrap_or("none"))
}

async fn router(gateways: &[&str]) -> (tests::App, Router) {
    let app = app_with(settings().with_gateways(Peers::parse(gateways).unwrap())).await;
    app.backend().set_active("boss", false).await.unwrap();
    let routes = Router::new().route("/extension", on_get(by_extension)).route("/header", on_get(by_header));
    (app.clone(), routes.with_state(app))
}

fn vouched(mut request: Request<Body>, name: &str) -> Request<Body> {
    request.extensions_mut().insert(GatewayUser(name.to_owned()));
    request
}

const NOBODY: &str = "nobody by none";
const ADA: &str = "ada by RemoteUser";

#[tokio::test]
async fn the_extension_names_the_user() {
    let (_, router) = router(&[]).await;
    for path in ["/extension", "/header"] {
        for (name, wanted) in
            [("ada", ADA), ("", NOBODY), ("unknown", NOBODY), ("boss", NOBODY), ("ADA", NOBODY), ("ada\0", NOBODY)]
        {
            let answer = send(&router, vouched(request("GET", path, &[]), name)).await;
            assert_eq!((answer.status.as_u16(), answer.body.as_str()), (200, wanted), "{path} {name:?}");
        }
    }
}

#[tokio::test]
async fn a_header_counts_from_a_gateway_and_from_nobody_else() {
    let (_, router) = router(&["10.0.0.1", "2001:db8::1"]).await;
    let header = [("x-remote-user", "ada")];
    for (peer, wanted) in
        [("10.0.0.1", ADA), ("::ffff:10.0.0.1", ADA), ("2001:db8::1", ADA), ("10.0.0.2", NOBODY), ("127.0.0.1", NOBODY)]
    {
        let answer = send(&router, from_peer(request("GET", "/header", &header), peer)).await;
        assert_eq!(answer.body, wanted, "{peer}");
    }
    assert_eq!(send(&router, request("GET", "/header", &header)).await.body, NOBODY, "the peer is not known");
    let gateway = from_peer(request("GET", "/extension", &header), "10.0.0.1");
    assert_eq!(send(&router, gateway).await.body, NOBODY, "this handler reads no header");
}

#[tokio::test]
async fn nobody_is_a_gateway_unless_the_settings_say_so() {
    let (_, router) = router(&[]).await;
    for peer in ["127.0.0.1", "::1", "0.0.0.0"] {
        let request = from_peer(request("GET", "/header", &[("x-remote-user", "ada")]), peer);
        assert_eq!(send(&router, request).await.body, NOBODY, "{peer}");
    }
}

#[tokio::test]
async fn a_gateway_may_be_listed_as_an_ipv4_mapped_address() {
    let (_, router) = router(&["::ffff:10.0.0.1"]).await;
    let request = from_peer(request("GET", "/header", &[("x-remote-user", "ada")]), "10.0.0.1");
    assert_eq!(send(&router, request).await.body, ADA);
}

#[tokio::test]
async fn gateways_may_be_listed_as_ranges() {
    let (_, router) = router(&["10.0.0.0/30", "2001:db8::/64"]).await;
    for (peer, wanted) in [
        ("10.0.0.0", ADA),
        ("10.0.0.3", ADA),
        ("2001:db8::ffff", ADA),
        ("10.0.0.4", NOBODY),
        ("2001:db8:0:1::", NOBODY),
        ("127.0.0.1", NOBODY),
    ] {
        let request = from_peer(request("GET", "/header", &[("x-remote-user", "ada")]), peer);
        assert_eq!(send(&router, request).await.body, wanted, "{peer}");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_gateway_on_a_unix_socket_counts_only_where_it_is_listed() {
    for (gateways, wanted) in [(&["unix:"][..], ADA), (&["0.0.0.0/0", "::/0"], NOBODY), (&[], NOBODY)] {
        let (_, router) = router(gateways).await;
        let request = from_unix_peer(request("GET", "/header", &[("x-remote-user", "ada")]));
        assert_eq!(send(&router, request).await.body, wanted, "{gateways:?}");
    }
}

#[tokio::test]
async fn a_gateway_is_the_peer_and_not_whom_a_header_names() {
    let app =
        app_with(settings().with_gateways(Peers::parse(["10.0.0.1"]).unwrap()).with_proxies(Proxies::hops(1))).await;
    let router = Router::new().route("/header", on_get(by_header)).with_state(app);
    let headers = [("x-remote-user", "ada"), ("x-forwarded-for", "10.0.0.1")];
    let request = from_peer(request("GET", "/header", &headers), "203.0.113.7");
    assert_eq!(send(&router, request).await.body, NOBODY);
}

#[tokio::test]
async fn a_header_that_is_not_one_known_name_is_nobody() {
    let (_, router) = router(&["10.0.0.1"]).await;
    for values in
        [&[b"ada".as_slice(), b"ada"][..], &[b"boss", b"ada"], &[b""], &[b"unknown"], &[b"boss"], &[b"ada\xff"]]
    {
        let headers: Vec<(&str, &[u8])> = values.iter().map(|value| ("x-remote-user", *value)).collect();
        let answer = send(&router, from_peer(raw("/header", &headers), "10.0.0.1")).await;
        assert_eq!(answer.body, NOBODY, "{values:?}");
    }
}

#[tokio::test]
async fn nobody_is_left_to_the_next_scheme_and_the_extension_beats_the_header() {
    let (_, router) = router(&["10.0.0.1"]).await;
    let token = ("authorization", "Token ada-token");
    let headers = [token, ("x-remote-user", "boss")];
    let answer = send(&router, from_peer(request("GET", "/header", &headers), "10.0.0.1")).await;
    assert_eq!(answer.body, "ada by Token");
    let request = vouched(request("GET", "/header", &[("x-remote-user", "ada")]), "unknown");
    assert_eq!(send(&router, from_peer(request, "10.0.0.1")).await.body, NOBODY);
}

#[tokio::test]
async fn a_clients_header_cannot_reach_the_extension() {
    let app = app().await;
    let router = Router::new().route("/", on_get(by_extension)).with_state(app);
    for header in ["remote-user", "x-remote-user", "gatewayuser", "remote_user"] {
        assert_eq!(send(&router, request("GET", "/", &[(header, "ada")])).await.body, NOBODY, "{header}");
    }
}
